import { optionsIn } from "../../../model/assignments.ts";
import { isSearchPath, loadsCode, textLoadsCode } from "../../../model/loaders.ts";
import type { Origin } from "../../../model/source.ts";
import { manual, peer } from "../../evidence.ts";
import type { Facts } from "../../facts.ts";
import { groundOf, isProjects, isWritable, meantBy } from "../../ground.ts";
import { inheriting } from "../../inheriting.ts";
import { defineRule, type Found } from "../../rule.ts";
import { passedAt, takenBy, writtenAt } from "../../taken.ts";
import { listed, short } from "../../words.ts";

interface Data {
  readonly names: string;
  readonly many?: boolean;
  readonly passed: boolean;
  readonly entries?: string;
  readonly how?: How;
}

/** The way in which it comes from the caller. */
type How = "pass" | "require" | "pattern" | "parameter";

export const rule = defineRule<Data>({
  id: "env/loader",
  severity: "error",
  about: "settings",
  title:
    "A variable by which programs load code (LD_PRELOAD, NODE_OPTIONS, BASH_ENV, PYTHONPATH, GIT_SSH …) is passed or set.",
  why: "Its value is code for every program inside, whatever that program was meant to do. One that is passed comes from wherever the caller is started; one that is set turns a file that the command can write into a program.",
  sources: [manual("ld.so(8)"), peer.fence("LD_* and DYLD_* are taken away")],
  fix: "Take it out. A search path (`PYTHONPATH`, `LD_LIBRARY_PATH` …) of directories that the command can't write is no danger. Options of an interpreter that load nothing (`NODE_OPTIONS: --max-old-space-size=4096`) can be set.",
  varies: true,
  bad: { profile: "version: 1\nextends: [base]\nenv:\n  pass: [LD_PRELOAD]\n" },
  good: { profile: "version: 1\nextends: [base]\nenv:\n  set: {NODE_OPTIONS: --max-old-space-size=4096}\n" },
  message: ({ names, many, passed, entries }) => {
    if (entries !== undefined) return `${names} has programs load code from ${entries}, where the command can write`;
    return `${passed ? "the caller's" : "a value for"} ${names} ${many ? "are" : "is"} code for every program inside`;
  },
  help: ({ names, passed, entries, how }) => {
    if (how === "parameter") return "take `env` out of the parameter";
    if (how === "pattern") return "make the pattern narrower, or name the variables that are needed";
    if (passed) return `take ${names} out of \`env.${how ?? "pass"}\``;
    return `take it out, or ${entries === undefined ? "say why under `lint.ignore`" : "make the place read-only"}`;
  },
  *check(facts) {
    const { plan, effective, host } = facts;
    const passed = new Map<Origin, string[]>();
    const everything = inheriting(effective);
    for (const [name, { value, origin }] of Object.entries(plan.env)) {
      if (typeof value === "object") {
        if (!loadsCode(value.from)) continue;
        const at = passedAt(effective, value.from, origin);
        // Where all of the environment is kept, `env/inherit-all` says so.
        if (!everything.has(at)) passed.set(at, [...(passed.get(at) ?? []), name]);
      } else if (loadsCode(name)) {
        if (name !== "ENV" && takenBy(effective, writtenAt(effective, origin)).length > 0)
          yield { data: { names: name, passed: true, how: "parameter" }, at: origin };
        else yield* inText(facts, name, value, origin);
      }
    }
    const { wrapper } = effective.process;
    for (const [index, word] of (wrapper?.value ?? []).entries()) {
      if (wrapper === undefined) continue;
      const written = writtenAt(effective, wrapper.origin, index);
      for (const { name, value } of optionsIn(written)) {
        if (loadsCode(name) && takenBy(effective, value).length > 0)
          yield { data: { names: name, passed: true, how: "parameter" }, at: wrapper.origin };
      }
      for (const { name, value } of optionsIn(word)) yield* inText(facts, name, value, wrapper.origin);
    }
    for (const [at, names] of passed)
      yield { data: { names: listed(names), many: names.length > 1, passed: true, how: howPassed(facts, at) }, at };

    function* inText(scene: Facts, name: string, value: string, at: Origin): Iterable<Found<Data>> {
      if (!textLoadsCode(name, value)) return;
      const place = isSearchPath(name);
      const open = place ? value.split(":").filter((entry) => !isFixed(entry, scene)) : [value];
      if (open.length === 0) return;
      // What lies in the project is the command's own code.
      const isOwn = place && open.every((entry) => isProjects(entry, scene));
      const entries = listed(
        open.map((entry) => (entry.startsWith("/") ? short(host, entry) : "the working directory")),
      );
      const data = { names: name, passed: false, ...(place ? { entries } : {}) };
      yield { data, at, ...(isOwn ? { severity: "warning" as const } : {}) };
    }
  },
});

function howPassed({ effective: { env } }: Facts, at: Origin): How {
  if (env.require.some(({ origin }) => origin === at)) return "require";
  return env.pass.some(({ value, origin }) => origin === at && /[*?]/.test(value)) ? "pattern" : "pass";
}

/** A directory of the sandbox that the command can't change: what is loaded from there is what the profile put there. */
function isFixed(entry: string, facts: Facts): boolean {
  const meant = meantBy(entry);
  if (meant === undefined) return false;
  const ground = groundOf(meant, facts.tree);
  const isThere = ground.type === "directory" || ground.type === "file";
  return isThere && ground.access === "ro" && !isWritable(ground, facts);
}
