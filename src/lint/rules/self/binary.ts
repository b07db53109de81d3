import { isWithin } from "../../../model/path.ts";
import { isRunPath, writable } from "../../../tree/index.ts";
import { issue, peer } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";
import { short } from "../../words.ts";

export const rule = defineRule<{ what: string; path: string }>({
  id: "self/binary",
  severity: "error",
  title: "sbx, Node or bwrap lies in a directory that the profile makes writable.",
  why: "Who can replace the guard is not guarded: `sbx run` refuses such a profile (`trust/guard-in-reach`). It happens when sbx is a dependency of the very project.",
  sources: [peer.aiJail("the check of its bwrap"), issue("openai/codex", 16088)],
  fix: "Install sbx outside of what the profile makes writable: `npm install --global`.",
  needs: "machine",
  bad: {
    profile: "version: 1\nextends: [base]\nmounts:\n  /usr/local: rw\n",
    where: "Node is /usr/local/bin/node",
    machine: { files: { "/usr/local/bin/node": "" } },
  },
  good: {
    profile: "version: 1\nextends: [base]\nmounts:\n  /srv/cache: rw?\n",
    where: "Node is /usr/local/bin/node",
    machine: { files: { "/usr/local/bin/node": "" } },
  },
  message: ({ what, path }) => `${what} (${path}) lies in what this entry makes writable`,
  help: ({ what }) => `install ${what} elsewhere, or make this entry narrower`,
  *check({ plan, tree, host, outside }) {
    const told = new Set<string>();
    for (const [what, path] of Object.entries(outside.guards)) {
      for (const { mount } of writable({ tree, host }, path)) {
        const operation = plan.operations[mount];
        if (operation?.kind !== "bind" || isRunPath(operation.source)) continue;
        if (!isWithin(operation.source, path) || told.has(`${what}\n${mount}`)) continue;
        told.add(`${what}\n${mount}`);
        yield { data: { what, path: short(host, path) }, at: operation.origin };
      }
    }
  },
});
