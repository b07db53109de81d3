import { isWithin } from "../model/path.ts";
import type { Operation, Plan } from "../model/plan.gen.ts";
import { realpath } from "../model/realpath.ts";
import { type Standing, seen, showing, writable } from "../tree/index.ts";
import type { Facts } from "./facts.ts";

/** An entry, and which of the paths that were asked about it lets in. */
export interface Exposure {
  readonly operation: Operation;
  readonly paths: readonly string[];
  /** Whether the entry asks for these by name, rather than for something that holds them. */
  readonly named: boolean;
}

/** The entries that show any of these host paths. */
export const showsAny = (facts: Facts, paths: readonly string[]): Exposure[] => byEntry(facts, paths, seen);

/**
 * The entries through which any of these sockets can be connected to. Under `root: host` every one that listens is masked
 * when the sandbox is made (unix(7): a read-only mount is no wall).
 */
export const reachesAny = (facts: Facts, sockets: readonly string[]): Exposure[] =>
  showsAny(facts, sockets).filter(({ operation }) => operation.at !== "/" || facts.effective.root.value !== "host");

/** The entries that let the command write, or make, any of these host paths on the host. */
export const writesAny = (facts: Facts, paths: readonly string[]): Exposure[] => byEntry(facts, paths, writable);

type Look = (facts: Facts, path: string) => readonly Standing[];

function byEntry(facts: Facts, paths: readonly string[], look: Look): Exposure[] {
  const found = new Map<Operation, Set<string>>();
  const real = (path: string) => realpath(facts.host, path).path;
  for (const path of [...paths, ...partsNamed(facts, paths.map(real))]) {
    for (const place of look(facts, path)) {
      const operation = showing(facts.tree, place);
      if (operation === undefined) continue;
      found.set(operation, (found.get(operation) ?? new Set()).add(path));
    }
  }
  return [...found].map(([operation, each]) => {
    const all = [...each];
    const source = "source" in operation ? operation.source : undefined;
    const named = source !== undefined && all.some((path) => isWithin(real(path), source));
    return { operation, paths: all, named };
  });
}

/** What entries show of what lies below one of the paths, by its name. */
function partsNamed({ plan }: Facts, paths: readonly string[]): readonly string[] {
  const sources = sourcesOf(plan);
  return paths.flatMap((path) => {
    const near = sources.get(firstName(path));
    return near === undefined ? [] : near.filter((source) => path !== source && isWithin(path, source));
  });
}

const grants = new WeakMap<Plan, ReadonlyMap<string, readonly string[]>>();

/** The sources of a plan's grants by the first name of their paths, but for what nobody keeps anything in. */
function sourcesOf(plan: Plan): ReadonlyMap<string, readonly string[]> {
  const known = grants.get(plan);
  if (known !== undefined) return known;
  const all = new Map<string, string[]>();
  for (const operation of plan.operations) {
    if (operation.kind !== "bind" && operation.kind !== "overlay") continue;
    const name = firstName(operation.source);
    if (name === "usr" || (name === "dev" && !isWithin("/dev/shm", operation.source))) continue;
    all.set(name, [...(all.get(name) ?? []), operation.source]);
  }
  grants.set(plan, all);
  return all;
}

function firstName(path: string): string {
  const end = path.indexOf("/", 1);
  return end < 0 ? path.slice(1) : path.slice(1, end);
}
