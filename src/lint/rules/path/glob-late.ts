import { isWithin } from "../../../model/path.ts";
import { isGlob } from "../../../model/pattern.ts";
import type { Origin } from "../../../model/source.ts";
import { peer } from "../../evidence.ts";
import type { Fix } from "../../fix.ts";
import { writtenPath } from "../../mend.ts";
import { defineRule } from "../../rule.ts";

export const rule = defineRule<{ pattern: string; directory: string }>({
  id: "path/glob-late",
  severity: "warning",
  title: "A mask is a pattern for all that lies in a directory (`secrets/*`, `secrets/**/*`).",
  why: "Patterns are expanded once, when the sandbox starts: a file that somebody puts there later is not hidden. The directory itself can be masked, and then nothing in it is ever seen. Patterns for some of the names (`**/.env`, `keys/*.pem`) can't be had otherwise and are not told.",
  sources: [peer.sandboxRuntime("Linux notes, globs are expanded at the start")],
  fix: "Mask the directory.",
  bad: { profile: 'version: 1\nextends: [base]\nmounts:\n  .: ro\nmask: ["secrets/*"]\n' },
  good: {
    profile: 'version: 1\nextends: [base]\nmounts:\n  .: ro\nmask: [secrets, "**/.env"]\n',
    where: "the project has `secrets/`",
    machine: { files: { "/home/user/project/secrets/": "" } },
  },
  message: ({ pattern, directory }) => `what is put into ${directory} later is not hidden by ${pattern}`,
  help: ({ directory }) => `mask ${directory} itself`,
  *check(facts) {
    for (const { value, origin } of facts.effective.mask) {
      const inner = isGlob(value) ? /^(.+?)(?:\/\*\*)*\/[*?]*\*[*?]*$/.exec(value)?.[1] : undefined;
      if (inner === undefined) continue;
      // The place that the pattern begins at is not what it is about: `./**`, `~/*`.
      const name = inner.slice(inner.lastIndexOf("/") + 1);
      if (isGlob(name)) continue;
      // Nobody means to hide the place that the command works in.
      if (isWithin(inner, facts.plan.project) || isWithin(inner, facts.host.home)) continue;
      const directory = writtenPath(facts, inner);
      const fix = origin.file === facts.source.file ? instead(origin, directory) : undefined;
      yield { data: { pattern: writtenPath(facts, value), directory }, at: origin, fix };
    }
  },
});

const instead = ({ route }: Origin, directory: string): Fix => ({
  title: `mask ${directory} itself`,
  edits: [{ kind: "set", at: route, text: directory }],
  safe: true,
});
