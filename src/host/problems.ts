import { defineProblem } from "../model/problem.ts";

export const programMissing = defineProblem<{ name: string; install: string | undefined; searched: number }>({
  id: "host/program-missing",
  severity: "error",
  when: "A program that sbx needs is in no directory of PATH that sbx trusts.",
  message: ({ name, searched }) =>
    searched === 0
      ? `${name} was not found: PATH is empty`
      : `${name} was not found in a directory of PATH that is safe to use`,
  help: ({ name, install }) => {
    const instead = name === "bwrap" ? ", or name one: SBX_BWRAP=/path/to/bwrap" : "";
    return install === undefined ? `install ${name}${instead}` : `install it: ${install}${instead}`;
  },
});

export const programUnusable = defineProblem<{ name: string; file: string; why: string }>({
  id: "host/program-unusable",
  severity: "error",
  when: "A program that was named by its path is no executable file.",
  message: ({ name, file, why }) => `${file}, named as ${name}, ${why}`,
  help: ({ name }) =>
    `name an executable file by its absolute path, or none to search PATH: unset SBX_${name.toUpperCase()}`,
});

export const hostProgramReplaceable = defineProblem<{ name: string; path: string; why: string }>({
  id: "host/program-replaceable",
  severity: "error",
  when: "Somebody else could exchange the program of one of the profile's `apis`.",
  message: ({ name, path, why }) => `the program of apis.${name}, ${path}, could be exchanged by others: ${why}`,
  help: () => "install it where only root and you can write",
});

export const bwrapOld = defineProblem<{ file: string; version: string; needed: string }>({
  id: "host/bwrap-old",
  severity: "error",
  when: "The bubblewrap that was found is older than sbx can work with.",
  message: ({ file, version, needed }) => `${file} is bubblewrap ${version}, and sbx needs ${needed} or later`,
  help: () => "update bubblewrap, or name a newer one: SBX_BWRAP=/path/to/bwrap",
});

export const bwrapBroken = defineProblem<{ file: string; option: string; why: string }>({
  id: "host/bwrap-broken",
  severity: "error",
  when: "bwrap does not answer `--version` and `--help` as bubblewrap does.",
  message: ({ file, option, why }) => `${file} ${option} ${why}`,
  help: ({ file, option }) => `try it: ${file} ${option}; another bwrap is named by SBX_BWRAP=/path/to/bwrap`,
});
