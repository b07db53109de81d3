import { defineOwn } from "../../rule.ts";

export const rule = defineOwn<{ rule: string; is: "unused" | "unused-here" | "void" | "refused" | "settled" }>({
  id: "lint/unused-ignore",
  severity: "warning",
  title: "A rule is ignored that finds nothing, or that can't be ignored.",
  why: "An exception that nobody needs hides the next thing of its kind. Where a rule depends on the checkout or the machine (`exec/editor`, `ssh/owner`) it is an info, for elsewhere it may find something; rules that only ask the machine are not told.",
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
  message: ({ rule, is }) => {
    if (is === "refused") return `${rule} can't be ignored: a profile that has it is refused`;
    if (is === "settled") return `${rule} is ignored, and can't be there: \`sbx rules ${rule}\` says why`;
    if (is === "void") return `${rule} can't be ignored: it is about who wrote this`;
    return `${rule} is ignored, and finds nothing${is === "unused" ? "" : " here"}`;
  },
  help: ({ is }) => (is === "unused-here" ? "take it out, unless another checkout or machine needs it" : "take it out"),
});
