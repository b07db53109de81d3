import { defineProblem } from "../model/problem.ts";

export const noPty = defineProblem<{ reason: string }>({
  id: "terminal/no-pty",
  severity: "error",
  when: "The run needs a pseudo-terminal of its own (`session: pty`), and there can be none.",
  message: ({ reason }) => `can't make a terminal for the command: ${reason}`,
  help: () =>
    "go without it: type `--no-flag interactive`, or write `process: {session: new}`; " +
    "prebuilt binaries of @lydell/node-pty exist for x64 and arm64 with glibc",
});

export const noSettings = defineProblem<{ stty: string; reason: string }>({
  id: "terminal/no-settings",
  severity: "error",
  when: "The settings of the caller's terminal can't be read, so that they could not be restored after the run.",
  message: ({ reason }) => `can't read the settings of this terminal: ${reason}`,
  help: ({ stty }) => `see what \`${stty} -g\` says, or go without a terminal: \`--no-flag interactive\``,
});
