import type { Effective } from "../model/effective.ts";
import type { Host, Stat } from "../model/host.ts";
import {
  AUTOSTART,
  CREDENTIALS,
  GIT_FILES,
  HISTORIES,
  knownSockets,
  placeOn,
  SHELL_FILES,
  SYSTEM_SECRETS,
  USER_PROGRAMS,
  xCookies,
} from "../model/known-places.ts";
import { SECRET_VARIABLES } from "../model/known-secrets.ts";
import { ancestors } from "../model/path.ts";
import { isGlob, literalPath } from "../model/pattern.ts";
import { realpath } from "../model/realpath.ts";
import { usualType } from "./usual-type.ts";
import { wantedSources } from "./wanted.ts";

type Type = Stat["type"];

/**
 * A machine on which everything is there that rules ask for and that a profile names: what a profile lets in must not
 * depend on whether it happens to be missing where the profile is checked.
 */
export function withEverything(host: Host, effective: Effective): Host {
  const { env, protect, devices, sources } = effective;
  const { host: machine, add } = overlay(withKnownPlaces(host));
  for (const { path, type } of wantedSources(effective)) add(path, nodeType(type) ?? usualType(path));
  for (const { value } of protect)
    if (!isGlob(value.path)) add(literalPath(value.path), usualType(literalPath(value.path)));
  for (const { value } of devices.items) {
    const path = value.replace(/\?$/, "");
    if (path.startsWith("/") && !isGlob(path)) add(literalPath(path), usualType(literalPath(path)));
  }
  for (const { path } of sources) if (path !== undefined) add(path, "file");
  const passed = [...env.pass, ...env.require].flatMap(({ value }) => (/[*?]/.test(value) ? [] : [value]));
  return { ...machine, env: withVariables(machine.env, passed) };
}

const nodeType = (type: "directory" | "file" | "socket" | "device" | undefined): Type | undefined =>
  type === "device" ? "character" : type;

const known = new WeakMap<Host, Host>();

/** Made once for each machine: it is the same for all profiles. */
function withKnownPlaces(host: Host): Host {
  const made = known.get(host);
  if (made !== undefined) return made;
  const { host: machine, add } = overlay(host);
  const names = [
    ...Object.values(CREDENTIALS).flat(),
    ...HISTORIES,
    ...SHELL_FILES,
    ...AUTOSTART,
    ...GIT_FILES,
    ...USER_PROGRAMS,
    ...SYSTEM_SECRETS,
  ];
  for (const name of names) add(placeOn(host, name), usualType(placeOn(host, name)));
  for (const path of [...Object.values(knownSockets(host)).flat(), ...xCookies(host)]) add(path, usualType(path));
  const all = { ...machine, env: withVariables(machine.env, SECRET_VARIABLES) };
  known.set(host, all);
  return all;
}

function withVariables(env: Host["env"], names: readonly string[]): Host["env"] {
  const more = Object.assign(Object.create(null) as Record<string, string>, env);
  for (const name of names) more[name] ??= "";
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
