import type { Stat } from "../../../model/host.ts";
import { isForeign } from "../../../model/ownership.ts";
import { isWithin, parentOf } from "../../../model/path.ts";
import { realpath } from "../../../model/realpath.ts";
import type { Origin, Place } from "../../../model/source.ts";
import { issue } from "../../evidence.ts";
import type { Facts } from "../../facts.ts";
import { type OwnText, ownTexts } from "../../own-texts.ts";
import { defineRule } from "../../rule.ts";
import { short } from "../../words.ts";

type Flaw = "outside" | "directory" | "mode" | "owner";

export const rule = defineRule<{ file: string; flaw: Flaw }>({
  id: "self/extends-outside",
  severity: "warning",
  title: "A profile extends a file outside of the project, or one that others on this machine can write or exchange.",
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
  message: ({ file, flaw }) => `${file} ${FLAWS[flaw]}`,
  help: () => "keep it in the repository, or in a package that is installed with it (`npm:…`)",
  *check(facts) {
    const { effective, host } = facts;
    for (const { file, path } of effective.sources) {
      const place = effective.chains.get(file)?.at(-1);
      // What a built-in extends is a built-in.
      if (path === undefined || place === undefined) continue;
      const named = ownTexts(effective).find((text) => text.file === place.file && isAt(text.own, place));
      if (named === undefined) continue;
      const isOutside = file === path && !isInProject(facts, path) && !isOwn(facts, path, named.text);
      const flaw = openTo(facts, path) ?? (isOutside ? "outside" : undefined);
      if (flaw === undefined) continue;
      const at: Origin = { ...place, route: named.full, chain: effective.chains.get(place.file) ?? [] };
      yield { data: { file: short(host, path), flaw }, at };
    }
  },
});

const FLAWS: Readonly<Record<Flaw, string>> = {
  outside: "lies outside of the project",
  directory: "lies in a directory that everybody can write",
  mode: "can be written by everybody",
  owner: "belongs to another user, who can write it",
};

/** How others on this machine come to write a file. Not by a group: in a container a checkout's is nobody's there. */
function openTo({ machine, source }: Facts, path: string): Flaw | undefined {
  if (machine === undefined) return undefined;
  const isOpen = ({ mode }: Stat) => (mode & 0o002) !== 0;
  const [file, directory, linted] = [path, parentOf(path), source.file].map((each) => realpath(machine, each).stat);
  if (directory !== undefined && isOpen(directory)) return "directory";
  if (file === undefined) return undefined;
  if (isOpen(file)) return "mode";
  // Whoever owns the linted file decides anyway: in a container a checkout can be somebody else's as a whole. In a user
  // namespace root's files belong to 65534.
  const isOthers = isForeign(file, machine) && file.uid !== 65534 && file.uid !== linted?.uid;
  return isOthers ? "owner" : undefined;
}

const isAt = (span: OwnText["own"], { line, column }: Place): boolean => span.line === line && span.column === column;

function isInProject({ plan, machine }: Facts, path: string): boolean {
  const real = machine && realpath(machine, plan.project).path;
  return isWithin(plan.project, path) || (real !== undefined && isWithin(real, path));
}

/** The user's own configuration is nobody else's. */
const isOwn = ({ host }: Facts, path: string, reference: string): boolean =>
  reference.startsWith("~/.config/sbx/") || isWithin(`${host.env.XDG_CONFIG_HOME ?? `${host.home}/.config`}/sbx`, path);
