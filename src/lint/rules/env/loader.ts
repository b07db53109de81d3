import type { Effective } from "../../../model/effective.ts";
import { isSearchPath, loadsCode, textLoadsCode } from "../../../model/loaders.ts";
import { child, nodeAt } from "../../../model/node.ts";
import { isWithin } from "../../../model/path.ts";
import type { Origin } from "../../../model/source.ts";
import { manual, peer } from "../../evidence.ts";
import type { Facts } from "../../facts.ts";
import { groundOf, isWritable, meantBy } from "../../ground.ts";
import { inheriting } from "../../inheriting.ts";
import { defineRule } from "../../rule.ts";
import { listed, short } from "../../words.ts";

export const rule = defineRule<{ names: string; passed: boolean; entries?: string; taken?: string }>({
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
  message: ({ names, passed, entries }) => {
    if (entries !== undefined) return `${names} has programs load code from ${entries}, where the command can write`;
    return `${passed ? "the caller's" : "a value for"} ${names} is code for every program inside`;
  },
  help: ({ names, passed, entries, taken }) => {
    if (taken !== undefined) return `take \`env: ${taken}\` out of the parameter`;
    if (passed) return `take ${names} out of \`env.pass\``;
    return `take it out, or ${entries === undefined ? "say why under `lint.ignore`" : "make the place read-only"}`;
  },
  *check(facts) {
    const { plan, effective, host } = facts;
    const passed = new Map<Origin, string[]>();
    const everything = inheriting(effective);
    for (const [name, { value, origin }] of Object.entries(plan.env)) {
      if (typeof value === "object") {
        // Where all of the environment is kept, `env/inherit-all` says so.
        if (loadsCode(value.from) && !everything.has(origin)) passed.set(origin, [...(passed.get(origin) ?? []), name]);
        continue;
      }
      const taken = loadsCode(name) ? takenBy(effective, origin) : undefined;
      if (taken !== undefined) {
        yield { data: { names: name, passed: true, taken }, at: origin };
        continue;
      }
      if (!textLoadsCode(name, value)) continue;
      const place = isSearchPath(name);
      const open = place ? value.split(":").filter((entry) => !isFixed(entry, facts)) : [value];
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
function isFixed(entry: string, facts: Facts): boolean {
  const meant = meantBy(entry);
  if (meant === undefined) return false;
  const ground = groundOf(meant, facts.tree);
  return ground.type === "directory" && ground.access === "ro" && !isWritable(ground, facts);
}

/** The caller's variable that a text takes its value from, by way of a parameter. */
function takenBy({ sources }: Effective, { file, route }: Origin): string | undefined {
  const { root } = sources.find((source) => source.file === file) ?? {};
  const node = root && nodeAt(root, route);
  const names = node?.kind === "scalar" ? [...node.text.matchAll(/(?<!\$)\$\{([A-Za-z_][\w-]*)\}/g)] : [];
  for (const [, name = ""] of names) {
    for (const source of sources) {
      const env = child(child(child(source.root, "params"), name), "env");
      if (env?.kind === "scalar") return env.text;
    }
  }
  return undefined;
}
