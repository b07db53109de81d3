import { issue } from "../../evidence.ts";
import { defineRefused } from "../../rule.ts";

export const rule = defineRefused({
  id: "order/shadowed",
  severity: "error",
  title: "A mount hides another one entirely.",
  why: "In a bubblewrap command a later mount over a parent makes an earlier one vanish, and people ask where their files are. sbx mounts parents before children whatever the order in the file, and refuses two entries that come to one place.",
  sources: [issue("containers/bubblewrap", 365)],
  fix: "Keep one of the two.",
  refusedAs: ["merge/two-entries", "order/same-destination"],
  bad: { profile: "version: 1\nextends: [base]\nmounts:\n  /srv/data: ro\ntmpfs: {/srv/data: {size: 64M}}\n" },
  good: { profile: "version: 1\nextends: [base]\nmounts:\n  /srv/data/in: ro?\ntmpfs: {/srv/data: {size: 64M}}\n" },
});
