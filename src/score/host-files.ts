import { CREDENTIALS, SYSTEM_SECRETS } from "../model/known-credentials.ts";
import { AUTOSTART, placesOn, SHELL_FILES } from "../model/known-places.ts";
import { below, isWithin } from "../model/path.ts";
import { originsOf, seen, shownBinds, writable } from "../tree/index.ts";
import { closed, type Item, type Judged, type Measure } from "./item.ts";

/** What belongs to the system: who writes there decides what everybody runs. */
const SYSTEM = ["/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc", "/boot", "/opt", "/root", "/var", "/nix", "/home"];

export const writes: Item = {
  id: "host/write",
  weight: 1.8,
  title: "files of the host that can be written",
  levels: "0.2 the project; 0.5 another place; 1 the home directory or the system, and then at least 8.0",
  because:
    "Whoever writes a start-up file, a program or a library is run by the host later " +
    "(Flatpak's linter refuses `filesystem=home` and `host`; bwrap(1): the arguments are the policy).",
  measure(judged) {
    const { plan, host } = judged;
    const places = shownBinds(judged)
      .filter(({ type, access }) => access !== "ro" && (type === undefined || type === "directory" || type === "file"))
      .map(({ source, origin }) => ({ source, origin, exposure: exposureOf(source, plan.project, host.home) }));
    const worst = Math.max(0, ...places.map(({ exposure }) => exposure));
    const named = places.filter(({ exposure }) => exposure === worst);
    if (worst === 0) return closed("none");
    return {
      exposure: worst,
      found: named.map(({ source }) => source).join(", "),
      origins: named.map(({ origin }) => origin),
      ...(worst === 1 ? { atLeast: 8 } : {}),
    };
  },
};

function exposureOf(source: string, project: string, home: string): number {
  const isHome = isWithin(source, home);
  if (isHome || (!isWithin(home, source) && SYSTEM.some((path) => isWithin(path, source)))) return 1;
  return isWithin(project, source) ? 0.2 : 0.5;
}

export const later: Item = {
  id: "host/later",
  weight: 0.7,
  title: "files that the host runs later can be written",
  levels:
    "1 for any: start-up files of shells and sessions, directories of PATH, hooks and config of the project's git",
  because: "Code outside of the sandbox, a moment later (sandbox-runtime's list of files that are always denied).",
  measure(judged) {
    const { plan, host } = judged;
    const started = [...SHELL_FILES, ...AUTOSTART].flatMap((name) => placesOn(host, name));
    const programs = (host.env.PATH ?? "").split(":").filter((path) => path.startsWith("/") && host.lstat(path));
    const git = below(plan.project, ".git");
    const hooks = host.lstat(git)?.type === "directory" ? ["hooks", "config"].map((name) => below(git, name)) : [];
    return any(judged, [...started, ...programs, ...hooks], writable);
  },
};

export const reads: Item = {
  id: "host/read",
  weight: 0.5,
  title: "files of the host that can be read",
  levels: "0.3 for each of the home directory's, /etc's and /var's own; all of them with /",
  because: "What can be read can be told to whoever is reached (Flatpak's linter warns of `home:ro`).",
  measure(judged) {
    const found = [judged.host.home, "/etc", "/var"].flatMap((path) => {
      const places = judged.tree.places(path);
      return places.length === 0 ? [] : [{ path, origins: originsOf(judged, places) }];
    });
    const isAll = judged.tree.places("/").length > 0;
    if (found.length === 0 && !isAll) return closed("none of the home directory, /etc and /var");
    const origins = found.flatMap((each) => each.origins);
    return { exposure: isAll ? 1 : found.length * 0.3, found: found.map(({ path }) => path).join(", "), origins };
  },
};

export const credentials: Item = {
  id: "host/credentials",
  weight: 1.2,
  title: "credentials that can be read",
  levels: "1 for any",
  because: "Keys, tokens and cookies act as the user, from anywhere (nono's groups of denied files).",
  measure(judged) {
    const names = [...Object.values(CREDENTIALS).flat(), ...SYSTEM_SECRETS];
    return any(
      judged,
      names.flatMap((name) => placesOn(judged.host, name)),
      seen,
    );
  },
};

function any(judged: Judged, paths: readonly string[], look: typeof seen): Measure {
  const all = [...new Set(paths)].map((path) => ({ path, places: look(judged, path) }));
  const open = all.filter(({ places }) => places.length > 0);
  if (open.length === 0) return closed("none");
  // What could be made there counts as much, but what is there is named first.
  const isThere = ({ path }: { readonly path: string }) => judged.host.lstat(path) !== undefined;
  const found = [...open.filter(isThere), ...open.filter((each) => !isThere(each))];
  const origins = originsOf(
    judged,
    found.flatMap(({ places }) => places),
  );
  const rest = found.length > 3 ? ` and ${found.length - 3} more` : "";
  const named = found.slice(0, 3).map(({ path }) => path);
  return { exposure: 1, found: `${named.join(", ")}${rest}`, origins };
}
