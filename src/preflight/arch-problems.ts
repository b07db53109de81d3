import { defineProblem } from "../model/problem.ts";

export const archUnknown = defineProblem<{ arch: string; known: readonly string[] }>({
  id: "preflight/arch-unknown",
  severity: "error",
  when: "`process.arch` names no machine that sbx knows.",
  message: ({ arch }) => `process.arch: ${arch} is no machine that sbx knows`,
  help: ({ known }) => `one of: ${known.join(", ")}`,
});

export const archForeign = defineProblem<{
  arch: string;
  written: string;
  machine: string;
  instead: string | undefined;
}>({
  id: "preflight/arch-foreign",
  severity: "error",
  when: "`process.arch` names a machine whose programs this one does not run by itself.",
  message: ({ arch, written, machine }) =>
    `process.arch: this machine, ${machine}, can't pass for ${arch}${written === arch ? "" : ` (${written})`}`,
  help: ({ arch, instead }) =>
    `${instead === undefined ? "" : `it can pass for ${instead}; `}` +
    `run it where ${arch} is at home, or leave \`arch\` out: an emulator (binfmt_misc) tells its programs the machine itself`,
});
