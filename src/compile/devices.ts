import type { Leaf } from "../model/effective.ts";
import type { Stat } from "../model/host.ts";
import type { Operation } from "../model/plan.gen.ts";
import { type RealPath, realpath } from "../model/realpath.ts";
import type { Origin } from "../model/source.ts";
import type { Context } from "./context.ts";
import type { Draft } from "./draft.ts";
import { expandGlob, isGlob, literalPath } from "./glob.ts";
import { noDevice, notADevice } from "./problems.ts";

const NODES = ["null", "zero", "full", "random", "urandom", "tty"];
const LINKS: readonly (readonly [string, string])[] = [
  ["/dev/fd", "/proc/self/fd"],
  ["/dev/stdin", "/proc/self/fd/0"],
  ["/dev/stdout", "/proc/self/fd/1"],
  ["/dev/stderr", "/proc/self/fd/2"],
];

/** The operations of `devices`: a /dev of the sandbox's own, single nodes, or both. */
export function deviceDrafts(context: Context): Draft[] {
  const { items, backing } = context.effective.devices;
  if (backing !== undefined) return backedDrafts(context, items, backing);
  const full = items.find((item) => item.value === "full");
  const preset = full ?? items.find((item) => item.value === "minimal");
  const whole = preset === undefined ? [] : presetDrafts(preset);
  const nodes = items.filter((item) => item.value.startsWith("/")).flatMap((item) => nodeDrafts(context, item));
  // A node that is named twice, by a preset and by a pattern perhaps, is meant once.
  const drafts = [...whole, ...nodes];
  return [...new Map(drafts.map((draft) => [draft.operation.at, draft])).values()];
}

function presetDrafts({ value, origin, layer }: Leaf<string>): Draft[] {
  const present = true;
  const draft = (operation: Operation, needs: Draft["needs"]): Draft => ({
    operation,
    needs,
    steps: [],
    layer,
    ...(operation.at === "/dev" ? { leads: true } : { partOf: "/dev" }),
  });
  if (value === "full") return [draft({ kind: "dev", at: "/dev", present, origin }, "directory")];
  return [
    // Not 1777: opening a bound node with O_CREAT in a sticky directory is refused when its owner is another.
    draft({ kind: "tmpfs", at: "/dev", mode: "0755", present, origin }, "directory"),
    ...NODES.map((name) => draft(node(`/dev/${name}`, `/dev/${name}`, origin), "file")),
    ...LINKS.map(([at, target]) => draft({ kind: "symlink", at, target, present, origin }, "link")),
    draft({ kind: "tmpfs", at: "/dev/shm", mode: "1777", present, origin }, "directory"),
  ];
}

function nodeDrafts({ host, report }: Context, { value, origin, layer }: Leaf<string>): Draft[] {
  const draft = (operation: Operation, needs: Draft["needs"]): Draft => ({ operation, needs, steps: [], layer });
  const optional = value.endsWith("?");
  const pattern = optional ? value.slice(0, -1) : value;
  const shown = (path: string, { path: source, stat }: RealPath): Draft[] =>
    isNode(stat)
      ? [draft(node(path, source, origin, stat?.type), stat?.type === "directory" ? "directory" : "file")]
      : [];
  // What else a pattern matches, sockets and links to nowhere, was not meant.
  if (isGlob(pattern)) return expandGlob(host, pattern, () => {}).flatMap((path) => shown(path, realpath(host, path)));
  const path = literalPath(pattern);
  const found = realpath(host, path);
  if (found.stat === undefined || found.stat.type === "unreadable") {
    if (!optional) report(noDevice({ path }, origin));
    return [draft({ ...node(path, path, origin), present: false }, "file")];
  }
  if (!isNode(found.stat)) report(notADevice({ path, found: found.stat.type }, origin));
  return shown(path, found);
}

const isNode = (stat: Stat | undefined): boolean =>
  stat?.type === "character" || stat?.type === "block" || stat?.type === "directory";

function node(at: string, source: string, origin: Origin, type: Stat["type"] = "character"): Operation {
  return { kind: "bind", at, source, access: "dev", missing: "fail", type, present: true, origin };
}

/** A tmpfs on the host that holds real nodes, bound as /dev: the sandbox may make nodes of its own in it. */
function backedDrafts({ host, report }: Context, items: readonly Leaf<string>[], backing: Leaf<"tmpfs">): Draft[] {
  const { origin } = backing;
  const path = "{run}/dev";
  const nodes = items.flatMap((item) => {
    const optional = item.value.endsWith("?");
    const source = literalPath(optional ? item.value.slice(0, -1) : item.value);
    if (host.lstat(source) === undefined) {
      if (!optional) report(noDevice({ path: source }, item.origin));
      return [];
    }
    return [{ kind: "make-node" as const, path: `${path}${source.slice("/dev".length)}`, source, origin: item.origin }];
  });
  const operation: Operation = {
    kind: "bind",
    at: "/dev",
    source: path,
    access: "dev",
    missing: "fail",
    type: "directory",
    present: true,
    origin,
  };
  const steps = [{ kind: "mount-tmpfs" as const, path, origin }, ...nodes];
  return [{ operation, needs: "directory", steps, layer: backing.layer, leads: true }];
}
