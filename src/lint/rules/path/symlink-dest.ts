import { cve, issue } from "../../evidence.ts";
import { defineRefused } from "../../rule.ts";

export const rule = defineRefused({
  id: "path/symlink-dest",
  severity: "error",
  title: "A destination lies behind a link that the command could change.",
  why: "bubblewrap before 0.12 follows it and makes files and directories wherever it leads on the host; 0.12 stops. sbx follows links of places that nobody inside can write, and refuses the others.",
  sources: [cve("CVE-2026-87766"), issue("containers/bubblewrap", 390)],
  fix: "Write the real path, or a `symlinks` entry.",
  refusedAs: ["path/symlink-destination"],
  bad: {
    profile: "version: 1\nextends: [base]\nmounts:\n  .: rw\n  ./link/inner: {from: /usr/share, access: ro}\n",
    where: "`link` is a link to /srv",
    machine: { files: { "/home/user/project/link": { target: "/srv" } } },
  },
  good: {
    profile: "version: 1\nextends: [base]\nmounts:\n  .: rw\n  ./real/inner: {from: /usr/share, access: ro}\n",
    where: "`real` is a directory",
    machine: { files: { "/home/user/project/real/inner/": "" } },
  },
});
