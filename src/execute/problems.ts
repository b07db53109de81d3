import { defineProblem } from "../model/problem.ts";

/** A path as a word of a shell line. */
const word = (path: string): string => (/^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);

export const linkOnTheWay = defineProblem<{ path: string; link: string }>({
  id: "execute/link",
  severity: "error",
  when: "A place that sbx has to make or remove on the host is reached through a symbolic link.",
  message: ({ path, link }) =>
    link === path
      ? `${path} is a symbolic link, and sbx makes and removes nothing through one`
      : `${path} lies behind the symbolic link ${link}, and sbx makes and removes nothing through one`,
  help: ({ link }) => `see where it leads with \`readlink -f ${word(link)}\` and write that path instead`,
});

export const notMade = defineProblem<{ path: string; type: "directory" | "file"; at: string; reason: string }>({
  id: "execute/not-made",
  severity: "error",
  when: "A place that the sandbox needs on the host can't be made.",
  message: ({ path, type, at, reason }) =>
    `can't make the ${type} ${path}: ${at === path ? reason : `${at}: ${reason}`}`,
  help: ({ path, type, at }) => {
    const make = type === "directory" ? "mkdir -p" : "touch";
    return `look at it with \`ls -ld ${word(at)}\`, or make it yourself: \`${make} ${word(path)}\``;
  },
});

export const runBaseUnsafe = defineProblem<{ path: string; why: string }>({
  id: "execute/run-directory",
  severity: "error",
  when: "The directory for what lives as long as a run is not a directory of the caller's alone.",
  message: ({ path, why }) => `${path} can't hold the run's files: ${why}`,
  help: ({ path }) =>
    `see whose it is with \`ls -ld ${word(path)}\`; if it is yours, \`chmod 700 ${word(path)}\`, ` +
    "else set XDG_RUNTIME_DIR to a directory of your own with mode 0700",
});

export const standardDescriptor = defineProblem<{ fd: number; name: string }>({
  id: "execute/directory-descriptor",
  severity: "error",
  when: "Standard input, output or error is a directory: the command could reach its files past every mount.",
  message: ({ fd, name }) =>
    `${name} (descriptor ${fd}) is a directory; through it the command could leave the sandbox`,
  help: ({ fd }) => `redirect it: put \`${["<", ">", "2>"][fd]}/dev/null\` behind the command`,
});

export const passedDescriptor = defineProblem<{ fd: number; why: string }>({
  id: "execute/pass-fd",
  severity: "error",
  when: "A descriptor of `process.passFds` can't be handed to the command.",
  message: ({ fd, why }) => `can't pass descriptor ${fd}: ${why}`,
  help: ({ fd }) => `open it for sbx: put \`${fd}<FILE\` behind the command, or take ${fd} out of \`process.passFds\``,
});

export const notStarted = defineProblem<{ file: string; cwd: string; reason: string }>({
  id: "execute/not-started",
  severity: "error",
  when: "bwrap itself can't be started.",
  message: ({ file, cwd, reason }) => `can't start ${file} in ${cwd}: ${reason}`,
  help: ({ file }) => `try it: \`${word(file)} --version\`; \`SBX_BWRAP=/path/to/bwrap\` names another one`,
});

export const exchanged = defineProblem<{ at: string }>({
  id: "execute/exchanged",
  severity: "error",
  when: "Something else is mounted at a place than what the plan saw there: it was exchanged meanwhile.",
  message: ({ at }) =>
    `${at} is not what was planned: something on the host was exchanged while the sandbox was set up`,
  help: () => "see what changes the files there, another sandbox perhaps, and try again",
});

export const notSeen = defineProblem<{ reason: string }>({
  id: "execute/not-seen",
  severity: "error",
  when: "The finished sandbox can't be looked at, so that nobody knows whether it is what was planned.",
  message: ({ reason }) => `can't look at the finished sandbox: ${reason}`,
  help: () => "check that /proc is mounted without hidepid, and that bwrap is not setuid",
});

export const leftBehind = defineProblem<{ path: string; why: string; isDirectory: boolean }>({
  id: "execute/left-behind",
  severity: "warning",
  when: "A place that sbx made for this run is no longer as it was, so it is not removed.",
  message: ({ path, why }) => `${path} was made for this run and stays: ${why}`,
  help: ({ path, isDirectory }) => {
    const remove = isDirectory ? "rmdir" : "rm";
    return `look with \`ls -la ${word(path)}\`; \`${remove} ${word(path)}\` removes it when you need nothing of it`;
  },
});

export const notRemoved = defineProblem<{ path: string; reason: string }>({
  id: "execute/not-removed",
  severity: "warning",
  when: "Something that sbx made for this run can't be removed.",
  message: ({ path, reason }) => `can't remove ${path}, which was made for this run: ${reason}`,
  help: ({ path }) => `look with \`ls -la ${word(path)}\``,
});

export const survivor = defineProblem<{ pid: number }>({
  id: "execute/survivor",
  severity: "warning",
  when: "A process of the sandbox is still there although it was killed.",
  message: ({ pid }) => `the sandbox's process ${pid} was killed but has not ended`,
  help: ({ pid }) => `see what holds it with \`cat /proc/${pid}/status /proc/${pid}/wchan\``,
});

export const noKeeper = defineProblem<object>({
  id: "execute/no-keeper",
  severity: "error",
  when: "There is no /bin/sh, which ends the sandbox if sbx is killed.",
  message: () => "can't start /bin/sh, which would end the sandbox if sbx were killed",
  help: () => "try it: `/bin/sh -c true`; `process: {dieWithParent: false}` does without",
});

export const backgroundLeft = defineProblem<object>({
  id: "execute/background",
  severity: "warning",
  when: "After a run with `session: keep` the terminal's foreground can't be given back: there is neither perl nor python3.",
  message: () => "the terminal still belongs to the ended command's process group; what reads from it next may fail",
  help: () =>
    "an interactive shell takes it back by itself; for scripts install perl or python3, or write `session: pty`",
});

export const timeLimit = defineProblem<{ ms: number }>({
  id: "limit/time",
  severity: "error",
  when: "The time limit was reached, and everything in the sandbox was ended (exit code 124).",
  message: ({ ms }) => `the time limit of ${duration(ms)} was reached, and everything in the sandbox was ended`,
  help: () => "give it more: `limits: {time: …}`, or `--timeout`",
});

/** As one writes it in a profile: `90s`, `2m`. */
function duration(ms: number): string {
  const units = [
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["m", 60_000],
    ["s", 1000],
  ] as const;
  const [unit, length] = units.find(([, each]) => ms >= each && ms % each === 0) ?? (["ms", 1] as const);
  return `${ms / length}${unit}`;
}

export const placeChanged = defineProblem<{ at: string; link: string }>({
  id: "execute/kept-place",
  severity: "error",
  when: "An earlier run of a session put a link, or something else than a directory, where this run mounts something.",
  message: ({ at, link }) => `an earlier run left ${link} on the way to ${at}, which leads elsewhere`,
  help: () => "open the session again: what earlier runs wrote goes with it",
});
