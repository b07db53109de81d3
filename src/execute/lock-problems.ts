import { defineProblem } from "../model/problem.ts";

export const rootInUse = defineProblem<{ path: string; place: string }>({
  id: "execute/root-in-use",
  severity: "error",
  when: "Another sandbox lives over the same root: the end of one would take mount points from under the other.",
  message: ({ path, place }) =>
    place === path
      ? `another sandbox lives over the root ${path}`
      : `another sandbox lives over ${place}, which the root ${path} is part of`,
  help: () =>
    "wait until it has ended, or give each a root of its own, such as a copy made with `cp -a --reflink=auto`",
});

export const notLocked = defineProblem<{ path: string; reason: string }>({
  id: "execute/root-not-locked",
  severity: "error",
  when: "A root can't be locked against a second sandbox.",
  message: ({ path, reason }) => `can't lock the root ${path} against a second sandbox: ${reason}`,
  help: () => "use a root that you may read, on a file system with flock(2)",
});
