import { defineProblem } from "../model/problem.ts";

interface Failure {
  readonly limit: string;
  readonly text: string;
  readonly why: string;
  readonly fix?: string;
}

export const limitNotSet = defineProblem<Failure>({
  id: "limit/not-set",
  severity: "error",
  when: "A limit could not be put on the sandbox, so the command was not started.",
  message: ({ limit, text, why }) => `can't set limits.${limit} to ${text}: ${why}`,
  help: ({ limit, text, fix }) =>
    fix ?? `to go on without it where it can't be enforced, write \`${limit}: {value: ${text}, try: true}\``,
});

export const limitLeftOut = defineProblem<Failure>({
  id: "limit/left-out",
  severity: "warning",
  when: "A limit with `try` could not be put on the sandbox.",
  message: ({ limit, text, why }) => `limits.${limit} is not ${text}, there is no limit: ${why}`,
});

export const swapNotCounted = defineProblem<{ text: string }>({
  id: "limit/swap",
  severity: "warning",
  when: "The kernel doesn't limit swap, so that a sandbox with a limit of memory can use more by way of that.",
  message: ({ text }) => `limits.memory: ${text} does not count swap here: the kernel keeps no account of it`,
  help: () => "start the kernel with swapaccount=1, or switch swap off: `sudo swapoff -a`",
});

export type StruckLimit = "memory" | "tasks" | "cpuTime" | "fileSize";

const STRUCK: Readonly<Record<StruckLimit, string>> = {
  memory: "was reached: the kernel ended a process of the sandbox",
  tasks: "was reached: a process of the sandbox could not start another one",
  cpuTime: "was reached: the kernel ended the command (SIGXCPU)",
  fileSize: "was reached: the kernel ended the command, which wrote more to one file (SIGXFSZ)",
};

export const limitStruck = defineProblem<{ limit: StruckLimit; text: string; more: string }>({
  id: "limit/struck",
  severity: "warning",
  when: "Something in the sandbox reached a limit.",
  message: ({ limit, text }) => `limits.${limit}: ${text} ${STRUCK[limit]}`,
  help: ({ limit, more }) => `to allow more, write \`${limit}: ${more}\``,
});
