import { defineProblem } from "../../model/problem.ts";

/** A path as a word of a shell line. */
const word = (path: string): string => (/^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);

export const notSurveyed = defineProblem<{ path: string; reason: string }>({
  id: "hard-links/not-surveyed",
  severity: "error",
  when: "A directory with `artifact: true` can't be searched for files with further names: a write could reach those.",
  message: ({ path, reason }) =>
    `can't look for hard links at ${path}: ${reason}; the command could write through them`,
  help: ({ path }) => `look with \`ls -ld ${word(path)}\`; \`chmod u+rwx ${word(path)}\` opens a directory of your own`,
});

export const notCopied = defineProblem<{ path: string; reason: string }>({
  id: "hard-links/not-copied",
  severity: "error",
  when: "A file below an entry with `artifact: true` has further names elsewhere, and can't get a copy of its own.",
  message: ({ path, reason }) =>
    `can't give ${path} a copy of its own, and the command could write through it to its other names: ${reason}`,
  help: ({ path, reason }) =>
    /space|quota/.test(reason)
      ? `make room: \`df -h ${word(path)}\` tells how much there is; \`access: cow\` takes none there`
      : `look with \`ls -l ${word(path)}\`; stage it anew readable and yours, or take it out of the directory`,
});

export const notKept = defineProblem<{ path: string; what: string; was: string; is: string }>({
  id: "hard-links/not-kept",
  severity: "error",
  when: "The copy of a file with further names would not be like it: this user can't give it the same owner, say.",
  message: ({ path, what, was, is }) =>
    `a copy of ${path} would not be like it: its ${what} is ${is} instead of ${was}`,
  help: ({ path }) => `stage it as a file of your own, look with \`ls -ln ${word(path)}\`; or run sbx as root`,
});

export const changedMeanwhile = defineProblem<{ path: string }>({
  id: "hard-links/changed",
  severity: "error",
  when: "A file or directory below an entry with `artifact: true` was changed or removed while hard links were copied.",
  message: ({ path }) => `${path} was changed while sbx copied the hard links there`,
  help: ({ path }) => `see who works there (\`fuser -v ${word(path)}\` may tell), end that, and try again`,
});

export const mountedBelow = defineProblem<{ path: string; at: string }>({
  id: "hard-links/mount",
  severity: "error",
  when: "Another file system begins below an entry with `artifact: true`, where files can't be exchanged for copies.",
  message: ({ at }) =>
    `another file system begins at ${at}: sbx copies hard links on one alone, and the command could write through others`,
  help: ({ at }) => `unmount it (\`umount ${word(at)}\`), and give it an entry of its own if the command needs it`,
});

export const noCopyProgram = defineProblem<{ program: string; reason: string }>({
  id: "hard-links/no-cp",
  severity: "error",
  when: "There is no cp that keeps extended attributes and times, which `artifact: true` takes.",
  message: ({ program, reason }) =>
    `${program} can't make copies that are in every way like their originals: ${reason}`,
  help: () => "install the coreutils of GNU (`coreutils` in every distribution), or write `access: cow`",
});

export const brokenOff = defineProblem<{ path: string }>({
  id: "hard-links/broken-off",
  severity: "error",
  when: "The run was told to end while hard links were copied; what was copied by then stays a copy.",
  message: ({ path }) => `the copying of hard links in ${path} was broken off: the run was told to end`,
});
