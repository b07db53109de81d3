import { DEFAULT_ORIGIN } from "../../../model/source.ts";
import { cve } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";

export const rule = defineRule<{ file: string }>({
  id: "bwrap/setuid",
  severity: "error",
  title: "The bwrap of this machine is setuid root.",
  why: "It then runs with root's rights until it has dropped them, and each fault in it is a way to become root: CVE-2020-5291, CVE-2026-41163. CVE-2026-87766 (a link as a destination) is not told here, for sbx makes destinations itself and refuses links.",
  sources: [cve("CVE-2020-5291"), cve("CVE-2026-41163"), cve("CVE-2026-87766")],
  fix: "`chmod u-s` it: kernels of today let ordinary users make user namespaces. bubblewrap 0.12 can't be setuid any more.",
  needs: "machine",
  bad: {
    profile: "version: 1\nextends: [base]\n",
    where: "/usr/bin/bwrap has mode 4755",
    machine: { files: { "/usr/bin/bwrap": { mode: "4755" } } },
  },
  good: {
    profile: "version: 1\nextends: [base]\n",
    where: "/usr/bin/bwrap has mode 0755",
    machine: { files: { "/usr/bin/bwrap": { mode: "0755" } } },
  },
  message: ({ file }) => `${file} is setuid root: each fault in it is a way to become root`,
  help: ({ file }) => `chmod u-s ${file}`,
  *check({ machine, outside }) {
    const file = outside.guards.bwrap;
    if (file === undefined || machine === undefined) return;
    const stat = machine.lstat(file);
    if (stat !== undefined && stat.uid === 0 && (stat.mode & 0o4000) !== 0)
      yield { data: { file }, at: DEFAULT_ORIGIN };
  },
});
