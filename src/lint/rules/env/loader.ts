import { isSearchPath, loadsCode, textLoadsCode } from "../../../model/loaders.ts";
import type { Origin } from "../../../model/source.ts";
import type { Tree } from "../../../tree/index.ts";
import { manual, peer } from "../../evidence.ts";
import { inheriting } from "../../inheriting.ts";
import { defineRule } from "../../rule.ts";
import { listed } from "../../words.ts";

export const rule = defineRule<{ names: string; passed: boolean; place: boolean }>({
  id: "env/loader",
  severity: "error",
  about: "settings",
  title:
    "A variable by which programs load code (LD_PRELOAD, NODE_OPTIONS, BASH_ENV, PYTHONPATH, GIT_SSH …) is passed or set.",
  why: "Its value is code for every program inside, whatever that program was meant to do. One that is passed comes from wherever the caller is started; one that is set turns a file that the command can write into a program.",
  sources: [manual("ld.so(8)"), peer.fence("LD_* and DYLD_* are taken away")],
  fix: "Take it out. A search path (`PYTHONPATH`, `LD_LIBRARY_PATH` …) of directories that the command can't write is no danger. Options of an interpreter that load nothing (`NODE_OPTIONS: --max-old-space-size=4096`) can be set.",
  bad: { profile: "version: 1\nextends: [base]\nenv:\n  pass: [LD_PRELOAD]\n" },
  good: { profile: "version: 1\nextends: [base]\nenv:\n  set: {NODE_OPTIONS: --max-old-space-size=4096}\n" },
  message: ({ names, passed }) =>
    `${passed ? "the caller's" : "a value for"} ${names} is code for every program inside`,
  help: ({ names, passed, place }) => {
    if (passed) return `take ${names} out of \`env.pass\``;
    return `take it out, or ${place ? "make the place read-only" : "say why under `lint.ignore`"}`;
  },
  *check({ plan, effective, tree }) {
    const passed = new Map<Origin, string[]>();
    const everything = inheriting(effective);
    for (const [name, { value, origin }] of Object.entries(plan.env)) {
      if (typeof value === "object") {
        // Where all of the environment is kept, `env/inherit-all` says so.
        if (loadsCode(value.from) && !everything.has(origin)) passed.set(origin, [...(passed.get(origin) ?? []), name]);
        continue;
      }
      const place = isSearchPath(name);
      if (!textLoadsCode(name, value) || (place && value.split(":").every((entry) => isFixed(entry, tree)))) continue;
      yield { data: { names: name, passed: false, place }, at: origin };
    }
    for (const [at, names] of passed) yield { data: { names: listed(names), passed: true, place: false }, at };
  },
});

/** A directory of the sandbox that the command can't change: what is loaded from there is what the profile put there. */
function isFixed(entry: string, tree: Tree): boolean {
  const { type, access } = tree.walk(entry);
  return entry.startsWith("/") && type === "directory" && access === "ro";
}
