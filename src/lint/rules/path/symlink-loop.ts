import { manual } from "../../evidence.ts";
import { defineRefused } from "../../rule.ts";

export const rule = defineRefused({
  id: "path/symlink-loop",
  severity: "error",
  title: "Links lead round in a circle.",
  why: "Nothing behind them can be opened (ELOOP), and bwrap stops with a message that names none of them.",
  sources: [manual("path_resolution(7)")],
  fix: "Break the circle.",
  refusedAs: ["path/link-loop"],
  bad: {
    profile:
      "version: 1\nextends: [base]\nsymlinks: {/srv/a: b, /srv/b: a}\nmounts:\n  /srv/a/data: {from: /srv/data, access: ro}\n",
  },
  good: {
    profile:
      "version: 1\nextends: [base]\nsymlinks: {/srv/a: b}\nmounts:\n  /srv/b/data: {from: /srv/data, access: ro, missing: skip}\n",
  },
});
