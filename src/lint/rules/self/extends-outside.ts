import { child, type Source } from "../../../model/node.ts";
import { isWithin, normalise, parentOf } from "../../../model/path.ts";
import type { Origin } from "../../../model/source.ts";
import { issue } from "../../evidence.ts";
import type { Facts } from "../../facts.ts";
import { defineRule } from "../../rule.ts";
import { short } from "../../words.ts";

type Flaw = "outside" | "writable";

export const rule = defineRule<{ file: string; flaw: Flaw }>({
  id: "self/extends-outside",
  severity: "warning",
  title: "A profile extends a file outside of the project, or one in a directory that everybody can write.",
  why: "What a sandbox allows is then decided by a file that no review of this repository shows, or that another user of the machine can exchange.",
  sources: [issue("netblue30/firejail", 6896)],
  fix: "Keep the parent in the repository, or in a package that is installed with it (`npm:@acme/sandbox/base`).",
  varies: true,
  bad: {
    profile: "version: 1\nextends: [/opt/acme/ci.sandbox.yml]\n",
    files: { "/opt/acme/ci.sandbox.yml": "version: 1\nextends: [base]\n" },
  },
  good: {
    profile: "version: 1\nextends: [./ci.sandbox.yml]\n",
    files: { "/home/user/project/ci.sandbox.yml": "version: 1\nextends: [base]\n" },
  },
  message: ({ file, flaw }) =>
    flaw === "outside" ? `${file} lies outside of the project` : `${file} lies in a directory that everybody can write`,
  help: () => "keep it in the repository, or in a package that is installed with it (`npm:…`)",
  *check(facts) {
    const { effective, plan, host, machine } = facts;
    for (const source of effective.sources) {
      if (source.path === undefined || source === effective.sources.at(-1)) continue;
      const directory = parentOf(source.path);
      const isOpen = ((machine?.lstat(directory)?.mode ?? 0) & 0o002) !== 0;
      const isOutside =
        source.file === source.path && !isWithin(plan.project, source.path) && !isOwn(facts, source.path);
      const at = extending(facts, source);
      if (at === undefined || !(isOpen || isOutside)) continue;
      yield { data: { file: short(host, source.path), flaw: isOpen ? "writable" : "outside" }, at };
    }
  },
});

/** The user's own configuration is nobody else's. */
const isOwn = ({ host }: Facts, path: string): boolean =>
  isWithin(`${host.env.XDG_CONFIG_HOME ?? `${host.home}/.config`}/sbx`, path);

/** The `extends` entry that names a file. */
function extending({ effective, host }: Facts, parent: Source): Origin | undefined {
  for (const { file, root, directory = "/" } of effective.sources) {
    const list = child(root, "extends");
    const items = list?.kind === "list" ? list.items : list === undefined ? [] : [list];
    for (const [index, item] of items.entries()) {
      if (item.kind !== "scalar") continue;
      const path = item.text.replace(/^~(?=\/)/, host.home);
      if (!/^\.{0,2}\//.test(path) || normalise(path.startsWith("/") ? path : `${directory}/${path}`) !== parent.path)
        continue;
      const route = list?.kind === "list" ? ["extends", index] : ["extends"];
      return { file, line: item.span.line, column: item.span.column, route, chain: [] };
    }
  }
  return undefined;
}
