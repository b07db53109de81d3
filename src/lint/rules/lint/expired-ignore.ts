import { defineOwn } from "../../rule.ts";

export const rule = defineOwn<{ rule: string; until: string; day: boolean }>({
  id: "lint/expired-ignore",
  severity: "warning",
  title: "An exception has come to its end, or ends on a day that no calendar has.",
  why: "Somebody wanted to look at it again by then. What it accepted is told again, too.",
  sources: [
    { text: "flatpak-builder-lint's file of exceptions", url: "https://github.com/flathub-infra/flatpak-builder-lint" },
  ],
  fix: "Look at the reason again: take the exception out, or give it a new day.",
  bad: {
    profile:
      "version: 1\nextends: [base]\nnetwork: host\nmounts:\n  /etc/resolv.conf: ro?\n  /run/systemd/resolve/stub-resolv.conf: ro?\nlint: {ignore: [{rule: net/host, reason: until the mirror is there, until: 2020-01-31}]}\n",
  },
  good: {
    profile:
      "version: 1\nextends: [base]\nnetwork: host\nmounts:\n  /etc/resolv.conf: ro?\n  /run/systemd/resolve/stub-resolv.conf: ro?\nlint: {ignore: [{rule: net/host, reason: until the mirror is there, until: 2999-01-31}]}\n",
  },
  message: ({ rule, until, day }) =>
    day ? `${rule} was accepted until ${until}` : `${rule} is accepted until ${until}, a day that does not exist`,
  help: ({ day }) =>
    day ? "look at the reason again: take the exception out, or give it a new day" : "write a day as YYYY-MM-DD",
});
