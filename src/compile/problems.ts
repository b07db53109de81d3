import { defineProblem } from "../model/problem.ts";

export const missingSource = defineProblem<{ source: string; at: string }>({
  id: "mount/missing-source",
  severity: "error",
  when: "A mount's source does not exist on the host.",
  message: ({ source, at }) =>
    source === at
      ? `${source} does not exist on this host`
      : `${source}, the source of ${at}, does not exist on this host`,
  help: ({ source, at }) =>
    at === "/"
      ? `create ${source}, or name another directory`
      : `create ${source}, or write \`missing: skip\` (\`?\` after the access) to go on without it, or \`missing: create\``,
});

export const skippedSource = defineProblem<{ source: string; at: string }>({
  id: "mount/skipped",
  severity: "warning",
  when: "A mount with `missing: warn` was skipped because its source does not exist.",
  message: ({ source, at }) => `${at} is not in the sandbox: ${source} does not exist on this host`,
});

export const unreadableSource = defineProblem<{ source: string }>({
  id: "mount/unreadable-source",
  severity: "error",
  when: "You may not look at a mount's source.",
  message: ({ source }) => `permission denied looking at ${source}`,
  help: ({ source }) => `check with: namei -l ${source}`,
});

export const linkLoop = defineProblem<{ path: string }>({
  id: "path/link-loop",
  severity: "error",
  when: "The links of a path lead round in a circle.",
  message: ({ path }) => `too many symbolic links in ${path}`,
  help: ({ path }) => `see where it leads: namei -l ${path}`,
});

export const wrongSourceType = defineProblem<{ source: string; expected: string; found: string }>({
  id: "mount/source-type",
  severity: "error",
  when: "A mount's source is not of the `type` that the entry asks for.",
  message: ({ source, expected, found }) => `${source} is a ${found}, not a ${expected}`,
  help: ({ found }) => `write \`type: ${found}\`, or name another source`,
});

export const markWithoutSource = defineProblem<{ at: string }>({
  id: "mount/mark-without-root",
  severity: "error",
  when: "A marked directory has no `from`, and there is no root directory that could hold it.",
  message: ({ at }) => `${at} has no source: the root is empty`,
  help: () => "write `from: DIR` here, or `root: {from: DIR}` at the top",
});

export const markOutsideRoot = defineProblem<{ at: string; source: string; target: string; root: string }>({
  id: "mount/mark-outside-root",
  severity: "error",
  when: "A marked directory without `from` is a link in the root directory that leads out of it.",
  message: ({ source, target, root }) => `${source} leads out of ${root}, to ${target}`,
  help: ({ target }) => `remove the link, or write \`from: ${target}\` if that is what you mean`,
});

export const noDevice = defineProblem<{ path: string }>({
  id: "device/missing",
  severity: "error",
  when: "A device node does not exist on the host.",
  message: ({ path }) => `there is no device ${path} on this host`,
  help: ({ path }) => `write ${path}? to go on without it`,
});

export const notADevice = defineProblem<{ path: string; found: string }>({
  id: "device/not-a-device",
  severity: "error",
  when: "An entry of `devices` is neither a device node nor a directory.",
  message: ({ path, found }) => `${path} is a ${found}, not a device`,
  help: () => "put files and directories under `mounts`",
});

export const samePlace = defineProblem<{ at: string }>({
  id: "order/same-destination",
  severity: "error",
  when: "Two entries end up at one destination.",
  message: ({ at }) => `two entries for ${at}`,
  help: () => "keep one of them",
});

export const linkInTheWay = defineProblem<{ at: string; link: string; target: string }>({
  id: "path/symlink-destination",
  severity: "error",
  when: "A destination lies behind a symbolic link that something in the sandbox could change (CVE-2026-87766).",
  message: ({ at, link, target }) => `${at} lies behind ${link}, a link to ${target} in a writable place`,
  help: ({ link }) => `name the real path, or remove the link ${link}`,
});

export const typeClash = defineProblem<{ at: string; wanted: string; found: string }>({
  id: "order/type-clash",
  severity: "error",
  when: "A destination already holds something of another type, so that the mount would fail.",
  message: ({ at, wanted, found }) =>
    `a ${wanted} can't go to ${at}: ${wanted === found ? "another" : `a ${found}`} stands there`,
  help: ({ wanted }) => `choose a destination that ${wanted === "link" ? "" : `is a ${wanted} or `}does not exist`,
});

export const readOnlyParent = defineProblem<{ at: string; missing: string; parent: string }>({
  id: "order/read-only-parent",
  severity: "error",
  when: "A destination does not exist and its parent is read-only, so that no mount point can be made.",
  message: ({ at, missing, parent }) =>
    missing === at
      ? `${at} does not exist, and nothing can be made in ${parent}: it is read-only`
      : `${at} can't be made: ${missing} does not exist, and ${parent} is read-only`,
  help: ({ missing, parent }) => `create ${missing} on the host, or lay a tmpfs over ${parent} and grant the parts`,
});

export const nothingCanBeMade = defineProblem<{ at: string; parent: string; content: string }>({
  id: "order/no-mount-point",
  severity: "error",
  when: "A destination lies in a place where nothing can be made (procfs, a mask, a file).",
  message: ({ at, parent, content }) => `${at} can't be made: ${parent} is ${content}`,
  help: () => "choose another destination",
});

export const linkOnHost = defineProblem<{ at: string; host: string }>({
  id: "order/link-on-host",
  severity: "error",
  when: "A `symlinks` entry lies in a writable host directory, where it would stay on the host.",
  message: ({ at, host }) => `the link ${at} would be made on the host, as ${host}`,
  help: () => "make the link yourself, or put it where no host directory is mounted",
});

export const unreadableMask = defineProblem<{ path: string }>({
  id: "mask/unreadable",
  severity: "error",
  when: "You may not look at a masked path now, but the command could open its parent.",
  message: ({ path }) => `can't tell what ${path} is, so it can't be hidden: permission denied`,
  help: ({ path }) => `make its parent readable: chmod u+rx "$(dirname '${path}')"`,
});

export const grantUnderMask = defineProblem<{ mask: string; source: string; at: string }>({
  id: "mask/undone",
  severity: "error",
  when: "An entry shows what a mask hides.",
  message: ({ mask, source, at }) => `${at} shows ${source}, which the mask of ${mask} hides`,
  help: ({ mask }) =>
    `remove one of the two; to hide a directory and keep parts: \`tmpfs: {${mask}: {}}\` and grant the parts`,
});

export const belowMask = defineProblem<{ mask: string; at: string }>({
  id: "mask/below",
  severity: "error",
  when: "A destination lies below a masked directory, which is empty and read-only.",
  message: ({ mask, at }) => `${at} lies below ${mask}, which is masked`,
  help: ({ mask }) =>
    `remove one of the two; to hide a directory and keep parts: \`tmpfs: {${mask}: {}}\` and grant the parts`,
});

export const gitGrant = defineProblem<{ mask: string; source: string; at: string }>({
  id: "git/undone",
  severity: "error",
  when: "An entry shows the repository's git directory although `git` is `none`.",
  message: ({ source, at, mask }) => `${at} shows ${source}, but \`git: none\` hides ${mask}`,
  help: () => "write `git: ro` instead of the entry (or `git: rw`: hooks and config stay protected)",
});

export const protectedLink = defineProblem<{ path: string }>({
  id: "protect/link",
  severity: "error",
  when: "A protected path is a symbolic link, which could be replaced.",
  message: ({ path }) => `${path} is a symbolic link: protecting it would not protect what it points to`,
  help: () => "protect the file it points to, and replace the link by the file",
});

export const protectedPattern = defineProblem<{ pattern: string }>({
  id: "protect/pattern",
  severity: "error",
  when: "A protection is a pattern.",
  message: ({ pattern }) => `${pattern} is a pattern: files that the command makes later would not be protected`,
  help: () => "name each file, or the directory that holds them",
});

export const protectedAbsent = defineProblem<{ path: string }>({
  id: "protect/absent",
  severity: "error",
  when: "A protected path does not exist and could be made inside.",
  message: ({ path }) => `${path} does not exist, and the command could make it`,
  help: ({ path }) => `create ${path}, or write \`{path: ${path}, missing: skip}\``,
});

export const protectUndone = defineProblem<{ path: string; source: string; at: string }>({
  id: "protect/undone",
  severity: "error",
  when: "An entry makes part of a protected directory writable.",
  message: ({ path, source, at }) => `${at} makes ${source} writable, but ${path} is protected`,
  help: ({ path }) => `write \`ro\` there, or take the protection away: \`remove: {protect: [${path}]}\``,
});

export const brokenGit = defineProblem<{ file: string; why: string }>({
  id: "git/broken",
  severity: "error",
  when: "The `.git` of the project can't be understood.",
  message: ({ file, why }) => `${file}: ${why}`,
  help: () => "check with: git rev-parse --git-dir --git-common-dir",
});

export const noHostVariable = defineProblem<{ name: string }>({
  id: "env/required",
  severity: "error",
  when: "A variable named in `env.require` is not set on the host.",
  message: ({ name }) => `the variable ${name} is not set`,
  help: ({ name }) => `export ${name}=…`,
});

export const needsNamespace = defineProblem<{ setting: string; namespace: string; instead: string }>({
  id: "namespace/required",
  severity: "error",
  when: "A setting needs a namespace that the profile shares with the host.",
  message: ({ setting, namespace }) => `${setting} needs a ${namespace} namespace of the sandbox's own`,
  help: ({ instead }) => instead,
});

export const badUnit = defineProblem<{ text: string; expected: string; example: string }>({
  id: "value/unit",
  severity: "error",
  when: "A duration or a size can't be read.",
  message: ({ text, expected }) => `${JSON.stringify(text)} is no ${expected}`,
  help: ({ example }) => `write for example ${example}`,
});

export const tooWide = defineProblem<{ source: string; at: string; home: string }>({
  id: "project/too-wide",
  severity: "error",
  when: "A built-in profile would make your home directory, or one above it, writable.",
  message: ({ source }) => `this profile would make ${source} writable, your home directory included`,
  help: () => "run it from the directory of a project",
});
