import type { Operation, Step } from "../model/plan.gen.ts";
import type { Origin } from "../model/source.ts";
import { realpath } from "../tree/index.ts";
import type { Context } from "./context.ts";
import type { Draft } from "./draft.ts";
import { linkLoop, missingSource, unreadableSource, wrongSourceType } from "./problems.ts";

/** Places of the host where sockets, FIFOs and other programs' files lie: empty unless an entry grants them. */
const PRIVATE: Readonly<Record<string, string>> = {
  "/run": "0755",
  "/tmp": "1777",
  "/var/tmp": "1777",
  "/dev/shm": "1777",
};

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
  if (found.loop) context.report(linkLoop({ path: root.from }, origin));
  else if (found.stat === undefined) context.report(missingSource({ source: root.from, at: "/" }, origin));
  else if (found.stat.type === "unreadable") context.report(unreadableSource({ source: root.from }, origin));
  else if (found.stat.type !== "directory") {
    context.report(wrongSourceType({ source: root.from, expected: "directory", found: found.stat.type }, origin));
  }
  const access = root.access ?? "ro";
  const copies: Step[] = root.artifact ? [{ kind: "copy-hard-links", path: found.path, origin }] : [];
  if (access === "cow") {
    return [draft({ kind: "overlay", at: "/", source: found.path, present: true, origin }, copies)];
  }
  return [draft(bind(found.path, access, origin), copies)];
}

function privatePlaces({ effective, host }: Context): Operation[] {
  const places = { ...PRIVATE };
  const runtime = host.env.XDG_RUNTIME_DIR;
  if (runtime?.startsWith("/") && !runtime.startsWith("/run/")) places[runtime] = "0700";
  return Object.entries(places)
    .filter(([path]) => host.lstat(path)?.type === "directory" && !effective.entries.has(path))
    .filter(([path]) => path !== "/dev/shm" || effective.devices.items.every((item) => item.value.startsWith("/")))
    .map(([path, mode]) => tmpfs(path, mode, effective.root.origin));
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
