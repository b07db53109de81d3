import type { Host } from "../model/host.ts";
import type { Problem } from "../model/problem.ts";
import { looksSecret } from "../model/secret.ts";
import { hostText, type Text } from "./text.ts";

/** What is known of a variable's name. */
export type Found =
  | { readonly kind: "value"; readonly text: Text }
  /** Known, and without a value; `problems` say why, and count only if nothing is offered instead. */
  | { readonly kind: "unset"; readonly problems: readonly Problem[] }
  /** Known and wrong; that has been reported already. */
  | { readonly kind: "broken" }
  | { readonly kind: "no-directory" }
  | { readonly kind: "secret" }
  | { readonly kind: "unknown" };

/** The names that are known whatever the profile declares; XDG_* are known by their beginning. */
export const VARIABLES = ["HOME", "PROJECT", "CWD", "DIR", "UID", "GID", "USER", "TERM", "LANG"] as const;

/** XDG base directory specification: what stands for an unset variable, below the home directory. */
const XDG_DEFAULTS: Readonly<Record<string, string>> = {
  XDG_CONFIG_HOME: ".config",
  XDG_CACHE_HOME: ".cache",
  XDG_DATA_HOME: ".local/share",
  XDG_STATE_HOME: ".local/state",
};

/** The built-in variable of this name, as the file in `directory` sees it. */
export function builtinVariable(name: string, host: Host, project: string, directory: string | undefined): Found {
  switch (name as (typeof VARIABLES)[number]) {
    case "HOME":
      return value(host.home);
    case "PROJECT":
      return value(project);
    case "CWD":
      return value(host.cwd);
    case "DIR":
      return directory === undefined ? { kind: "no-directory" } : value(directory);
    case "UID":
      return value(String(host.uid));
    case "GID":
      return value(String(host.gid));
    case "USER":
      return value(host.user);
    case "TERM":
    case "LANG":
      return value(hostVariable(host, name));
  }
  return /^XDG_[A-Z0-9_]+$/.test(name) ? xdgVariable(name, host) : { kind: "unknown" };
}

/** A variable of the caller's environment; an empty one counts as unset, as for `:-` in a shell. */
export function hostVariable(host: Host, name: string): string | undefined {
  const text = Object.hasOwn(host.env, name) ? host.env[name] : undefined;
  return text === "" ? undefined : text;
}

function xdgVariable(name: string, host: Host): Found {
  if (looksSecret(name)) return { kind: "secret" };
  const text = hostVariable(host, name);
  const isDirectory = Object.hasOwn(XDG_DEFAULTS, name) || name === "XDG_RUNTIME_DIR";
  // "If an implementation encounters a relative path […] it should consider the path invalid and ignore it."
  if (text !== undefined && (!isDirectory || text.startsWith("/"))) return value(text);
  const fallback = Object.hasOwn(XDG_DEFAULTS, name) ? XDG_DEFAULTS[name] : undefined;
  return value(fallback === undefined ? undefined : `${host.home}/${fallback}`);
}

const value = (text: string | undefined): Found =>
  text === undefined ? { kind: "unset", problems: [] } : { kind: "value", text: hostText(text) };
