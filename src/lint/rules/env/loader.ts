import { isSearchPath, loadsCode, textLoadsCode } from "../../../model/loaders.ts";
import { isWithin } from "../../../model/path.ts";
import type { Origin } from "../../../model/source.ts";
import type { Tree } from "../../../tree/index.ts";
import { manual, peer } from "../../evidence.ts";
import { groundOf } from "../../ground.ts";
import { inheriting } from "../../inheriting.ts";
import { defineRule } from "../../rule.ts";
import { listed, short } from "../../words.ts";

export const rule = defineRule<{ names: string; passed: boolean; entries?: string }>({
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
  message: ({ names, passed, entries }) => {
    if (entries !== undefined) return `${names} has programs load code from ${entries}, where the command can write`;
    return `${passed ? "the caller's" : "a value for"} ${names} is code for every program inside`;
  },
  help: ({ names, passed, entries }) => {
    if (passed) return `take ${names} out of \`env.pass\``;
    return `take it out, or ${entries === undefined ? "say why under `lint.ignore`" : "make the place read-only"}`;
  },
  *check({ plan, effective, tree, host }) {
    const passed = new Map<Origin, string[]>();
    const everything = inheriting(effective);
    for (const [name, { value, origin }] of Object.entries(plan.env)) {
      if (typeof value === "object") {
        // Where all of the environment is kept, `env/inherit-all` says so.
        if (loadsCode(value.from) && !everything.has(origin)) passed.set(origin, [...(passed.get(origin) ?? []), name]);
        continue;
      }
      if (!textLoadsCode(name, value)) continue;
      const place = isSearchPath(name);
      const open = place ? value.split(":").filter((entry) => !isFixed(entry, tree)) : [value];
      if (open.length === 0) continue;
      // What lies in the project is the command's own code.
      const isOwn = place && open.every((entry) => isWithin(plan.project, entry));
      const entries = listed(
        open.map((entry) => (entry.startsWith("/") ? short(host, entry) : "the working directory")),
      );
      const data = { names: name, passed: false, ...(place ? { entries } : {}) };
      yield { data, at: origin, ...(isOwn ? { severity: "warning" } : {}) };
    }
    const wrapper = effective.process.wrapper;
    for (const word of wrapper?.value ?? []) {
      const [, name = "", value = ""] = /^([A-Z_][A-Z0-9_]*)=(.+)$/s.exec(word) ?? [];
      if (wrapper && textLoadsCode(name, value)) yield { data: { names: name, passed: false }, at: wrapper.origin };
    }
    for (const [at, names] of passed) yield { data: { names: listed(names), passed: true }, at };
  },
});

/** A directory of the sandbox that the command can't change: what is loaded from there is what the profile put there. */
function isFixed(entry: string, tree: Tree): boolean {
  const { type, access } = groundOf(entry, tree);
  return entry.startsWith("/") && type === "directory" && access === "ro";
}
