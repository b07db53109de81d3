import { defineOwn } from "../../rule.ts";

export const rule = defineOwn<{ rule: string }>({
  id: "lint/unused-ignore",
  severity: "warning",
  title: "A rule is ignored that finds nothing.",
  why: "An exception that nobody needs hides the next thing of its kind. Rules that depend on the machine are not told: elsewhere they may find something.",
  sources: [
    {
      text: "ESLint --report-unused-disable-directives",
      url: "https://eslint.org/docs/latest/use/command-line-interface",
    },
  ],
  fix: "Take it out: `sbx lint --fix` does.",
  bad: { profile: "version: 1\nextends: [base]\nlint: {ignore: [{rule: net/host, reason: needs the database}]}\n" },
  good: {
    profile:
      "version: 1\nextends: [base]\nnetwork: host\nmounts:\n  /etc/resolv.conf: ro?\n  /run/systemd/resolve/stub-resolv.conf: ro?\nlint: {ignore: [{rule: net/host, reason: needs the database}]}\n",
  },
  message: ({ rule }) => `${rule} is ignored, and finds nothing`,
  help: () => "take it out",
});
