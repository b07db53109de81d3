import type { Host } from "../model/host.ts";
import { isWithin } from "../model/path.ts";
import type { Operation, Plan } from "../model/plan.gen.ts";
import { isRunPath } from "../tree/index.ts";

/** What has to stand at a place once bwrap has mounted everything: the very object that the plan saw. */
export interface Expected {
  readonly at: string;
  readonly identity: string | undefined;
  readonly hidden: string | undefined;
  /** The host directory below a copy-on-write view, which has to be the one that the plan saw. */
  readonly lower?: { readonly path: string; readonly identity: string };
}

/** The mounts of a plan with the objects behind them, by the facts that the plan was made of. */
export function expectedMounts({ operations, prepare }: Pick<Plan, "operations" | "prepare">, host: Host): Expected[] {
  const copied = prepare.flatMap((step) => (step.kind === "copy-hard-links" ? step.path : []));
  const last = new Map<string, Operation>();
  for (const operation of operations) if (operation.present) last.set(operation.at, operation);
  return [...last.values()].flatMap((operation) => expectedOf(operation, copied, host) ?? []);
}

function expectedOf(operation: Operation, copied: readonly string[], host: Host): Expected | undefined {
  const { at } = operation;
  // What is no directory of the host's at the root is what it is: there is nothing to compare it with.
  if (at === "/" && operation.kind !== "bind" && operation.kind !== "overlay") return undefined;
  switch (operation.kind) {
    case "bind":
    case "pin":
    case "protect": {
      const { source } = operation;
      const found = isRunPath(source) ? undefined : host.lstat(source);
      // What a step makes first is not known yet: it is made without following links.
      const isCopied = found?.type !== "directory" && copied.some((top) => isWithin(top, source));
      return { at, identity: isCopied ? undefined : found?.identity, hidden: undefined };
    }
    case "mask":
      return { at, identity: undefined, hidden: host.lstat(operation.source)?.identity };
    case "tmpfs":
    case "file":
      return { at, identity: undefined, hidden: undefined };
    case "overlay": {
      const identity = host.lstat(operation.source)?.identity;
      const lower = identity === undefined ? {} : { lower: { path: operation.source, identity } };
      return { at, identity: undefined, hidden: undefined, ...lower };
    }
    case "proc":
    case "dev":
    case "mqueue":
    case "dir":
    case "symlink":
    case "remount-ro":
      return undefined;
  }
}
