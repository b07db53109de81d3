import type { Leaf } from "../model/effective.ts";
import type { Stat } from "../model/host.ts";
import { isGlob, literalPath } from "../model/pattern.ts";
import type { Operation, Step } from "../model/plan.gen.ts";
import { type RealPath, realpath } from "../model/realpath.ts";
import type { Origin } from "../model/source.ts";
import type { Context } from "./context.ts";
import { presetWithBacking } from "./device-problems.ts";
import type { Draft } from "./draft.ts";
import { expandGlob } from "./glob.ts";
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
  const full = items.find((item) => item.value === "full");
  const preset = full ?? items.find((item) => item.value === "minimal");
  // A preset is a whole /dev: that of a later layer replaces one with backing, as it does when it stands alone.
  const isBacked = backing !== undefined && (preset === undefined || preset.layer <= backing.layer);
  const whole = preset === undefined ? [] : presetDrafts(preset);
  const nodes = distinct(
    items.filter((item) => item.value.startsWith("/")).flatMap((item) => nodeDrafts(context, item)),
  );
  if (!isBacked) return distinct([...whole, ...nodes]);
  const parts = nodes.map((draft) => ({ ...draft, partOf: "/dev" }));
  if (preset === undefined) return backedDrafts(context, parts, backing);
  context.report(
    presetWithBacking({ preset: preset.value, nodes: NODES.map((name) => `/dev/${name}`) }, preset.origin),
  );
  return [];
}

/** A node that is named twice, by a preset and by a pattern perhaps, is meant once. */
const distinct = (drafts: readonly Draft[]): Draft[] => [
  ...new Map(drafts.map((draft) => [draft.operation.at, draft])).values(),
];

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

/**
 * A /dev that holds the nodes and nothing else, and in which the sandbox may make what it likes. As root a tmpfs on the
 * host with nodes of its own, which outlives a run; nobody else can make one: there bwrap mounts the host's nodes.
 */
function backedDrafts({ host, effective }: Context, nodes: readonly Draft[], backing: Leaf<"tmpfs">): Draft[] {
  const { origin, layer } = backing;
  const whole = { needs: "directory", layer, leads: true } as const;
  const present = true;
  if (host.uid !== 0) {
    return [{ ...whole, operation: { kind: "tmpfs", at: "/dev", mode: "0755", present, origin }, steps: [] }, ...nodes];
  }
  const source = "{run}/dev";
  const made: Step[] = nodes.flatMap(({ operation }) => {
    // What an entry puts there needs no node below it; nor must it fit one.
    if (!isSingle(operation) || effective.entries.has(operation.at)) return [];
    const path = `${source}${operation.at.slice("/dev".length)}`;
    return [{ kind: "make-node", path, source: operation.source, origin: operation.origin }];
  });
  const steps: Step[] = [{ kind: "mount-tmpfs", path: source, origin }, ...made];
  const bind: Operation = {
    kind: "bind",
    at: "/dev",
    source,
    access: "dev",
    missing: "fail",
    type: "directory",
    present,
    origin,
  };
  // A directory is bound, with whatever comes and goes in it; what is absent stays to be seen.
  return [{ ...whole, operation: bind, steps }, ...nodes.filter(({ operation }) => !isSingle(operation))];
}

/** A node that is there, and no directory of nodes. */
const isSingle = (operation: Operation): operation is Extract<Operation, { kind: "bind" }> =>
  operation.kind === "bind" && operation.present && operation.type !== "directory";
