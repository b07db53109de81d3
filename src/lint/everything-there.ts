import type { Effective } from "../model/effective.ts";
import type { Host, Stat } from "../model/host.ts";
import { CREDENTIALS, HISTORIES, SYSTEM_SECRETS } from "../model/known-credentials.ts";
import {
  AUTOSTART,
  EDITOR_FILES,
  GIT_FILES,
  KNOWN_DEVICES,
  placesOn,
  SHELL_FILES,
  USER_PROGRAMS,
} from "../model/known-places.ts";
import { handsOver, SECRET_VARIABLES } from "../model/known-secrets.ts";
import { knownSockets, xCookies } from "../model/known-sockets.ts";
import { LOADING_VARIABLES, loadsCode } from "../model/loaders.ts";
import { ancestors, below, isWithin, relativeTo } from "../model/path.ts";
import { isGlob, literalPath } from "../model/pattern.ts";
import { realpath, remembersPaths } from "../model/realpath.ts";
import { variableMatcher } from "../model/variable-pattern.ts";
import { type Person, peopleOf } from "./people.ts";
import { leadsAs } from "./real-places.ts";
import { usualType } from "./usual-type.ts";
import { wantedSources } from "./wanted.ts";

type Type = Stat["type"];

interface Named {
  readonly path: string;
  readonly type: Type;
}

/**
 * A machine on which everything is there that rules ask for and that a profile names: what a profile lets in must not
 * depend on whether it happens to be missing where the profile is checked.
 */
export function withEverything(
  host: Host,
  effective: Effective,
  { withDestinations = false }: { readonly withDestinations?: boolean } = {},
): Host {
  const { env, sources } = effective;
  const base = withKnownPlaces(host);
  const { host: machine, add } = overlay(base);
  for (const person of peopleOf(host, effective).slice(1))
    for (const path of placesFor(person)) add(path, usualType(path));
  // What is known for certain comes before what a name makes one guess: `next.js` may well be a project.
  add(effective.project, "directory");
  for (const { path } of sources) if (path !== undefined) add(path, "file");
  // The deepest first: what something lies in is a directory, whatever it is called.
  for (const { path, type } of namedBy(effective).sort((a, b) => b.path.length - a.path.length)) add(path, type);
  // Nobody knows what a project holds that may not be looked at: what is mounted in it has a place to be mounted on.
  if (withDestinations) for (const { path, type } of destinationsIn(effective)) add(path, type);
  remembersPaths(machine, base);
  const passed = [...env.pass, ...env.require].flatMap(({ value }) => namesFor(value));
  return { ...machine, env: withVariables(machine.env, passed) };
}

/** What a profile names of the host, and what that is by its name where the author does not say. */
function namedBy(effective: Effective): Named[] {
  const usual = (path: string): Named => ({ path, type: usualType(path) });
  const protect = effective.protect.map(({ value }) => value.path);
  return [
    ...wantedSources(effective).map(({ path, type }) => ({ path, type: nodeType(type) ?? usualType(path) })),
    ...protect.filter((path) => !isGlob(path)).map((path) => usual(literalPath(path))),
  ];
}

/** Where entries of a profile stand in what it shows of its project. */
function destinationsIn({ entries, project }: Effective): Named[] {
  const shown = [...entries].flatMap(([at, { value }]) => {
    if (value.kind !== "mount") return [];
    const from = typeof value.spec === "string" ? at : (value.spec.from ?? at);
    return isWithin(project, from) || isWithin(from, project) ? [{ at, from }] : [];
  });
  return [...entries].flatMap(([at, { value }]) => {
    if (value.kind === "symlink") return [];
    const source = value.kind === "mount" && typeof value.spec !== "string" ? value.spec.from : undefined;
    const type = value.kind === "file" || usualType(source ?? at) !== "directory" ? "file" : "directory";
    const isEmpty = value.kind === "tmpfs" || value.kind === "dir";
    return shown
      .filter((other) => other.at !== at && isWithin(other.at, at))
      .map(
        (other) =>
          ({
            path: below(other.from, relativeTo(other.at, at)),
            type: isEmpty ? ("directory" as const) : type,
          }) as const,
      );
  });
}

const nodeType = (type: "directory" | "file" | "socket" | "device" | undefined): Type | undefined =>
  type === "device" ? "character" : type;

/** By what a machine's files are looked up with: whoever stands elsewhere on it is on the same machine. */
const known = new WeakMap<Host["lstat"], Host>();

/** Made once for each machine: it is the same for all profiles. */
function withKnownPlaces(host: Host): Host {
  const made = known.get(host.lstat);
  if (made !== undefined) return { ...made, cwd: host.cwd };
  const { host: machine, add } = overlay(host);
  for (const path of [...placesFor(host), ...KNOWN_DEVICES]) add(path, usualType(path));
  const all = {
    ...machine,
    lstat: remembered(machine.lstat),
    env: withVariables(machine.env, [...SECRET_VARIABLES, ...LOADING_VARIABLES]),
  };
  leadsAs(all, machine);
  remembersPaths(all, host);
  known.set(host.lstat, all);
  return all;
}

const NAMES: readonly string[] = [
  ...Object.values(CREDENTIALS).flat(),
  ...HISTORIES,
  ...SHELL_FILES,
  ...AUTOSTART,
  ...GIT_FILES,
  ...EDITOR_FILES,
  ...USER_PROGRAMS,
  ...SYSTEM_SECRETS,
];

/** Every profile asks about the same paths. */
function remembered(lstat: Host["lstat"]): Host["lstat"] {
  const stats = new Map<string, Stat | undefined>();
  return (path) => {
    const before = stats.get(path);
    if (before !== undefined || stats.has(path)) return before;
    const stat = lstat(path);
    stats.set(path, stat);
    return stat;
  };
}

/** What rules look for of one person's. */
const placesFor = (person: Person): string[] => [
  ...NAMES.flatMap((name) => placesOn(person, name)),
  ...Object.values(knownSockets(person)).flat(),
  ...xCookies(person),
];

/** A variable by its name; by a pattern, those that its own words make one ask about: `ACME_*_TOKEN`. */
function namesFor(value: string): readonly string[] {
  if (!/[*?]/.test(value)) return [value];
  const example = value.replaceAll("*", "ANY").replaceAll("?", "X");
  const fits = variableMatcher(value);
  const isKnown = [...SECRET_VARIABLES, ...LOADING_VARIABLES].some(fits);
  return !isKnown && (handsOver(example) || loadsCode(example)) ? [example] : [];
}

/** What a caller's variable may well hold; nothing at all would pass for none. */
const SET = "…";

/** An environment, and what it is with further variables: profiles of one kind pass the same ones. */
const environments = new WeakMap<Host["env"], Map<string, Host["env"]>>();

function withVariables(env: Host["env"], names: readonly string[]): Host["env"] {
  const missing = names.filter((name) => !env[name]);
  if (missing.length === 0) return env;
  const made = environments.get(env) ?? new Map<string, Host["env"]>();
  environments.set(env, made);
  const key = missing.join("\n");
  const before = made.get(key);
  if (before !== undefined) return before;
  const more = Object.assign(Object.create(null) as Record<string, string>, env);
  for (const name of missing) more[name] = SET;
  made.set(key, more);
  return more;
}

interface Overlay {
  readonly host: Host;
  /** Puts something where nothing is, with the directories that lead there. */
  add(path: string, type: Type): void;
}

function overlay(base: Host): Overlay {
  const made = new Map<string, Stat>();
  const names = new Map<string, Set<string>>();
  const lstat = (path: string) => base.lstat(path) ?? made.get(path);
  const host: Host = {
    ...base,
    lstat,
    readdir(path) {
      const more = names.get(path);
      const there = base.readdir(path);
      return more === undefined ? there : [...new Set([...(there ?? []), ...more])].sort();
    },
  };
  leadsAs(host, base);
  const put = (path: string, type: Type): void => {
    const mode = type === "directory" ? 0o755 : 0o644;
    made.set(path, { type, mode, uid: host.uid, gid: host.gid, nlink: 1, size: 0 });
    if (type === "directory") names.set(path, names.get(path) ?? new Set());
    const directory = path.slice(0, path.lastIndexOf("/")) || "/";
    names.set(directory, (names.get(directory) ?? new Set()).add(path.slice(path.lastIndexOf("/") + 1)));
  };
  return {
    host,
    add(wanted, type) {
      const there = lstat(wanted)?.type;
      if (there !== undefined && there !== "link") return;
      const { path, stat, loop } = realpath(host, wanted);
      // What may not be looked at may well be there.
      if (stat !== undefined || loop) return;
      const above = ancestors(path).map((directory) => ({ directory, type: lstat(directory)?.type }));
      // Nothing can lie below a file.
      if (above.some((each) => each.type !== undefined && each.type !== "directory")) return;
      for (const each of above) if (each.type === undefined) put(each.directory, "directory");
      put(path, type);
    },
  };
}
