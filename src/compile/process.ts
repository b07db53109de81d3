import type { Leaf } from "../model/effective.ts";
import { normalise } from "../model/path.ts";
import type { Plan } from "../model/plan.gen.ts";
import { DEFAULT_ORIGIN } from "../model/source.ts";
import type { Tree } from "../tree/index.ts";
import type { Context } from "./context.ts";
import { badUnit, cwdNoDirectory, idOutOfRange } from "./problems.ts";
import { durationMs } from "./units.ts";

const MAX_ID = 2_147_483_647;

/** How the command is started. */
export function planProcess(context: Context, tree: Tree): Plan["process"] {
  const { process } = context.effective;
  for (const [what, leaf] of [
    ["user", process.uid],
    ["group", process.gid],
  ] as const) {
    // bwrap(1) reads them as int; what is more would be another id.
    const isId = leaf === undefined || (leaf.value >= 0 && leaf.value <= MAX_ID);
    if (!isId) context.report(idOutOfRange({ what, id: leaf.value }, leaf.origin));
  }
  return {
    cwd: workingDirectory(context, tree),
    ...optional("hostname", process.hostname),
    ...optional("uid", process.uid),
    ...optional("gid", process.gid),
    wrapper: setting(process.wrapper, []),
    stdin: setting(process.stdin, "inherit"),
    session: setting(process.session, "auto"),
    killAfter: grace(context),
    dieWithParent: setting(process.dieWithParent, true),
    passFds: setting(process.passFds, []),
    ...optional("arch", process.arch),
  };
}

const setting = <T>(leaf: Leaf<T> | undefined, otherwise: T) =>
  leaf === undefined ? { value: otherwise, origin: DEFAULT_ORIGIN } : { value: leaf.value, origin: leaf.origin };

const optional = <K extends string, T>(key: K, leaf: Leaf<T> | undefined) =>
  (leaf === undefined ? {} : { [key]: { value: leaf.value, origin: leaf.origin } }) as {
    readonly [Key in K]?: { readonly value: T; readonly origin: Leaf<T>["origin"] };
  };

/** `caller`: the caller's directory where the tree shows that very directory, else the project, else `/`. */
function workingDirectory({ effective, host, report }: Context, tree: Tree): Plan["process"]["cwd"] {
  const leaf = effective.process.cwd;
  const origin = leaf?.origin ?? DEFAULT_ORIGIN;
  if (leaf !== undefined && leaf.value !== "caller") {
    const { type } = tree.walk(leaf.value);
    // Elsewhere it is made, or why it can't be was told.
    const isTaken = effective.entries.has(leaf.value) || isMounted(tree, leaf.value);
    if (isTaken && type !== "directory" && type !== "unknown")
      report(cwdNoDirectory({ at: leaf.value, found: type }, origin));
    return { value: normalise(leaf.value), origin };
  }
  const shown = [host.cwd, effective.project].find((path) => {
    const found = tree.walk(path);
    return found.type === "directory" && found.host === path;
  });
  return { value: shown ?? "/", origin };
}

/** Whether something of the author's is mounted at exactly that place: a device, say. */
const isMounted = (tree: Tree, path: string): boolean =>
  tree.operations.some(({ at, kind, present }) => at === path && present && (kind === "bind" || kind === "file"));

function grace({ effective, report }: Context): Plan["process"]["killAfter"] {
  const leaf = effective.process.killAfter;
  if (leaf === undefined) return { value: 5000, origin: DEFAULT_ORIGIN };
  const value = durationMs(leaf.value);
  if (value === undefined) report(badUnit({ text: leaf.value, expected: "duration", example: "5s" }, leaf.origin));
  return { value: value ?? 5000, origin: leaf.origin };
}
