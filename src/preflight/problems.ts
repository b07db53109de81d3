import { defineProblem } from "../model/problem.ts";

export const commandNotFound = defineProblem<{ name: string; searched: readonly string[] }>({
  id: "command/not-found",
  severity: "error",
  when: "The command is not in the sandbox (exit code 127).",
  message: ({ name }) => `${name === "" ? "an empty name" : name} is not in the sandbox`,
  help: ({ name, searched }) =>
    searched.length === 0
      ? `grant it: --ro-bind ${name === "" ? "PATH" : name}`
      : `grant its directory (--ro-bind DIR) and put that into PATH; searched: ${searched.join(", ")}`,
});

export const commandNotExecutable = defineProblem<{ name: string; path: string; why: string }>({
  id: "command/not-executable",
  severity: "error",
  when: "The command is in the sandbox but can't be executed (exit code 126).",
  message: ({ path, why }) => `${path} can't be executed: it ${why}`,
  help: ({ path, why }) => (why.includes("permission") ? `chmod +x ${path}` : undefined),
});

export const notBuilt = defineProblem<{ what: string; instead: string }>({
  id: "preflight/not-built",
  severity: "error",
  when: "The profile asks for something that this version of sbx plans but can't do yet.",
  message: ({ what }) => `${what} can't be done by this version of sbx`,
  help: ({ instead }) => instead,
});

export const notEnforced = defineProblem<{ limit: string }>({
  id: "preflight/not-enforced",
  severity: "warning",
  when: "A limit with `try` can't be enforced.",
  message: ({ limit }) => `the limit ${limit} is not enforced: this version of sbx can't do it`,
});

export const monitorInReach = defineProblem<object>({
  id: "preflight/monitor-in-reach",
  severity: "error",
  when: "As root, without a user namespace, the command would see the host's processes, bwrap's own among them.",
  message: () =>
    "as root and without a user namespace, the command could enter the host through /proc/PID/root of bwrap",
  help: () => "write `namespaces: {user: true}`, or `pid: true` and no mount of the host's /proc",
});

export const gitWritable = defineProblem<object>({
  id: "preflight/git-rw",
  severity: "error",
  when: "`git: rw` is asked for, which this version can plan but not make safe.",
  message: () => "`git: rw` is not safe yet: a `commondir` planted in .git would redirect the host's next git command",
  help: () => "write `git: ro`, and commit outside of the sandbox",
});

export const noTerminal = defineProblem<object>({
  id: "preflight/terminal",
  severity: "error",
  when: "A command that keeps CAP_SYS_ADMIN would get your terminal, and could type into it (CVE-2017-5226).",
  message: () => "a command with CAP_SYS_ADMIN in your own user namespace may not have your terminal",
  help: () => "redirect all three: sbx run … </dev/null 2>&1 | cat",
});
