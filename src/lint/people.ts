import type { Effective } from "../model/effective.ts";
import type { Host } from "../model/host.ts";
import { placeOn } from "../model/known-places.ts";
import { type KnownSockets, knownSockets, runtimeDirectory, xCookies } from "../model/known-sockets.ts";
import type { Facts } from "./facts.ts";
import { wantedSources } from "./wanted.ts";

/** Somebody whose files and servers a profile can reach. */
export type Person = Pick<Host, "home" | "uid" | "env">;

/** Homes by hier(7), runtime directories by pam_systemd(8). */
const HOME = /^(\/(?:var\/)?home\/[^/]+|\/root)(?=\/|$)/;
const RUNTIME = /^\/run\/user\/(\d+)(?=\/|$)/;

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
  const people = [host, ...othersIn(host, effective)];
  made.set(host.lstat, people);
  return people;
}

function othersIn(host: Host, effective: Effective): Person[] {
  const homes = new Set<string>();
  const uids = new Set<number>();
  for (const { path } of wantedSources(effective)) {
    const home = HOME.exec(path)?.[1];
    if (home !== undefined && home !== host.home) homes.add(home);
    const runtime = RUNTIME.exec(path);
    if (runtime !== null && runtime[0] !== runtimeDirectory(host)) uids.add(Number(runtime[1]));
  }
  return [
    ...[...homes].map((home) => ({ home, uid: host.uid, env: {} })),
    ...[...uids].map((uid) => ({ home: host.home, uid, env: {} })),
  ];
}

/** Paths of the lists of known places, for everybody. */
export function placesOf({ host, effective }: Pick<Facts, "host" | "effective">, names: readonly string[]): string[] {
  const people = peopleOf(host, effective);
  return distinct(people.flatMap((person) => names.map((name) => placeOn(person, name))));
}

/** Where everybody's servers listen. */
export function socketsOf({ host, effective }: Pick<Facts, "host" | "effective">): KnownSockets {
  const all = peopleOf(host, effective).map(knownSockets);
  const [own] = all;
  if (own === undefined || all.length === 1) return knownSockets(host);
  const kinds = Object.keys(own) as (keyof KnownSockets)[];
  return Object.fromEntries(
    kinds.map((kind) => [kind, distinct(all.flatMap((each) => each[kind]))]),
  ) as unknown as KnownSockets;
}

export const cookiesOf = ({ host, effective }: Pick<Facts, "host" | "effective">): string[] =>
  distinct(peopleOf(host, effective).flatMap((person) => xCookies(person)));

export const homesOf = ({ host, effective }: Pick<Facts, "host" | "effective">): string[] =>
  distinct(peopleOf(host, effective).map(({ home }) => home));

export const runtimesOf = ({ host, effective }: Pick<Facts, "host" | "effective">): string[] =>
  distinct(peopleOf(host, effective).map(runtimeDirectory));

const distinct = (paths: readonly string[]): string[] => [...new Set(paths)];
