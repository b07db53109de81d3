import { isWithin } from "../../../model/path.ts";
import { realpath } from "../../../model/realpath.ts";
import { advisory, cve } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";
import { wantedSources } from "../../wanted.ts";
import { short } from "../../words.ts";

export const rule = defineRule<{ written: string; behind: string | undefined; source: string }>({
  id: "path/symlink-escape",
  severity: "error",
  title: "An entry names a path of the project that is a link, or lies behind one, and leads out of it.",
  why: "A link can be committed: the profile says `./data`, and what is shown is whatever whoever made the link liked. Where the command can write the link, sbx refuses it (`path/planted-link`).",
  sources: [cve("CVE-2024-42472"), advisory("GHSA-8688-9x26-hhxj")],
  fix: "Write the real path, so that the profile says what is shown.",
  varies: true,
  bad: {
    profile: "version: 1\nextends: [base]\nmounts:\n  /srv/in: {from: ./data, access: ro}\n",
    where: "`data` is a link to /srv/everything",
    machine: { files: { "/home/user/project/data": { target: "/srv/everything" }, "/srv/everything/": "" } },
  },
  good: {
    profile:
      "version: 1\nextends: [base]\nmounts:\n  /srv/in: {from: /srv/everything/data, access: ro, missing: skip}\n",
    where: "`data` is a directory",
    machine: { files: { "/home/user/project/data/": "" } },
  },
  message: ({ written, behind, source }) =>
    `${written} ${behind === undefined ? "is" : `lies behind ${behind},`} a link that leads out of the project: ${source} is shown`,
  help: ({ source }) => `write \`from: ${source}\` if that is meant`,
  *check({ effective, plan, host }) {
    const projects = [plan.project, realpath(host, plan.project).path];
    const isInProject = (path: string) => projects.some((project) => isWithin(project, path));
    for (const { path, origin } of wantedSources(effective)) {
      const { path: source, links } = realpath(host, path);
      if (!isInProject(path) || isInProject(source)) continue;
      const out = links.findLast(isInProject) ?? path;
      const behind = host.lstat(path)?.type === "link" || out === path ? undefined : short(host, out);
      yield { data: { written: short(host, path), behind, source: short(host, source) }, at: origin };
    }
  },
});
