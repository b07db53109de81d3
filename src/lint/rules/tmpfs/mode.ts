import { issue } from "../../evidence.ts";
import { writtenPath } from "../../mend.ts";
import { defineRule } from "../../rule.ts";

const SHARED = /^\/(tmp|var\/tmp|dev\/shm|run\/lock)(\/|$)/;

export const rule = defineRule<{ at: string; mode: string; better: string; sticky: boolean }>({
  id: "tmpfs/mode",
  severity: "warning",
  title: "A tmpfs or directory is writable by everybody: without the sticky bit, or where nobody expects it.",
  why: "Without it every user id inside can remove and replace what another one made; outside of /tmp, /var/tmp and /dev/shm programs do not reckon with files of others.",
  sources: [issue("containers/bubblewrap", 131)],
  fix: "Write mode 0700 or 0755, and 1777 for /tmp and its kind.",
  bad: { profile: "version: 1\nextends: [base]\ntmpfs:\n  /srv/work: {mode: 0777, size: 64M}\n" },
  good: { profile: "version: 1\nextends: [base]\ntmpfs:\n  /srv/work: {mode: 0700, size: 64M}\n" },
  message: ({ at, mode, sticky }) =>
    `${at} has mode ${mode}: everybody inside can ${sticky ? "put files there, which nobody reckons with outside of /tmp" : "replace what others made"}`,
  help: ({ better }) => `write \`mode: ${better}\``,
  *check(facts) {
    const { plan, source } = facts;
    for (const operation of plan.operations) {
      if ((operation.kind !== "tmpfs" && operation.kind !== "dir") || !operation.present) continue;
      const { at, mode, origin } = operation;
      const bits = Number.parseInt(mode, 8);
      const isShared = SHARED.test(at);
      const isSticky = (bits & 0o1000) !== 0;
      // A directory of its own within something else may be another /tmp.
      if ((bits & 0o002) === 0 || (isSticky && (isShared || operation.kind === "dir"))) continue;
      const better = isShared ? "1777" : "0755";
      const own = origin.file === source.file && origin.route.length > 0;
      const fix = own && {
        fix: {
          title: `write \`mode: ${better}\``,
          edits: [{ kind: "set", at: [...origin.route, "mode"], text: better } as const],
          safe: true,
        },
      };
      yield { data: { at: writtenPath(facts, at), mode, better, sticky: isSticky }, at: origin, ...(fix || {}) };
    }
  },
});
