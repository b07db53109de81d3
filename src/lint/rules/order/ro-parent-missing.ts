import { measured } from "../../evidence.ts";
import { defineRefused } from "../../rule.ts";

export const rule = defineRefused({
  id: "order/ro-parent-missing",
  severity: "error",
  title: "A destination does not exist, and lies in something read-only.",
  why: "bwrap would stop with `Read-only file system`, after it has made half of the sandbox.",
  sources: [measured("`bwrap: Can't mkdir …: Read-only file system`")],
  fix: "Make the directory on the host, or mount a tmpfs over the parent.",
  refusedAs: ["order/read-only-parent"],
  bad: { profile: "version: 1\nextends: [base]\ntmpfs: {/usr/share/no-such-place: {size: 64M}}\n" },
  good: { profile: "version: 1\nextends: [base]\ntmpfs: {/srv/no-such-place: {size: 64M}}\n" },
});
