import { isWithin, parentOf } from "../../../model/path.ts";
import { realpath } from "../../../model/realpath.ts";
import type { Origin, Place } from "../../../model/source.ts";
import { issue } from "../../evidence.ts";
import type { Facts } from "../../facts.ts";
import { type OwnText, ownTexts } from "../../own-texts.ts";
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
    const { effective, host, machine } = facts;
    for (const { file, path } of effective.sources) {
      const place = effective.chains.get(file)?.at(-1);
      // What a built-in extends is a built-in.
      if (path === undefined || place === undefined) continue;
      const named = ownTexts(effective).find((text) => text.file === place.file && isAt(text.own, place));
      if (named === undefined) continue;
      const isOpen = ((machine?.lstat(parentOf(path))?.mode ?? 0) & 0o002) !== 0;
      const isOutside = file === path && !isInProject(facts, path) && !isOwn(facts, path, named.text);
      if (!isOpen && !isOutside) continue;
      const at: Origin = { ...place, route: named.full, chain: effective.chains.get(place.file) ?? [] };
      yield { data: { file: short(host, path), flaw: isOpen ? "writable" : "outside" }, at };
    }
  },
});

const isAt = (span: OwnText["own"], { line, column }: Place): boolean => span.line === line && span.column === column;

function isInProject({ plan, machine }: Facts, path: string): boolean {
  const real = machine && realpath(machine, plan.project).path;
  return isWithin(plan.project, path) || (real !== undefined && isWithin(real, path));
}

/** The user's own configuration is nobody else's. */
const isOwn = ({ host }: Facts, path: string, reference: string): boolean =>
  reference.startsWith("~/.config/sbx/") || isWithin(`${host.env.XDG_CONFIG_HOME ?? `${host.home}/.config`}/sbx`, path);
