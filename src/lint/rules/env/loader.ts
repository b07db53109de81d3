import { isSearchPath, loadsCode, textLoadsCode } from "../../../model/loaders.ts";
import type { Tree } from "../../../tree/index.ts";
import { manual, peer } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";

export const rule = defineRule<{ name: string; passed: boolean }>({
  id: "env/loader",
  severity: "error",
  title:
    "A variable by which programs load code (LD_PRELOAD, NODE_OPTIONS, BASH_ENV, PYTHONPATH, GIT_SSH …) is passed or set.",
  why: "Its value is code for every program inside, whatever that program was meant to do. One that is passed comes from wherever the caller is started; one that is set turns a file that the command can write into a program.",
  sources: [manual("ld.so(8)"), peer.fence("LD_* and DYLD_* are taken away")],
  fix: "Take it out. A search path (`PYTHONPATH`, `LD_LIBRARY_PATH` …) of directories that the command can't write is no danger. Options of an interpreter that load nothing (`NODE_OPTIONS: --max-old-space-size=4096`) can be set.",
  bad: { profile: "version: 1\nextends: [base]\nenv:\n  pass: [LD_PRELOAD]\n" },
  good: { profile: "version: 1\nextends: [base]\nenv:\n  set: {NODE_OPTIONS: --max-old-space-size=4096}\n" },
  message: ({ name, passed }) => `${passed ? "the caller's" : "a value for"} ${name} is code for every program inside`,
  help: ({ name, passed }) =>
    passed ? `take ${name} out of \`env.pass\`` : `take ${name} out, or say why under \`lint.ignore\``,
  *check({ plan, effective, tree }) {
    for (const [name, { value, origin }] of Object.entries(plan.env)) {
      const passed = typeof value === "object";
      // Where all of the environment is kept, `env/inherit-all` says so.
      if (passed ? !loadsCode(name) || origin === effective.env.clear.origin : !textLoadsCode(name, value)) continue;
      if (!passed && isSearchPath(name) && value.split(":").every((entry) => isFixed(entry, tree))) continue;
      yield { data: { name, passed }, at: origin };
    }
  },
});

/** A directory of the sandbox that the command can't change: what is loaded from there is what the profile put there. */
function isFixed(entry: string, tree: Tree): boolean {
  const { type, access } = tree.walk(entry);
  return entry.startsWith("/") && type === "directory" && access === "ro";
}
