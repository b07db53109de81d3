import type { Effective } from "../model/effective.ts";
import type { Host } from "../model/host.ts";
import { placesOn } from "../model/known-places.ts";
import { type KnownSockets, knownSockets, runtimeDirectory, xCookies } from "../model/known-sockets.ts";
import { isWithin } from "../model/path.ts";
import type { Facts } from "./facts.ts";
import { wantedSources } from "./wanted.ts";

/** Somebody whose files and servers a profile can reach. */
export type Person = Pick<Host, "home" | "uid" | "env">;

/** Homes by hier(7), runtime directories by pam_systemd(8); `/var/run` is the old name of `/run`. */
const HOME = /^(\/(?:var\/)?home\/[^/]+|\/root)(?=\/|$)/;
const RUNTIME = /^(?:\/var)?(\/run\/user\/(\d+))(?=\/|$)/;

const known = new WeakMap<Effective["entries"], WeakMap<Host["lstat"], readonly Person[]>>();

/**
 * The one whose machine it is, and everybody whose home or runtime directory the sources of a profile name: a key is a key,
 * whoever lints.
 */
export function peopleOf(host: Host, effective: Effective): readonly Person[] {
  const made = known.get(effective.entries) ?? new WeakMap<Host["lstat"], readonly Person[]>();
  known.set(effective.entries, made);
  const before = made.get(host.lstat);
  if (before !== undefined) return before;
  const others = othersIn(host, effective);
  const people = others.length === 0 ? alone(host) : [host, ...others];
  made.set(host.lstat, people);
  return people;
}

const owners = new WeakMap<Host["env"], readonly Person[]>();

/** The same list for all profiles of one machine. */
function alone({ home, uid, env }: Person): readonly Person[] {
  const before = owners.get(env);
  if (before?.[0]?.home === home && before[0].uid === uid) return before;
  const made = [{ home, uid, env }];
  owners.set(env, made);
  return made;
}

function othersIn(host: Host, effective: Effective): Person[] {
  const homes = new Set<string>();
  const uids = new Set<number>();
  for (const { path } of wantedSources(effective)) {
    // Where the project lies says nothing about whose it is.
    if (isWithin(effective.project, path)) continue;
    const home = HOME.exec(path)?.[1];
    if (home !== undefined && home !== host.home) homes.add(home);
    const runtime = RUNTIME.exec(path);
    if (runtime !== null && runtime[1] !== runtimeDirectory(host)) uids.add(Number(runtime[2]));
  }
  return [
    ...[...homes].map((home) => ({ home, uid: host.uid, env: {} })),
    ...[...uids].map((uid) => ({ home: host.home, uid, env: {} })),
  ];
}

const placesFor = new WeakMap<readonly Person[], Map<readonly string[], readonly string[]>>();

/** Paths of the lists of known places, for everybody. */
export function placesOf(
  { host, effective }: Pick<Facts, "host" | "effective">,
  names: readonly string[],
): readonly string[] {
  const people = peopleOf(host, effective);
  const made = placesFor.get(people) ?? new Map<readonly string[], readonly string[]>();
  placesFor.set(people, made);
  const before = made.get(names);
  if (before !== undefined) return before;
  const places = distinct(people.flatMap((person) => names.flatMap((name) => placesOn(person, name))));
  made.set(names, places);
  return places;
}

const socketsFor = new WeakMap<readonly Person[], KnownSockets>();

/** Where everybody's servers listen. */
export function socketsOf({ host, effective }: Pick<Facts, "host" | "effective">): KnownSockets {
  const people = peopleOf(host, effective);
  const before = socketsFor.get(people);
  if (before !== undefined) return before;
  const all = people.map(knownSockets);
  const of = (kind: keyof KnownSockets) => distinct(all.flatMap((each) => each[kind]));
  const sockets: KnownSockets = {
    engines: of("engines"),
    sshAgent: of("sshAgent"),
    gpgAgent: of("gpgAgent"),
    x11: of("x11"),
    sessionBus: of("sessionBus"),
    systemBus: of("systemBus"),
    systemd: of("systemd"),
    wayland: of("wayland"),
    others: of("others"),
  };
  socketsFor.set(people, sockets);
  return sockets;
}

export const cookiesOf = ({ host, effective }: Pick<Facts, "host" | "effective">): string[] =>
  distinct(peopleOf(host, effective).flatMap((person) => xCookies(person)));

export const homesOf = ({ host, effective }: Pick<Facts, "host" | "effective">): string[] =>
  distinct(peopleOf(host, effective).map(({ home }) => home));

export const runtimesOf = ({ host, effective }: Pick<Facts, "host" | "effective">): string[] =>
  distinct(peopleOf(host, effective).map(runtimeDirectory));

const distinct = (paths: readonly string[]): string[] => [...new Set(paths)];
