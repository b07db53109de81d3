import { isWithin } from "../model/path.ts";
import type { Operation, Step } from "../model/plan.gen.ts";
import { PRIVATE_PLACES } from "../model/private-places.ts";
import type { Problem } from "../model/problem.ts";
import type { Root } from "../model/profile.gen.ts";
import { type RealPath, realpath } from "../model/realpath.ts";
import type { Origin } from "../model/source.ts";
import type { Context } from "./context.ts";
import type { Draft } from "./draft.ts";
import { linkLoop, missingSource, rootIsHost, unreadableSource, wrongSourceType } from "./problems.ts";

type RootDirectory = Exclude<Root, string>;

/** The root: bubblewrap's own tmpfs, the host read-only, or a directory of the author's. */
export function rootDrafts(context: Context): Draft[] {
  const { value: root, origin, layer } = context.effective.root;
  const draft = (operation: Operation, steps: readonly Step[] = []): Draft => ({
    operation,
    needs: "directory",
    steps,
    layer,
  });
  if (root === "empty") return [draft(tmpfs("/", "0755", origin))];
  if (root === "host") return [draft(bind("/", "ro", origin)), ...privatePlaces(context).map((place) => draft(place))];

  const found = realpath(context.host, root.from);
  const problem = whyNoRoot(root, found, origin);
  if (problem) {
    context.report(problem);
    // Something to stand on, so that one mistake is one error.
    return [draft(tmpfs("/", "0755", origin))];
  }
  const access = root.access ?? "ro";
  // Nothing is written to the directory: its hard links are safe as they are.
  if (access === "cow") return [draft({ kind: "overlay", at: "/", source: found.path, present: true, origin })];
  // Where nothing can be written, nothing is written through.
  const isWritten = root.artifact === true && access === "rw";
  const copies: Step[] = isWritten ? [{ kind: "copy-hard-links", path: found.path, origin }] : [];
  return [draft(bind(found.path, access, origin), copies)];
}

function whyNoRoot({ from, access = "ro" }: RootDirectory, found: RealPath, origin: Origin): Problem | undefined {
  if (found.loop) return linkLoop({ path: from }, origin);
  // Who wants to write to the host's own root has said so, and gets what is in it.
  if (found.path === "/" && access === "ro") return rootIsHost({ from }, origin);
  if (found.stat === undefined) return missingSource({ source: from, at: "/" }, origin);
  if (found.stat.type === "unreadable") return unreadableSource({ source: from }, origin);
  if (found.stat.type === "directory") return undefined;
  return wrongSourceType({ source: from, expected: "directory", found: found.stat.type }, origin);
}

function privatePlaces({ effective, host }: Context): Operation[] {
  const { entries, devices, root } = effective;
  // A preset brings a /dev of its own, with an empty shm.
  const ownDevices = devices.items.some(({ value }) => value === "minimal" || value === "full");
  const runtime = host.env.XDG_RUNTIME_DIR;
  const wished = { ...PRIVATE_PLACES, ...(runtime?.startsWith("/") ? { [runtime]: "0700" } : {}) };
  const modes = new Map<string, string>();
  for (const [path, mode] of Object.entries(wished)) {
    const real = realpath(host, path);
    if (real.stat?.type !== "directory" || entries.has(path) || entries.has(real.path)) continue;
    if (ownDevices && isWithin("/dev", real.path)) continue;
    modes.set(real.path, modes.get(real.path) ?? mode);
  }
  const inside = (path: string) =>
    [...modes.keys()].some((above) => above !== path && isWithin(above, path) && !grantedBetween(above, path));
  /** An entry brings the host back below an emptied place. */
  const grantedBetween = (above: string, path: string) =>
    [...entries.keys()].some((at) => at !== above && isWithin(above, at) && isWithin(at, path));
  return [...modes].filter(([path]) => !inside(path)).map(([path, mode]) => tmpfs(path, mode, root.origin));
}

const tmpfs = (at: string, mode: string, origin: Origin): Operation => ({
  kind: "tmpfs",
  at,
  mode,
  present: true,
  origin,
});

const bind = (source: string, access: "ro" | "rw", origin: Origin): Operation => ({
  kind: "bind",
  at: "/",
  source,
  access,
  missing: "fail",
  type: "directory",
  present: true,
  origin,
});
