import { peer } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";
import { short } from "../../words.ts";

export const rule = defineRule<{ path: string; links: number }>({
  id: "path/hardlink",
  severity: "warning",
  title: "A masked file has further names (hard links), which a mask over one of them does not hide.",
  why: "A mask lies over a name; the same file under another one is seen. A protected file with further names is refused altogether (`protect/hard-link`), for it could be written by those.",
  sources: [peer.sandboxRuntime("the note on hard links")],
  fix: "Make a copy of its own: `cp -p FILE COPY && mv COPY FILE`.",
  needs: "machine",
  bad: {
    profile: "version: 1\nextends: [base]\nmounts:\n  .: ro\nmask: [token.txt]\n",
    where: "`token.txt` has two names",
    machine: { files: { "/home/user/project/token.txt": { text: "…", nlink: 2 } } },
  },
  good: {
    profile: "version: 1\nextends: [base]\nmounts:\n  .: ro\nmask: [token.txt]\n",
    where: "`token.txt` has one name",
    machine: { files: { "/home/user/project/token.txt": { text: "…", nlink: 1 } } },
  },
  message: ({ path, links }) => `${path} has ${links} names, and the mask hides one of them`,
  help: ({ path }) => `give it a copy of its own: cp -p ${path} ${path}.new && mv ${path}.new ${path}`,
  *check({ plan, machine, host }) {
    for (const operation of plan.operations) {
      if (operation.kind !== "mask" || operation.type !== "file") continue;
      const stat = machine?.lstat(operation.source);
      if (stat?.type === "file" && stat.nlink > 1) {
        yield { data: { path: short(host, operation.source), links: stat.nlink }, at: operation.origin };
      }
    }
  },
});
