import { optionsIn } from "../../../model/assignments.ts";
import { isWithin } from "../../../model/path.ts";
import type { EnvironmentValue } from "../../../model/plan.gen.ts";
import type { Origin } from "../../../model/source.ts";
import { showing } from "../../../tree/index.ts";
import { manual, peer } from "../../evidence.ts";
import type { Facts } from "../../facts.ts";
import { groundOf, isProjects, isWritable, meantBy } from "../../ground.ts";
import { defineRule } from "../../rule.ts";
import { passedAt } from "../../taken.ts";
import { listed, short } from "../../words.ts";

const SEARCHED = ["PATH", "LD_LIBRARY_PATH", "PYTHONPATH", "NODE_PATH", "PERL5LIB", "RUBYLIB"];

type Flaw = "empty" | "relative" | "writable" | "project" | "root";

/** Whose entry it is told at: the one that has it in the variable, that passes the caller's, or that mounts there. */
type How = "set" | "passed" | "mounted";

export const rule = defineRule<{ name: string; entries: string; flaw: Flaw; onHost: boolean; how: How }>({
  id: "env/path-writable",
  severity: "error",
  about: "settings",
  title:
    "A search path (PATH, LD_LIBRARY_PATH, PYTHONPATH …) has an entry that is empty, relative or writable inside, in front of others.",
  why: "Whoever writes there first decides what the next command of that name is. Empty and relative entries mean the working directory, wherever that is. An entry of the project's own (`.venv/bin`), or any in a root that is writable as a whole, is a warning: what lies there is the command's to decide, but one can put a program there for the next. Of what is passed, the caller's value here is looked at; where a built-in's PATH leads to a place that another entry makes writable, that entry is told.",
  sources: [peer.sandboxRuntime("known limits, writable directories of PATH"), manual("environ(7)")],
  fix: "Put it behind the system's directories, or mount it read-only.",
  varies: true,
  bad: { profile: "version: 1\nextends: [base]\nenv:\n  set: {PATH: /tmp/bin:/usr/bin}\n" },
  good: { profile: "version: 1\nextends: [base]\nenv:\n  set: {PATH: /usr/local/bin:/usr/bin}\n" },
  message: ({ name, entries, flaw }) => {
    if (flaw === "empty") return `${name} has an empty entry, which means the working directory`;
    if (flaw === "relative") return `${name} has the relative entry ${entries}`;
    return `${name} looks in ${entries} first, where the command can write`;
  },
  help: ({ name, flaw, onHost, how }) => {
    if (how === "passed") return `take ${name} out of \`env.pass\`, or set it`;
    if (how === "mounted") return "mount it elsewhere, or read-only";
    if (flaw === "empty" || flaw === "relative") return "write directories from / on";
    return `put it behind the system's directories${onHost ? ", or make what is mounted there read-only" : ""}`;
  },
  *check(facts) {
    const { host, tree } = facts;
    for (const { name, variable } of searchPaths(facts)) {
      const found = new Map<string, { entries: string[]; flaw: Flaw; teller: Teller }>();
      for (const { entry, flaw } of flawsOf(name, variable.value, facts)) {
        const teller = tellerOf(entry, name, variable, facts);
        const { file, line, column } = teller.at;
        const key = `${flaw}:${line}:${column}:${file}`;
        const { entries } = found.get(key) ?? { entries: [] };
        found.set(key, { entries: [...entries, entry], flaw, teller });
      }
      for (const { entries, flaw, teller } of found.values()) {
        const { at, how } = teller;
        const onHost = entries.every((entry) => groundOf(entry, tree).content === "host");
        const data = { name, entries: listed(entries.map((entry) => short(host, entry))), flaw, onHost, how };
        yield { data, at, ...(flaw === "project" || flaw === "root" ? { severity: "warning" as const } : {}) };
      }
    }
  },
});

interface Teller {
  readonly at: Origin;
  readonly how: How;
}

/** Of several that are put in front, the one that names it; where only a built-in does, who mounts there. */
function tellerOf(entry: string, name: string, { value, origin }: Variable, facts: Facts): Teller {
  const { effective, tree } = facts;
  const part = effective.env.prepend.get(name)?.find((each) => each.value === entry)?.origin;
  if (part === undefined && typeof value === "object")
    return { at: passedAt(effective, value.from, origin), how: "passed" };
  const at = part ?? origin;
  const opener = entry.startsWith("/") ? showing(tree, groundOf(entry, tree))?.origin : undefined;
  const isMounted = isBuiltin(at) && opener !== undefined && !isBuiltin(opener);
  return isMounted ? { at: opener, how: "mounted" } : { at, how: "set" };
}

const isBuiltin = ({ file }: Origin): boolean => file.startsWith("builtin:");

function flawsOf(
  name: string,
  value: EnvironmentValue,
  facts: Facts,
): { readonly entry: string; readonly flaw: Flaw }[] {
  const entries = entriesOf(name, value, facts);
  return entries.flatMap((entry, index) => {
    const isFirst = entries.slice(index + 1).some((later) => later.startsWith("/"));
    const flaw = flawOf(entry, isFirst, facts);
    return flaw === undefined ? [] : [{ entry, flaw }];
  });
}

function flawOf(entry: string, isFirst: boolean, facts: Facts): Flaw | undefined {
  if (entry === "") return "empty";
  const meant = meantBy(entry);
  if (meant === undefined) return "relative";
  const ground = isFirst ? groundOf(meant, facts.tree) : undefined;
  if (ground?.type !== "directory" || !isWritable(ground, facts)) return undefined;
  if (facts.plan.operations[ground.mount]?.at === "/" && ground.content === "host") return "root";
  // That the system's own programs can be written is told at the entry that does it (`etc/writable`).
  if (ground.host !== undefined && SYSTEM.some((place) => isWithin(place, ground.host ?? ""))) return undefined;
  return isProjects(meant, facts) ? "project" : "writable";
}

const SYSTEM = ["/usr", "/bin", "/sbin", "/lib", "/lib64"];

/** A caller's entries in front of the system's directories. One that is not shown is an empty place of the run's own. */
function inFront(path: string, tree: Facts["tree"]): readonly string[] {
  const entries = path.split(":");
  const end = entries.findIndex((entry) => SYSTEM.some((place) => isWithin(place, entry)));
  const front = end < 0 ? entries : entries.slice(0, end);
  return front.filter((entry) => !entry.startsWith("/") || groundOf(entry, tree).content === "host");
}

type Variable = Facts["plan"]["env"][string];

/** Those of the environment, and those that a wrapper sets. */
function* searchPaths({ plan, effective }: Facts): Iterable<{ readonly name: string; readonly variable: Variable }> {
  for (const name of SEARCHED) {
    const variable = plan.env[name];
    if (variable !== undefined) yield { name, variable };
  }
  const { wrapper } = effective.process;
  for (const { name, value } of (wrapper?.value ?? []).flatMap(optionsIn))
    if (wrapper && SEARCHED.includes(name)) yield { name, variable: { value, origin: wrapper.origin } };
}

/** What is passed is the caller's, and comes behind what is put in front of it: what it is, only this machine knows. */
function entriesOf(name: string, value: EnvironmentValue, { machine, tree }: Facts): readonly string[] {
  // Nothing at all is no entry but for shells, which look for programs in the working directory then.
  if (typeof value === "string") return value === "" && name !== "PATH" ? [] : value.split(":");
  // That any other is passed at all is told by `env/loader`.
  const passed = name === "PATH" ? machine?.env[value.from] : undefined;
  if (value.prepend === undefined && !passed) return [];
  return [...(value.prepend ?? []), ...(passed ? inFront(passed, tree) : []), "/"];
}
