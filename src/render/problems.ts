import { defineProblem } from "../model/problem.ts";

export const unsupported = defineProblem<{ what: string; option: string; target: string }>({
  id: "render/unsupported",
  severity: "error",
  when: "The bubblewrap that will run has no option for something the profile asks for.",
  message: ({ what, option, target }) => `${what} needs bwrap's ${option}, which ${target} does not have`,
  help: () => "install a newer bubblewrap, or name another one: SBX_BWRAP=/path/to/bwrap",
});

export const machineOpen = defineProblem<{ arch: string }>({
  id: "render/machine",
  severity: "error",
  when: "A call is rendered for a machine that nobody has compared with this one.",
  message: ({ arch }) => `process.arch: ${arch} needs words in front of bwrap, which nobody has settled`,
  help: () => "take the features from findBwrap(plan, host)",
});

export const tooManyArguments = defineProblem<{ count: number }>({
  id: "render/too-many-arguments",
  severity: "error",
  when: "bwrap would get more arguments than its built-in limit of 9000; the command's words count too.",
  message: ({ count }) => `the sandbox and its command need ${count} arguments, and bwrap takes 9000 at most`,
  help: () => "mount fewer, larger directories, or pass long argument lists through a file (xargs -a)",
});

export const needsSbx = defineProblem<{ step: string; path: string }>({
  id: "render/needs-sbx",
  severity: "error",
  when: "A rendered command would need a host-side step that only sbx can do and undo safely.",
  message: ({ step, path }) => `the step ${step} on ${path} can't be part of a shell command`,
  help: () => "run it with: sbx run -- COMMAND",
});

export const tooManyInputs = defineProblem<{ count: number }>({
  id: "render/too-many-inputs",
  severity: "error",
  when: "A rendered shell command would need descriptors above 9, which a POSIX shell can't open.",
  message: ({ count }) => `the command needs ${count} descriptors, and a POSIX shell opens seven at most`,
  help: () => "run it with: sbx run -- COMMAND, or take `--format json`",
});

export const oddVariable = defineProblem<{ name: string }>({
  id: "render/odd-variable",
  severity: "error",
  when: "A variable has a name that a shell can't write.",
  message: ({ name }) => `the variable ${JSON.stringify(name)} can't be written in a shell`,
  help: () => "take it out (`env: {unset: […]}` or `clear: true`), or run it with: sbx run -- COMMAND",
});

export const unknownTarget = defineProblem<{ name: string; known: readonly string[] }>({
  id: "render/unknown-target",
  severity: "error",
  when: "`--target` names no known target.",
  message: ({ name }) => `there is no target ${JSON.stringify(name)}`,
  help: ({ known }) => `one of: ${known.join(", ")}`,
});
