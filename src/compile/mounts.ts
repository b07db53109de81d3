import type { Leaf } from "../model/effective.ts";
import { below, isWithin } from "../model/path.ts";
import type { Operation, Step } from "../model/plan.gen.ts";
import type { Marked, Mount } from "../model/profile.gen.ts";
import { realpath } from "../model/realpath.ts";
import { holds } from "../model/when.ts";
import type { Context } from "./context.ts";
import type { Draft } from "./draft.ts";
import { cowOfFile, markOutsideRoot, markWithoutSource } from "./problems.ts";
import { findSource } from "./source.ts";

type Access = "ro" | "rw" | "dev" | "cow";
type MountMapping = Exclude<Mount, string>;

/** `ro?` and its kind are short for a mapping. */
export function spelledOut(spec: Mount): MountMapping & { readonly access: Access } {
  if (typeof spec !== "string") return { ...spec, access: spec.access ?? "ro" };
  const optional = spec.endsWith("?");
  const access = (optional ? spec.slice(0, -1) : spec) as Access;
  return { access, ...(optional ? { missing: "skip" } : {}) };
}

/** The operation of one entry of `mounts`. */
export function mountDraft(context: Context, at: string, leaf: Leaf<Mount>): Draft {
  const { host } = context;
  const { origin } = leaf;
  const draft = strongDraft(leaf.layer);
  const spec = spelledOut(leaf.value);
  const wanted = holds(host, spec.when);
  if (spec.scratch !== undefined) return scratchDraft(at, spec.scratch, wanted, leaf);

  const source = spec.from ?? at;
  const lstat = host.lstat(source);
  if (lstat?.type === "link" && source === at && spec.inside === undefined) {
    // At its own destination a link stays a link: binding it would put a copy of its target there instead.
    const target = host.readlink(source) ?? "";
    return draft({ kind: "symlink", at, target, present: wanted, origin }, "link");
  }
  const missing = spec.missing ?? "fail";
  const found = wanted
    ? findSource(context, { at, source, missing, type: spec.type, inside: spec.inside, origin })
    : { path: source, type: "directory" as const, present: false, steps: [] };
  const needs = found.type === "directory" ? "directory" : "file";
  if (spec.access === "cow") {
    if (found.present && found.type !== "directory") context.report(cowOfFile({ source, found: found.type }, origin));
    const keep = spec.keep === undefined ? {} : { keep: realpath(host, spec.keep).path };
    return draft(
      { kind: "overlay", at, source: found.path, ...keep, present: found.present, origin },
      needs,
      found.steps,
    );
  }
  return draft(
    {
      kind: "bind",
      at,
      source: found.path,
      access: spec.access,
      missing,
      type: found.type,
      present: found.present,
      origin,
    },
    needs,
    found.steps,
  );
}

function scratchDraft(at: string, scratch: true | string, present: boolean, { origin, layer }: Leaf<Mount>): Draft {
  const path = runName("scratch", at);
  const step: Step = { kind: "scratch", path, ...(scratch === true ? {} : { below: scratch }), origin };
  return strongDraft(layer)(
    { kind: "bind", at, source: path, access: "rw", missing: "fail", type: "directory", present, origin },
    "directory",
    [step],
  );
}

/** A name below the run directory for something that belongs to a destination: different for every destination. */
export const runName = (use: string, at: string): string =>
  `{run}/${use}${at.replaceAll("%", "%25").replaceAll("-", "%2D").replaceAll("/", "-")}`;

/**
 * The operation of a marked directory: a mount of its own, writable even under a read-only root. `dev`, because a
 * mark may lend a device node to a shell (bwrap(1): only --dev-bind gives working ones).
 */
export function markedDraft(context: Context, at: string, { value: spec, origin, layer }: Leaf<Marked>): Draft {
  const root = context.effective.root.value;
  const staged = typeof root === "string" ? undefined : root.from;
  if (spec.from === undefined && root === "empty") context.report(markWithoutSource({ at }, origin));
  const source = spec.from ?? (staged === undefined ? at : below(staged, at.slice(1)));
  const wished = spec.missing ?? (spec.from === undefined && staged !== undefined ? "create" : "fail");
  const missing = spec.from === undefined && root === "empty" ? "skip" : wished;
  const found = findSource(context, { at, source, missing, type: undefined, inside: undefined, origin });
  const top = staged === undefined ? "/" : realpath(context.host, staged).path;
  if (spec.from === undefined && !isWithin(top, found.path)) {
    // Whoever filled the root could have planted a link there.
    context.report(markOutsideRoot({ at, source, target: found.path, root: top }, origin));
  }
  const copies: Step[] = spec.artifact ? [{ kind: "copy-hard-links", path: found.path, origin }] : [];
  // A mark in a place that the root lacks is a mount point like any other: it goes again when it stayed empty.
  const made = found.steps.map(
    (step): Step =>
      spec.missing === undefined && step.kind === "make-directory"
        ? { kind: "mount-point", path: step.path, type: "directory", origin }
        : step,
  );
  const operation: Operation = {
    kind: "bind",
    at,
    source: found.path,
    access: "dev",
    missing,
    type: found.type,
    present: found.present,
    origin,
  };
  return strongDraft(layer)(operation, found.type === "directory" ? "directory" : "file", [...made, ...copies]);
}

const strongDraft =
  (layer: number) =>
  (operation: Operation, needs: Draft["needs"], steps: readonly Step[] = []): Draft => ({
    operation,
    needs,
    steps,
    layer,
    strong: true,
  });
