import type { Effective } from "../model/effective.ts";
import type { Host } from "../model/host.ts";
import { ancestors } from "../model/path.ts";
import type { Operation } from "../model/plan.gen.ts";
import type { Origin } from "../model/source.ts";
import { entryWords, sectionOf } from "./entry.ts";
import type { Decider, Skipped } from "./explanation.ts";

/** The operations of a plan as the entries that people wrote. */
export interface Deciders {
  of(index: number): Decider | null;
  /** Mounts at or above a path that were left out. */
  skipped(path: string): readonly Skipped[];
}

export function deciders(operations: readonly Operation[], effective: Effective | undefined, host: Host): Deciders {
  const known = new Map<number, Decider>();
  const replaced = replacedBy(effective);
  const skipped = new Map<string, number[]>();
  operations.forEach(({ at, kind, present }, index) => {
    // A directory or a link that stands there anyway is left out, too; nothing is missing then.
    if (!present && (kind === "bind" || kind === "overlay")) skipped.set(at, [...(skipped.get(at) ?? []), index]);
  });

  function of(index: number): Decider | null {
    const operation = operations[index];
    if (operation === undefined) return null;
    let decider = known.get(index);
    if (decider === undefined) {
      const { kind, at, origin } = operation;
      decider = {
        kind,
        at,
        entry: entryWords(operation, itemOf(operation, effective)),
        origin,
        replaced: replaced.get(placeKey(origin)) ?? [],
      };
      known.set(index, decider);
    }
    return decider;
  }

  return {
    of,
    skipped(path) {
      if (skipped.size === 0) return [];
      return [...ancestors(path), path].flatMap((at) =>
        (skipped.get(at) ?? []).flatMap((index) => {
          const decider = of(index);
          return decider === null ? [] : [{ ...decider, reason: reasonFor(operations[index], host) }];
        }),
      );
    },
  };
}

function reasonFor(operation: Operation | undefined, host: Host): string {
  if (operation === undefined || !("source" in operation)) return "";
  const isMissing = host.lstat(operation.source) === undefined;
  return isMissing ? `the host has no ${operation.source}` : "its condition does not hold";
}

/** What an entry says where its key does not: that of a list is a number, a single setting's is the field's name. */
function itemOf(operation: Operation, effective: Effective | undefined): string | undefined {
  const isIt = ({ origin }: { readonly origin: Origin }) => placeKey(origin) === placeKey(operation.origin);
  switch (sectionOf(operation.origin)) {
    case "mask":
      return effective?.mask.find(isIt)?.value ?? ("source" in operation ? operation.source : undefined);
    case "protect":
      return effective?.protect.find(isIt)?.value.path ?? ("source" in operation ? operation.source : undefined);
    case "git":
      return effective?.git.value;
    case "root": {
      const root = effective?.root.value;
      return typeof root === "object" ? root.from : root;
    }
    case "devices":
      return effective?.devices.items.find(isIt)?.value;
    case "mounts":
    case "marked":
    case "tmpfs":
    case "dirs":
    case "files":
    case "symlinks":
    case "proc":
    case "apis":
    case "process":
    case undefined:
      return undefined;
  }
}

const placeKey = ({ file, line, column }: Origin): string => JSON.stringify([file, line, column]);

/** The winner's place → those that it took the place of. */
function replacedBy(effective: Effective | undefined): ReadonlyMap<string, readonly Origin[]> {
  const lost = new Map<string, Origin[]>();
  for (const { field, name, origin } of effective?.replaced ?? []) {
    const winner = field === "entries" ? effective?.entries.get(name) : field === "root" ? effective?.root : undefined;
    if (winner === undefined) continue;
    const key = placeKey(winner.origin);
    lost.set(key, [origin, ...(lost.get(key) ?? [])]);
  }
  return lost;
}
