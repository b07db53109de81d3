import { isWithin } from "../model/path.ts";
import type { Operation, Plan } from "../model/plan.gen.ts";
import type { RealPath } from "../model/realpath.ts";
import { type Standing, seenAt, showing, writableAt } from "../tree/index.ts";
import type { Facts } from "./facts.ts";
import { realPlace } from "./real-places.ts";

/** An entry, and which of the paths that were asked about it lets in. */
export interface Exposure {
  readonly operation: Operation;
  readonly paths: readonly string[];
  /** Whether the entry asks for these by name, rather than for something that holds them. */
  readonly named: boolean;
}

/** The entries that show any of these host paths. */
export const showsAny = (facts: Facts, paths: readonly string[]): Exposure[] => byEntry(facts, paths, seenAt);

/**
 * The entries through which any of these sockets can be connected to. Under `root: host` every one that listens is masked
 * when the sandbox is made (unix(7): a read-only mount is no wall).
 */
export const reachesAny = (facts: Facts, sockets: readonly string[]): Exposure[] =>
  showsAny(facts, sockets).filter(({ operation }) => operation.at !== "/" || facts.effective.root.value !== "host");

/** The entries that let the command write, or make, any of these host paths on the host. */
export const writesAny = (facts: Facts, paths: readonly string[]): Exposure[] => byEntry(facts, paths, writableAt);

type Place = Pick<RealPath, "path" | "links">;
type Look = (facts: Facts, real: Place) => readonly Standing[];

function byEntry(facts: Facts, paths: readonly string[], look: Look): Exposure[] {
  const found = new Map<Operation, Set<string>>();
  const sources = sourcesOf(facts.plan);
  const real = (path: string) => realPlace(facts.host, path);
  const add = (path: string): void => {
    for (const place of look(facts, real(path))) {
      const operation = showing(facts.tree, place);
      if (operation !== undefined) found.set(operation, (found.get(operation) ?? new Set()).add(path));
    }
  };
  for (const path of paths) if (isNear(real(path), sources)) add(path);
  for (const source of partsNamed(
    sources,
    paths.map((path) => real(path).path),
  ))
    add(source);
  return [...found].map(([operation, each]) => {
    const all = [...each];
    const source = "source" in operation ? operation.source : undefined;
    const named = source !== undefined && all.some((path) => isWithin(real(path).path, source));
    return { operation, paths: all, named };
  });
}

/** Whether an entry can show a place at all: most rules ask for what no entry comes near. */
const isNear = ({ path, links }: Place, sources: Sources): boolean =>
  links.length > 0 || sources.isWhole || nearby(sources.all, path).some((source) => isWithin(source, path));

/** What entries show of what lies below one of the paths, by its name. */
const partsNamed = ({ granted }: Sources, paths: readonly string[]): readonly string[] =>
  paths.flatMap((path) => nearby(granted, path).filter((source) => path !== source && isWithin(path, source)));

const nearby = (sources: ByName, path: string): readonly string[] => sources.get(firstName(path)) ?? NONE;

const NONE: readonly string[] = [];

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
