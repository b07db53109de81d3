import type { Host } from "../model/host.ts";
import { isWithin } from "../model/path.ts";
import type { Operation, Plan } from "../model/plan.gen.ts";
import { type Standing, seenAt, showing, writableAt } from "../tree/index.ts";
import type { Facts } from "./facts.ts";
import { placesKnownOn, type RealPlace, realPlace } from "./real-places.ts";

/** An entry, and which of the paths that were asked about it lets in. */
export interface Exposure {
  readonly operation: Operation;
  readonly paths: readonly string[];
  /** Whether the entry asks for these by name, rather than for something that holds them. */
  readonly named: boolean;
}

/** Paths that a rule asks about, together: a list that is the same for many profiles is looked at once. */
type Lists = readonly (readonly string[])[];

/** The entries that show any of these host paths. */
export const showsAny = (facts: Facts, ...paths: Lists): Exposure[] => byEntry(facts, paths, seenAt);

/**
 * The entries through which any of these sockets can be connected to. Under `root: host` every one that listens is masked
 * when the sandbox is made (unix(7): a read-only mount is no wall).
 */
export const reachesAny = (facts: Facts, ...sockets: Lists): Exposure[] =>
  showsAny(facts, ...sockets).filter(({ operation }) => operation.at !== "/" || facts.effective.root.value !== "host");

/** The entries that let the command write, or make, any of these host paths on the host. */
export const writesAny = (facts: Facts, ...paths: Lists): Exposure[] => byEntry(facts, paths, writableAt);

type Look = (facts: Facts, real: RealPlace) => readonly Standing[];

function byEntry(facts: Facts, lists: Lists, look: Look): Exposure[] {
  const sources = sourcesOf(facts.plan);
  const near = lists.map((paths) => comingNear(asked(facts.host, paths), sources));
  if (near.every((each) => each.near.length + each.parts.length === 0)) return [];
  const found = new Map<Operation, Set<string>>();
  const add = (path: string, real: RealPlace): void => {
    for (const place of look(facts, real)) {
      const operation = showing(facts.tree, place);
      if (operation !== undefined) found.set(operation, (found.get(operation) ?? new Set()).add(path));
    }
  };
  for (const each of near) for (const { path, real } of each.near) add(path, real);
  for (const each of near) for (const part of each.parts) add(part, realPlace(facts.host, part));
  return [...found].map(([operation, each]) => {
    const all = [...each];
    const source = "source" in operation ? operation.source : undefined;
    const named = source !== undefined && all.some((path) => isWithin(realPlace(facts.host, path).path, source));
    return { operation, paths: all, named };
  });
}

/** A path that a rule asks about. */
interface Asked {
  readonly path: string;
  readonly real: RealPlace;
  /** Where it stands among those of the rule. */
  readonly index: number;
}

/** By the first name of where they really are, and those that links lead to, which other names could show. */
interface AskedPaths {
  readonly near: ReadonlyMap<string, readonly Asked[]>;
  readonly linked: readonly Asked[];
}

/** Most rules ask about the same list in every profile. */
const lists = new WeakMap<readonly string[], { readonly machine: object; readonly made: AskedPaths }>();

function asked(host: Host, paths: readonly string[]): AskedPaths {
  const before = lists.get(paths);
  const machine = placesKnownOn(host);
  if (before?.machine === machine) return before.made;
  const near = new Map<string, Asked[]>();
  const linked: Asked[] = [];
  for (const [index, path] of paths.entries()) {
    const real = realPlace(host, path);
    const each = { path, real, index };
    if (real.links.length > 0) linked.push(each);
    const name = firstName(real.path);
    const others = near.get(name);
    if (others === undefined) near.set(name, [each]);
    else others.push(each);
  }
  const made = { near, linked };
  lists.set(paths, { machine, made });
  return made;
}

/** The paths that an entry can show at all, and what entries show by name of what lies below one: most come near none. */
function comingNear(
  { near: groups, linked }: AskedPaths,
  { all, granted, isWhole }: Sources,
): { readonly near: readonly Asked[]; readonly parts: readonly string[] } {
  const near: Asked[] = [...linked];
  const parts: string[] = [];
  groups.forEach((places, name) => {
    const sources = all.get(name);
    if (sources === undefined && !isWhole) return;
    const named = granted.get(name);
    for (let at = 0; at < places.length; at++) {
      const each = places[at] as Asked;
      const { path, links } = each.real;
      if (links.length === 0 && (isWhole || (sources !== undefined && isBelowAny(sources, path)))) near.push(each);
      if (named === undefined) continue;
      for (const source of named) if (path !== source && isWithin(path, source)) parts.push(source);
    }
  });
  return { near: near.length > 1 ? near.sort((a, b) => a.index - b.index) : near, parts };
}

// By index, as above: most of what rules ask is asked here.
function isBelowAny(sources: readonly string[], path: string): boolean {
  for (let at = 0; at < sources.length; at++) if (isWithin(sources[at] as string, path)) return true;
  return false;
}

type ByName = ReadonlyMap<string, readonly string[]>;

/** The host paths that operations of a plan name, by the first name of each. */
interface Sources {
  /** All of them. */
  readonly all: ByName;
  /** Those of grants, but for what nobody keeps anything in. */
  readonly granted: ByName;
  /** Whether one of them is `/`. */
  readonly isWhole: boolean;
}

const known = new WeakMap<Plan, Sources>();

function sourcesOf(plan: Plan): Sources {
  const before = known.get(plan);
  if (before !== undefined) return before;
  const all = new Map<string, string[]>();
  const granted = new Map<string, string[]>();
  const add = (to: Map<string, string[]>, name: string, source: string): void => {
    const near = to.get(name);
    if (near === undefined) to.set(name, [source]);
    else near.push(source);
  };
  for (const operation of plan.operations) {
    if (!("source" in operation)) continue;
    const { kind, source } = operation;
    const name = firstName(source);
    add(all, name, source);
    const isKept = name !== "usr" && (name !== "dev" || isWithin("/dev/shm", source));
    if (isKept && (kind === "bind" || kind === "overlay")) add(granted, name, source);
  }
  const made = { all, granted, isWhole: all.has("") };
  known.set(plan, made);
  return made;
}

function firstName(path: string): string {
  const end = path.indexOf("/", 1);
  return end < 0 ? path.slice(1) : path.slice(1, end);
}
