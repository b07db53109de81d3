import type { Host } from "../model/host.ts";
import { ancestors } from "../model/path.ts";
import type { Plan } from "../model/plan.gen.ts";
import { every, permits, type Right, type Who } from "../model/rights.ts";
import { type Seen, seenNothing } from "../model/seen.ts";
import type { Tree } from "../tree/index.ts";

type Looked = ReturnType<Tree["look"]>;

/** Whose rights a command of this plan has on the host. */
export function whoRuns({ capabilities: { value }, namespaces }: Plan, host: Host): Who {
  const has = (names: readonly string[]) => names.includes("CAP_DAC_OVERRIDE") || names.includes("ALL");
  const keeps = value.base === "inherited" && host.uid === 0 && !has(value.drop);
  const override = !keeps && !has(value.add) ? "none" : namespaces.user.value === false ? "all" : "own";
  return { uid: host.uid, gid: host.gid, groups: host.groups, override };
}

/** What the command would find at a path, by the simulation and the host's facts alone. */
export function simulate(tree: Tree, host: Host, who: Who, asked: string): Seen {
  const walk = tree.walk(asked);
  const { path, type, access, content } = walk;
  if (walk.loop || type === "absent" || type === "link") return seenNothing(path);
  if (type === "unknown") {
    // What the caller may not look at the command may not look at either; procfs depends on who looks.
    const can = content === "host" ? false : undefined;
    return { path, type, access: undefined, readable: can, writable: can };
  }
  const may = (right: Right) => {
    const searched = ancestors(path).map((above) => allowed(tree.look(above), "search"));
    return every([...searched, allowed(walk, right)]);
  };
  const allowed = (looked: Looked, right: Right): boolean | undefined => {
    const stat = looked.host === undefined ? undefined : host.lstat(looked.host);
    if (stat?.type === "unreadable") return false;
    if (stat) return permits(stat, who, right);
    const made = tree.operations[looked.decidedBy];
    const mode = made !== undefined && made.at === looked.path && "mode" in made ? made.mode : undefined;
    if (mode === undefined) return true;
    return permits({ ...who, type: looked.type === "directory" ? "directory" : "file", mode: octal(mode) }, who, right);
  };
  // A device node opens only where the mount lets devices be.
  const isShut = access === "masked" || (type === "device" && access !== "device");
  return {
    path,
    type,
    // What procfs lets be written is up to each of its files.
    access: content === "proc" ? undefined : access,
    readable: isShut ? false : may("read"),
    writable: isShut || access === "ro" ? false : may("write"),
  };
}

const octal = (mode: string): number => Number.parseInt(mode, 8);
