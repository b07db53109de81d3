import { pathIn } from "../model/git-files.ts";
import type { Host } from "../model/host.ts";
import { ancestors, below, isAbsolute, normalise, parentOf } from "../model/path.ts";
import type { Facts } from "./facts.ts";

/** Settings whose value is a place that git takes hooks or further settings from (git-config(1)). */
const PLACES = /^(core\.hookspath|include(if\..*)?\.path)$/;
/** Those whose value is a command. */
const COMMANDS =
  /^(core\.(fsmonitor|sshcommand|gitproxy|editor|pager|askpass)|sequence\.editor|diff\.external|(filter|diff|merge|credential|gpg)\..*(clean|smudge|process|textconv|command|driver|helper|program)|(gpg|credential)\.(program|helper))$/;

const LISTS = /^(include|credential)/;
/** What only a shell, git or the list of users knows the meaning of. */
const UNRESOLVED = /[$%=]|^~(?!\/)/;
const INTERPRETERS = /^(.*\/)?(env|(ba|da|z)?sh|node|deno|bun|python[\d.]*|perl|ruby|php)$/;

const known = new WeakMap<Host["readText"], Map<string, readonly string[]>>();

/** What the settings of the project's own repository have git run, or read further settings from, by its path. */
export function namedByGit({ plan: { project }, machine }: Pick<Facts, "plan" | "machine">): readonly string[] {
  if (machine === undefined) return [];
  const made = known.get(machine.readText) ?? new Map<string, readonly string[]>();
  known.set(machine.readText, made);
  const before = made.get(project);
  if (before !== undefined) return before;
  const named = namedFor(machine, project);
  made.set(project, named);
  return named;
}

function namedFor(host: Host, project: string): readonly string[] {
  const top = [project, ...ancestors(project).reverse()].find((path) => host.lstat(below(path, ".git")) !== undefined);
  if (top === undefined) return [];
  const entry = below(top, ".git");
  const directory = pathIn(host, entry, /^gitdir: (.+)$/) ?? entry;
  const config = below(pathIn(host, below(directory, "commondir"), /^(.+)$/) ?? directory, "config");
  const settings = settingsIn(host.readText(config) ?? "");
  // The last one of a name holds, but for lists.
  const held = new Map(settings.map((each) => [LISTS.test(each[0]) ? each.join("=") : each[0], each]));
  const named = [...held.values()].flatMap(([name, value]) => {
    if (value !== "" && PLACES.test(name) && !UNRESOLVED.test(value))
      return [pathFrom(name === "core.hookspath" ? top : parentOf(config), value, host)];
    return COMMANDS.test(name) ? programsIn(value, top, host) : [];
  });
  return [...new Set(named)];
}

/** What a command runs by a path of its own, or is given and is there: `sh ./tools/clean.sh`. */
function programsIn(command: string, top: string, host: Host): string[] {
  const words = command.replace(/^!|["']/g, "").split(/\s+/);
  const runsFiles = INTERPRETERS.test(words[0] ?? "");
  return words.flatMap((word, index) => {
    const path = word.includes("/") && !UNRESOLVED.test(word) ? pathFrom(top, word, host) : undefined;
    return path !== undefined && (index === 0 || (runsFiles && host.lstat(path)?.type === "file")) ? [path] : [];
  });
}

const pathFrom = (directory: string, text: string, { home }: Host): string =>
  normalise(isAbsolute(text) ? text : text.startsWith("~/") ? below(home, text.slice(2)) : below(directory, text));

/** The settings of a file of git's, by names in small letters (git-config(1), syntax). */
function settingsIn(text: string): (readonly [name: string, value: string])[] {
  let section = "";
  return text
    .replace(/\\\r?\n/g, "")
    .split(/\r?\n/)
    .flatMap((line) => {
      const [, head, subsection, rest = line] = /^\s*\[\s*([\w.-]+)(?:\s+"(.*)")?\s*\](.*)$/.exec(line) ?? [];
      if (head !== undefined) section = subsection === undefined ? head : `${head}.${subsection}`;
      const [, key, value = ""] = /^\s*([A-Za-z][\w-]*)\s*=\s*(.*)$/.exec(rest) ?? [];
      return key === undefined ? [] : [[`${section}.${key}`.toLowerCase(), textOf(value)] as const];
    });
}

/** A value without its quotes and the comment behind it. */
const textOf = (value: string): string =>
  [...value.matchAll(/"((?:\\.|[^"\\])*)"?|((?:\\.|[^"\\#;])+)|[#;].*/g)]
    .map(([, quoted, plain]) => quoted ?? plain ?? "")
    .join("")
    .trim()
    .replace(/\\(.)/g, "$1");
