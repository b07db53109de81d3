import { DEFAULT_ORIGIN } from "../../../model/source.ts";
import { issue, manual, measured } from "../../evidence.ts";
import { writtenKey, writtenPath } from "../../mend.ts";
import { defineRule } from "../../rule.ts";

export const rule = defineRule<{ at: string; key: string }>({
  id: "tmpfs/size",
  severity: "warning",
  title: "A tmpfs has no size, and no limit of memory stands over it.",
  why: "It may then take half of the machine's memory, each one by itself, and two of them all of it. With `limits.memory` what lies in it counts as the sandbox's.",
  sources: [manual("tmpfs(5)"), issue("google/nsjail", 71), measured("12 GB on a machine with 24")],
  fix: "Give it a size, or set `limits.memory`.",
  bad: { profile: "version: 1\nextends: [base]\ntmpfs: [/srv/work]\n" },
  good: { profile: "version: 1\nextends: [base]\ntmpfs:\n  /srv/work: {size: 256M}\n" },
  message: ({ at }) => `${at} may take half of the machine's memory`,
  help: ({ key }) => `write \`tmpfs: {${key}: {size: 256M}}\`, or set \`limits.memory\``,
  *check(facts) {
    const { plan } = facts;
    if (plan.limits.memory !== undefined && !plan.limits.memory.try) return;
    for (const operation of plan.operations) {
      if (operation.kind !== "tmpfs" || !operation.present || operation.size !== undefined) continue;
      const { at, origin } = operation;
      // What sbx brings of itself is no author's entry, nor is what stands for another field.
      if (origin.file === DEFAULT_ORIGIN.file || !origin.route.includes("tmpfs")) continue;
      yield { data: { at: writtenPath(facts, at), key: writtenKey(facts, at) }, at: origin };
    }
  },
});
