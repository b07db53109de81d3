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

export const monitorInReach = defineProblem<object>({
  id: "preflight/monitor-in-reach",
  severity: "error",
  when: "As root, without a user namespace, the command would see the host's processes, bwrap's own among them.",
  message: () =>
    "as root and without a user namespace, the command could enter the host through /proc/PID/root of bwrap",
  help: () => "write `namespaces: {user: true}`, or `pid: true` and no mount of the host's /proc",
});

export const capabilityLacking = defineProblem<{ names: readonly string[] }>({
  id: "preflight/capability",
  severity: "error",
  when: "As root, without a user namespace, the command would get a capability that root has not here.",
  message: ({ names }) => `root has no ${names.join(", ")} here, so bubblewrap could drop none of the others either`,
  help: () => "take it out, or say what to lose: `capabilities: {drop: […]}`",
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
  when: "A command that keeps CAP_SYS_ADMIN would stay in the session of your terminal, and could type into it (CVE-2017-5226).",
  message: () => "a command with CAP_SYS_ADMIN in your own user namespace may not stay in your terminal's session",
  help: () => "write `session: pty`, or leave it out",
});

export const noSetsid = defineProblem<object>({
  id: "preflight/no-setsid",
  severity: "error",
  when: "A terminal of the command's own is asked for, and the sandbox has no setsid(1) to give it to the command.",
  message: () => "the command can't have a terminal of its own: there is no setsid in the sandbox",
  help: () => "show one (util-linux or busybox): `mounts: {/usr/bin/setsid: ro}`, or write `session: new`",
});

export const noStty = defineProblem<object>({
  id: "preflight/no-stty",
  severity: "error",
  when: "A terminal of the command's own is asked for, and the host has no stty(1) to set yours back afterwards.",
  message: () => "the command can't have a terminal of its own: there is no stty on PATH",
  help: () => "install coreutils, or write `session: new`",
});

export const badPlan = defineProblem<{ at: string; what: string }>({
  id: "preflight/bad-plan",
  severity: "error",
  when: "A plan that was not made by compile() in the same process is not as its schema says.",
  message: ({ at, what }) => `this is no plan: ${at} is not as schema/plan.schema.json has it (${what})`,
  help: () => "give it as `compile()` or `sbx plan --json` gave it",
});
