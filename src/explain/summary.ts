import type { Operation } from "../model/plan.gen.ts";
import type { Walk } from "../tree/index.ts";

/** One sentence: what stands at a path. */
export function summaryOf(walk: Walk, operation: Operation | undefined): string {
  if (walk.loop) return `links that lead round: ${walk.links[0]?.path ?? walk.path} never ends`;
  const last = walk.links.at(-1);
  if (walk.type === "absent" && last !== undefined) return `${last.path} points to ${last.target}, absent inside`;
  const { type, content, access } = walk;
  if (access === "masked") return type === "directory" ? "hidden: an empty directory" : "hidden: an empty file";
  switch (content) {
    case "none":
      return absentWords(walk, operation);
    case "host":
    case "link":
      return hostWords(walk, operation);
    case "tmpfs":
      return operation?.kind === "bind" && walk.path === operation.at
        ? "a fresh directory, gone with the sandbox"
        : `${article(type)}, in memory: gone with the sandbox`;
    case "generated":
      return type === "socket"
        ? "a socket that a server on the host makes"
        : `${article(type)} that the profile writes`;
    case "proc":
      return type === "unknown"
        ? "procfs: what is there depends on the running processes"
        : `${article(type)} of procfs, which tells of the running processes`;
    case "dev":
      return type === "unknown"
        ? "a terminal of the sandbox's own, if there is one"
        : `${article(type)} of its own /dev`;
  }
}

const article = (type: Walk["type"]): string => (type === "unknown" ? "something" : `a ${type}`);

function hostWords({ type, access }: Walk, operation: Operation | undefined): string {
  const what = `the host's ${type === "unknown" ? "path, which can't be looked at from here" : type}`;
  if (operation?.kind === "overlay") return `${what}; what is written goes to a layer, not to the host`;
  if (operation?.kind === "protect") return `${what}, protected`;
  if (type === "device" && access !== "device") return `${what}, which can't be opened here`;
  if (type === "socket" || type === "fifo") return `${what}: a read-only mount keeps nobody from using it`;
  return what;
}

function absentWords({ path }: Walk, operation: Operation | undefined): string {
  switch (operation?.kind) {
    case "mask":
      return `hidden: ${operation.at} is masked`;
    case "bind":
    case "protect":
    case "pin":
    case "overlay":
      return operation.source.startsWith("{run}/")
        ? `nothing: ${operation.at} is fresh for every run`
        : `nothing: the host has no ${operation.source}${path.slice(operation.at === "/" ? 0 : operation.at.length)}`.replace(
            "//",
            "/",
          );
    case "tmpfs":
    case "dev":
    case "mqueue":
    case "dir":
    case "proc":
    case "file":
    case "symlink":
    case "remount-ro":
    case undefined:
      return operation === undefined || operation.at === "/"
        ? "nothing: no entry shows it"
        : `nothing: ${operation.at} starts empty`;
  }
}
