import { isWithin } from "../../../model/path.ts";
import { shownBinds, shownOverlays } from "../../../tree/index.ts";
import { issue, manual } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";
import { listed, short } from "../../words.ts";

export const rule = defineRule<{ source: string; points: string; isView: boolean }>({
  id: "path/submount",
  severity: "warning",
  title: "A grant holds further file systems that the host has mounted below it.",
  why: "They come along: another disk, an encrypted directory, a share. Read-only ones stay so below a writable grant, which surprises the command; what they hold was hardly meant. A copy-on-write view goes without them: it is of one file system.",
  sources: [issue("google/nsjail", 277), manual("mount(2)"), issue("containers/bubblewrap", 680)],
  fix: "Name the directories that are meant, or mask the mount points.",
  needs: "machine",
  bad: {
    profile: "version: 1\nextends: [base]\nmounts:\n  /srv: ro\n",
    where: "another disk is mounted on /srv/backup",
    machine: { files: { "/srv/backup/": "" }, mounts: [{ point: "/srv/backup", device: "8:17" }] },
  },
  good: {
    profile: "version: 1\nextends: [base]\nmounts:\n  /srv: ro\nmask: [/srv/backup]\n",
    where: "another disk is mounted on /srv/backup",
    machine: { files: { "/srv/backup/": "" }, mounts: [{ point: "/srv/backup", device: "8:17" }] },
  },
  message: ({ source, points, isView }) =>
    `below ${source} further file systems are mounted${isView ? ", which a copy-on-write view does not show" : ""}: ${points}`,
  help: ({ points, isView }) =>
    isView ? `grant ${points} with entries of their own` : `name the directories that are meant, or mask ${points}`,
  *check(facts) {
    const { machine, tree, host } = facts;
    // Containers mount single files over /etc: these are no file systems of their own. Kernels' own are other rules'.
    const own =
      /^(proc|sysfs|devtmpfs|devpts|cgroup2?|mqueue|tmpfs|securityfs|debugfs|tracefs|bpf|hugetlbfs|overlay|squashfs)$/;
    const points =
      machine?.mounts().filter(({ point, type }) => !own.test(type) && machine.lstat(point)?.type === "directory") ??
      [];
    if (points.length === 0) return;
    for (const { kind, source, origin } of [...shownBinds(facts), ...shownOverlays(facts)]) {
      if (source === "/") continue;
      const isView = kind === "overlay";
      const below = points.filter(
        ({ point }) =>
          point !== source && isWithin(source, point) && tree.places(point).some(({ access }) => access !== "masked"),
      );
      if (below.length > 0)
        yield {
          data: { source: short(host, source), points: listed(below.map(({ point }) => short(host, point))), isView },
          at: origin,
        };
    }
  },
});
