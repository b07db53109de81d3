import type { Host } from "../model/host.ts";
import type { Operation } from "../model/plan.gen.ts";
import { realpath } from "../model/realpath.ts";
import { isRunPath, type Standing } from "../tree/index.ts";

interface Place {
  readonly path: string;
  readonly standing: Standing;
  /** Whose answer stands there. */
  readonly decider: Operation | undefined;
  /** The operations at exactly this path. */
  readonly here: readonly Operation[];
  readonly skipped: boolean;
  readonly host: Host;
}

/** What stands at a place, in a few words; a host path is named where it is another one. */
export function wordsFor({ path, standing, decider, here, skipped, host }: Place): string {
  const [entry] = here;
  if (skipped && entry !== undefined) {
    const reason = `left out: ${whySkipped(entry, host)}`;
    return standing.type === "absent" || decider === undefined ? reason : `${reason}; part of ${decider.at}`;
  }
  if (decider === undefined) return "empty";
  const hasOwn = here.some((operation) => operation.present && operation.kind !== "pin");
  if (hasOwn && decider.at !== path) return `covered by ${decider.at}`;
  if (decider.at !== path) return here.length > 0 ? `pinned, part of ${decider.at}` : `part of ${decider.at}`;
  const words = operationWords(decider, path);
  return standing.readOnlyHost ? `${words}, which the host mounts read-only` : words;
}

function whySkipped(entry: Operation, host: Host): string {
  if (!("source" in entry)) return "its condition does not hold";
  // A link that leads nowhere is as good as nothing.
  const isThere = realpath(host, entry.source).stat !== undefined;
  return isThere ? "its condition does not hold" : `the host has no ${entry.source}`;
}

/** What one operation brings to its place. */
export function operationWords(operation: Operation, path: string): string {
  switch (operation.kind) {
    case "bind":
      if (isRunPath(operation.source)) {
        return operation.type === "socket" ? "socket of a server on the host" : "fresh for every run";
      }
      return hostWords("host", operation.source, path);
    case "overlay": {
      const words = hostWords("copy on write", operation.source, path);
      return operation.keep === undefined ? words : `${words}, kept in ${operation.keep}`;
    }
    case "protect":
      return hostWords("protected", operation.source, path);
    case "pin":
      return "pinned";
    case "mask":
      return `hidden ${operation.type}${operation.source === path ? "" : ` ${operation.source}`}`;
    case "tmpfs":
      return `in memory${modeWords(operation.mode, "0755")}${operation.size === undefined ? "" : `, at most ${bytes(operation.size)}`}`;
    case "dir":
      return `directory${modeWords(operation.mode, "0755")}`;
    case "file":
      return `file of ${operation.content.length} characters${modeWords(operation.mode, "0644")}`;
    case "symlink":
      return `→ ${operation.target}`;
    case "proc":
      return "procfs";
    case "dev":
      return "bubblewrap's /dev";
    case "mqueue":
      return "message queues";
    case "remount-ro":
      return "made read-only";
  }
}

/** The usual mode needs no word. */
const modeWords = (mode: string, usual: string): string => (mode === usual ? "" : ` ${mode}`);

const hostWords = (what: string, source: string, path: string): string =>
  source === path ? what : `${what} ${source}`;

const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB"] as const;

/** A number of bytes as people write it: in the largest unit that it is a whole number of. */
export function bytes(count: number): string {
  let value = count;
  let unit = 0;
  while (value >= 1024 && value % 1024 === 0 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value} ${UNITS[unit]}`;
}
