import { defineOwn } from "../../rule.ts";

export const rule = defineOwn<{ rule: string; nearest: string | undefined }>({
  id: "lint/unknown-rule",
  severity: "warning",
  title: "A rule is ignored that does not exist.",
  why: "The exception does nothing; what it was to accept is told all the same.",
  sources: [{ text: "`sbx rules` lists all of them" }],
  fix: "Correct the id.",
  bad: { profile: "version: 1\nextends: [base]\nlint: {ignore: [{rule: net/hots, reason: needs the database}]}\n" },
  good: {
    profile:
      "version: 1\nextends: [base]\nnetwork: host\nmounts:\n  /etc/resolv.conf: ro?\n  /run/systemd/resolve/stub-resolv.conf: ro?\nlint: {ignore: [{rule: net/host, reason: needs the database}]}\n",
  },
  message: ({ rule }) => `there is no rule ${rule}`,
  help: ({ nearest }) => (nearest === undefined ? "`sbx rules` lists them" : `did you mean ${nearest}?`),
});
