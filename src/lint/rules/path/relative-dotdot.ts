import { manual } from "../../evidence.ts";
import { defineRefused } from "../../rule.ts";

export const rule = defineRefused({
  id: "path/relative-dotdot",
  severity: "error",
  title: "A path is empty, leads above the root, or holds control characters.",
  why: "What such a path means depends on who reads it. `..` below the root is the root for the kernel and a mistake for everybody else. Paths with `.`, `..` and doubled slashes elsewhere are made plain when the profile is read.",
  sources: [
    manual("path_resolution(7)"),
    { text: "flatpak refuses them, too", url: "https://docs.flatpak.org/en/latest/sandbox-permissions.html" },
  ],
  fix: "Write the path that is meant.",
  refusedAs: ["path/refused"],
  bad: { profile: 'version: 1\nextends: [base]\nmounts:\n  "/../etc": ro\n' },
  good: { profile: "version: 1\nextends: [base]\nmounts:\n  /etc/ssl/../ssl/certs: ro\n" },
});
