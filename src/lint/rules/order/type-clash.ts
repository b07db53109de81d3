import { issue, measured } from "../../evidence.ts";
import { defineRefused } from "../../rule.ts";

export const rule = defineRefused({
  id: "order/type-clash",
  severity: "error",
  title: "A file is mounted over a directory, or a directory or tmpfs over a file.",
  why: "mount(2) refuses that, and bwrap stops with `Can't create file` or `Can't mkdir`.",
  sources: [measured("`Can't create file at X: Is a directory`"), issue("microsoft/mxc", 623)],
  fix: "Mount something of the same type.",
  refusedAs: ["order/type-clash"],
  bad: { profile: "version: 1\nextends: [base]\ntmpfs: {/usr/bin/env: {size: 64M}}\n" },
  good: { profile: "version: 1\nextends: [base]\ntmpfs: {/usr/share: {size: 64M}}\n" },
});
