import { cve, manual, peer } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";

export const rule = defineRule<Record<string, never>>({
  id: "ns/nested-userns",
  severity: "warning",
  about: "settings",
  title: "The command may make user namespaces itself.",
  why: "In one of its own a process has every capability, and with them mount(2) and a large part of the kernel that an ordinary user can't reach.",
  sources: [
    cve("CVE-2021-41133"),
    peer.sandboxRuntime("on commands that stay in their namespaces"),
    manual("user_namespaces(7)"),
  ],
  fix: "Leave `nested` at `false`, unless a browser or another sandbox runs inside.",
  bad: { profile: "version: 1\nextends: [base]\nnamespaces: {nested: true}\n" },
  good: { profile: "version: 1\nextends: [base]\nnamespaces: {nested: false}\n" },
  message: () => "the command may make user namespaces, and has every capability in them",
  help: () => "take `nested: true` out, or say in `lint.ignore` what needs it",
  *check({ plan }) {
    const { value, origin } = plan.namespaces.nested;
    if (value) yield { data: {}, at: origin };
  },
});
