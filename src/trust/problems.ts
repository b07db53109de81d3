import { defineProblem } from "../model/problem.ts";

const insist = (command: string): string => `if you trust this file, name it: ${command}`;

export const writableGrant = defineProblem<{ source: string; at: string; project: string; command: string }>({
  id: "trust/writable-grant",
  severity: "error",
  when: "A discovered profile grants writing to, or a device of, something outside its project.",
  message: ({ source, project }) =>
    `a profile found in the directory may not make ${source} writable: it lies outside ${project}`,
  help: ({ command }) => insist(command),
});

export const grantedSocket = defineProblem<{ socket: string; at: string; command: string }>({
  id: "trust/socket",
  severity: "error",
  when: "A discovered profile shows a socket or FIFO of the host: a read-only bind does not keep anybody from using it.",
  message: ({ socket }) =>
    `a profile found in the directory may not show ${socket}: what listens there acts outside of the sandbox`,
  help: ({ command }) => insist(command),
});

export const madeOutside = defineProblem<{ path: string; project: string; command: string }>({
  id: "trust/made-outside",
  severity: "error",
  when: "A discovered profile would create something on the host outside its project.",
  message: ({ path, project }) => `a profile found in the directory may not create ${path}: it lies outside ${project}`,
  help: ({ command }) => insist(command),
});

export const removedMask = defineProblem<{ field: string; value: string; parent: string; command: string }>({
  id: "trust/removed-mask",
  severity: "error",
  when: "A discovered profile takes away what a built-in profile masks or protects.",
  message: ({ field, value, parent }) =>
    `a profile found in the directory may not take the ${field} of ${value} away, which ${parent} set`,
  help: ({ command }) => insist(command),
});

export const keptCapabilities = defineProblem<{ command: string }>({
  id: "trust/capabilities",
  severity: "error",
  when: "A discovered profile asks for capabilities.",
  message: () => "a profile found in the directory may not keep or add capabilities",
  help: ({ command }) => insist(command),
});

export const sharedNamespace = defineProblem<{ name: string; command: string }>({
  id: "trust/namespace",
  severity: "error",
  when: "A discovered profile does without a user, process or IPC namespace, or without dying with sbx.",
  message: ({ name }) =>
    `a profile found in the directory may not loosen ${name}: the host's processes would be in reach`,
  help: ({ command }) => insist(command),
});

export const scratchElsewhere = defineProblem<{ below: string; project: string; command: string }>({
  id: "trust/scratch",
  severity: "error",
  when: "A discovered profile puts a scratch directory neither in its project nor in /tmp or /var/tmp.",
  message: ({ below, project }) =>
    `a profile found in the directory may not write below ${below}: it lies outside ${project}, /tmp and /var/tmp`,
  help: ({ command }) => insist(command),
});

export const passedSecret = defineProblem<{ name: string; command: string }>({
  id: "trust/secret",
  severity: "error",
  when: "A discovered profile passes a host variable whose name looks like a secret.",
  message: ({ name }) => `a profile found in the directory may not pass ${name}, which looks like a secret`,
  help: ({ command }) => insist(command),
});

export const passedDescriptors = defineProblem<{ command: string }>({
  id: "trust/descriptors",
  severity: "error",
  when: "A discovered profile asks for descriptors of the caller.",
  message: () => "a profile found in the directory may not ask for descriptors that are open outside",
  help: ({ command }) => insist(command),
});

export const keptTerminal = defineProblem<{ command: string }>({
  id: "trust/terminal",
  severity: "error",
  when: "A discovered profile keeps its command in the session of the caller's terminal.",
  message: () =>
    "a profile found in the directory may not keep your terminal: the command could type into it (CVE-2017-5226)",
  help: ({ command }) => `write \`session: auto\`, or ${insist(command)}`,
});

export const hostSideProgram = defineProblem<{ name: string; command: string }>({
  id: "trust/api-command",
  severity: "error",
  when: "`apis` names a program to start on the host, in a file that may not.",
  message: ({ name }) => `the api ${name} starts a program on the host, which a file of a project may not ask for`,
  help: ({ name }) => `put the profile below ~/.config/sbx, or allow it: --allow-api ${name}`,
});

export const guardInReach = defineProblem<{ what: string; path: string; source: string; at: string }>({
  id: "trust/guard-in-reach",
  severity: "error",
  when: "sbx, node, bwrap or a server of the profile's `apis` lies in a directory that the profile makes writable.",
  message: ({ what, path, source }) =>
    `${what} itself (${path}) lies in ${source}, which this entry makes writable: the next run could be anybody's`,
  help: () => "grant a narrower directory, or `ro`",
});
