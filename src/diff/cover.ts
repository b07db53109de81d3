import { below, relativeTo } from "../model/path.ts";
import type { Operation } from "../model/plan.gen.ts";
import type { Origin } from "../model/source.ts";
import { STANDARD_NODES } from "../model/standard-nodes.ts";
import { isRunPath, type Standing } from "../tree/index.ts";
import type { Sandbox } from "./sandbox.ts";

/** What a path shows, and with it everything below down to the next destination: two that are equal answer alike. */
export interface Facts {
  readonly type: Standing["type"];
  readonly access: Standing["access"];
  readonly what: "none" | "host" | "node" | "tmpfs" | "scratch" | "file" | "mask" | "link" | "proc" | "dev" | "service";
  /** The host path behind it. */
  readonly host?: string;
  /** The text of a link. */
  readonly target?: string;
  /** Where what is written goes. */
  readonly writes?: "host" | "layer" | "own";
  /** Device nodes below work. */
  readonly nodes?: true;
  /** The host directory that keeps the layer. */
  readonly keep?: string;
  readonly mode?: number;
  readonly size?: number;
  /** The text of a file of the sandbox's own. */
  readonly content?: string;
  /** The path in a procfs or a /dev of bwrap's, whose insides nobody lists. */
  readonly inner?: string;
}

export interface Cover {
  readonly facts: Facts;
  readonly standing: Standing;
  readonly origins: readonly Origin[];
}

/** Every sandbox may have it, whoever makes it. */
export const isStandardNode = ({ what, host = "" }: Facts): boolean => what === "node" && STANDARD_NODES.has(host);

export function coverOf(sandbox: Sandbox, path: string): Cover {
  const standing = sandbox.tree.look(path);
  return { facts: factsOf(sandbox, standing), standing, origins: originsOf(sandbox, standing) };
}

function factsOf({ plan, tree }: Sandbox, standing: Standing): Facts {
  const { type, access, content, host, target } = standing;
  const mount = tree.operations[standing.mount];
  const mode = standing.owned === undefined ? {} : { mode: standing.owned.mode };
  const inner = relativeTo(mount?.at ?? "/", standing.path);
  const writable = access === "rw" ? ({ writes: "own" } as const) : {};
  // A socket or a link of the host's is what it is; that it came from there shows in what lies around it.
  if (content === "link") return { type, access: "ro", what: "link", ...(target === undefined ? {} : { target }) };
  if (host !== undefined) return hostFacts(standing, host, mount);
  switch (content) {
    case "none":
    case "host":
      return { type, access, what: "none" };
    case "generated": {
      const decides = tree.operations[standing.decidedBy];
      if (decides?.kind === "mask") return { type, access, what: "mask" };
      if (decides?.kind === "file") return { type, access, what: "file", ...mode, content: decides.content };
      return {
        type,
        access,
        what: "service",
        ...(mount !== undefined && "source" in mount ? { host: mount.source } : {}),
      };
    }
    case "proc":
      return { type, access, what: "proc", inner };
    case "dev": {
      const node = mount?.kind === "dev" ? `/dev/${inner}` : nodeOf(plan, mount, inner);
      if (type === "device") return { type, access, what: "node", host: node };
      if (mount?.kind === "dev" && inner === "shm") return { type, access, what: "tmpfs", ...writable };
      return { type, access, what: "dev", inner };
    }
    case "tmpfs": {
      const size = mount?.kind === "tmpfs" && mount.size !== undefined ? { size: mount.size } : {};
      const source = mount?.kind === "bind" ? mount.source : "";
      const step = plan.prepare.find((each) => each.kind === "scratch" && each.path === source);
      if (step?.kind !== "scratch") return { type, access, what: "tmpfs", ...writable, ...mode, ...size };
      return { type, access, what: "scratch", ...writable, ...mode, ...(step.below ? { host: step.below } : {}) };
    }
  }
}

function hostFacts({ type, access, frozenBy }: Standing, host: string, mount: Operation | undefined): Facts {
  if (access === "device" && STANDARD_NODES.has(host)) return { type, access, what: "node", host };
  const layered = mount?.kind === "overlay";
  const asksToWrite = layered || mount?.kind === "pin" || (mount?.kind === "bind" && mount.access !== "ro");
  // A mount that the host has read-only may have writable ones below: what was asked for counts.
  const writes = asksToWrite && frozenBy === undefined ? ({ writes: layered ? "layer" : "host" } as const) : {};
  const hasMore = type === "directory" || type === "unknown";
  const nodes = hasMore && mount?.kind === "bind" && mount.access === "dev" ? ({ nodes: true } as const) : {};
  const keep = layered && mount.keep !== undefined ? { keep: mount.keep } : {};
  return { type, access, what: "host", host, ...writes, ...nodes, ...keep };
}

/** The host's node that a step copied. */
function nodeOf({ prepare }: Sandbox["plan"], mount: Operation | undefined, inner: string): string {
  const path = mount?.kind === "bind" && isRunPath(mount.source) ? below(mount.source, inner) : undefined;
  const step = prepare.find((each) => each.kind === "make-node" && each.path === path);
  return step?.kind === "make-node" ? step.source : inner;
}

/** Who made it so. Where nothing stands that is whoever had it skipped or hidden; nobody, where nobody mentions it. */
function originsOf({ tree }: Sandbox, standing: Standing): readonly Origin[] {
  const { path, type, content, mount, decidedBy, frozenBy } = standing;
  const at = (index: number | undefined) => (index === undefined ? undefined : tree.operations[index]);
  const decides = [at(content === "host" ? mount : decidedBy), at(frozenBy)].flatMap(
    (operation) => operation?.origin ?? [],
  );
  if (type !== "absent") return decides;
  const skipped = tree.operations.filter((each) => !each.present && each.at === path).map(({ origin }) => origin);
  if (skipped.length > 0) return skipped;
  return tree.shadowed(standing).some((index) => at(index)?.at === path) ? decides : [];
}

/** A mode counts where both are known: bwrap does not say what those in its `--dev` are. */
export function isSame(a: Facts, b: Facts): boolean {
  const known = a.mode !== undefined && b.mode !== undefined;
  const names = new Set([...Object.keys(a), ...Object.keys(b)] as (keyof Facts)[]);
  return [...names].every((name) => a[name] === b[name] || (name === "mode" && !known));
}
