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

export const strayingSource = defineProblem<{ source: string; inside: string }>({
  id: "mount/straying-source",
  severity: "error",
  when: "A mount's source is not in the directory that `inside` names, or lies behind a link there.",
  message: ({ source, inside }) => `${source} is not in ${inside}, or a link there leads to it`,
  help: ({ source }) => `see where it leads: namei -l ${source}`,
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

export const cowOfFile = defineProblem<{ source: string; found: string }>({
  id: "mount/cow-file",
  severity: "error",
  when: "A copy-on-write mount's source is no directory.",
  message: ({ source, found }) => `${source} is a ${found}: only a directory can be copied on write`,
  help: () => "mount the directory it lies in, or write `ro`",
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

export const noProcFile = defineProblem<{ name: string; own: boolean }>({
  id: "proc/no-file",
  severity: "error",
  when: "An override of `proc` names no file that every process finds in procfs.",
  message: ({ name, own }) =>
    own ? `/proc/${name} is another file for every process` : `there is no /proc/${name} on this host`,
  help: () => "name a file like cmdline, version or cpuinfo",
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

export const linkOutOfRoot = defineProblem<{ at: string; link: string; target: string }>({
  id: "path/link-out-of-root",
  severity: "error",
  when: "A destination lies behind a link of the root directory that leads out of it, to what the root does not have.",
  message: ({ at, link, target }) =>
    `${at === link ? at : `${at} lies behind ${link}, which`} is a link to ${target}, and the root has nothing there`,
  help: ({ link, target }) => `remove the link ${link} from the root, or make what it leads to in there (${target})`,
});

export const cwdNoDirectory = defineProblem<{ at: string; found: string }>({
  id: "process/cwd-no-directory",
  severity: "error",
  when: "The working directory is where an entry puts something else than a directory, or was skipped.",
  message: ({ at, found }) =>
    found === "absent"
      ? `the working directory ${at} is not there: its entry is skipped`
      : `the working directory ${at} is a ${found}`,
  help: () => "name another `process.cwd`, or make the entry a directory",
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
  help: ({ missing, parent }) =>
    `create ${missing} on the host, or ${parent === "/" ? "grant what is needed of the host instead of all of /" : `lay a tmpfs over ${parent} and grant the parts`}`,
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

export const rootIsHost = defineProblem<{ from: string }>({
  id: "root/host",
  severity: "error",
  when: "`root: {from: DIR}` leads to the host's own root, with its sockets and temporary files.",
  message: ({ from }) => `${from} is the host's own root`,
  help: () => "write `root: host`, which leaves out what is not to be seen",
});

export const idOutOfRange = defineProblem<{ what: string; id: number }>({
  id: "process/id",
  severity: "error",
  when: "A user or group id is none that bubblewrap takes: 0 to 2147483647.",
  message: ({ what, id }) => `${id} is no ${what} id that can be had`,
  help: () => "write a number from 0 to 2147483647",
});
