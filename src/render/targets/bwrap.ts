import type { Input, InputPart, Invocation } from "../../model/invocation.ts";
import { UPPER, WORK } from "../../model/overlay.ts";
import { below } from "../../model/path.ts";
import type { Operation, OverlayOperation, Plan } from "../../model/plan.gen.ts";
import type { Problem, Result } from "../../model/problem.ts";
import { hasErrors } from "../../model/problem.ts";
import { splitEnvironment } from "../environment.ts";
import type { Features } from "../features.ts";
import { machineOpen, tooManyArguments, unsupported } from "../problems.ts";
import type { Target } from "../target.ts";

/**
 * bwrap's MAX_ARGS is 9000: argv and every `--args` file together, the command included. The executor adds a few of
 * its own (the status descriptor, descriptors to be closed).
 */
const MAX_ARGUMENTS = 9000 - 64;

export const bwrap: Target = {
  name: "bwrap",
  summary: "a bubblewrap command line",
  render,
};

/** The bwrap call that does a plan. Options come in a fixed order; file system operations in the plan's. */
function render(plan: Plan, features: Features, argv: readonly string[]): Result<Invocation> {
  const problems: Problem[] = [];
  const inputs = inputList(new Set(plan.process.passFds.value));
  const env = splitEnvironment(plan.env);
  const options = [
    ...namespaceOptions(plan),
    ...processOptions(plan),
    ...capabilityOptions(plan),
    ...plan.operations.flatMap((operation, index) =>
      operation.present ? operationOptions(operation, index, inputs) : [],
    ),
    "--chdir",
    plan.process.cwd.value,
  ];
  const setenv = Object.entries(env.command).flatMap(([name, value]): InputPart[] => {
    if (typeof value === "string") return [`--setenv\0${name}\0${value}\0`];
    return [`--setenv\0${name}\0`, value, "\0"];
  });
  const more = setenv.length === 0 ? [] : ["--args", String(inputs.add(setenv))];
  const args = [...options, ...more, "--", ...plan.process.wrapper.value, ...argv];

  problems.push(...missingOptions(plan, args, features));
  if (plan.process.arch !== undefined && features.before === undefined) {
    problems.push(machineOpen({ arch: plan.process.arch.value }, plan.process.arch.origin));
  }
  const count = args.length + Object.keys(env.command).length * 3;
  if (count > MAX_ARGUMENTS) {
    problems.push(tooManyArguments({ count }, { file: "command-line", line: 0, column: 0 }));
  }
  const invocation: Invocation = {
    version: 1,
    ...(features.before?.length && { before: features.before }),
    file: features.file,
    args,
    env: env.process,
    cwd: "/",
    inputs: inputs.all,
  };
  return { value: hasErrors(problems) ? undefined : invocation, problems };
}

interface InputList {
  readonly all: readonly Input[];
  /** Gives the content a descriptor and returns its number. */
  readonly add: (content: Input["content"]) => number;
}

/** Hands out descriptor numbers from 3 upward, around those that the command keeps. */
function inputList(taken: ReadonlySet<number>): InputList {
  const all: Input[] = [];
  let next = 3;
  const add = (content: Input["content"]): number => {
    while (taken.has(next)) next += 1;
    all.push({ fd: next, content });
    return next++;
  };
  return { all, add };
}

function namespaceOptions({ namespaces, network }: Plan): string[] {
  const { user, pid, ipc, uts, cgroup, nested } = namespaces;
  return [
    ...(user.value === true ? ["--unshare-user"] : user.value === "try" ? ["--unshare-user-try"] : []),
    ...(pid.value ? ["--unshare-pid"] : []),
    ...(ipc.value ? ["--unshare-ipc"] : []),
    ...(uts.value ? ["--unshare-uts"] : []),
    ...(cgroup.value === true ? ["--unshare-cgroup"] : cgroup.value === "try" ? ["--unshare-cgroup-try"] : []),
    ...(network.value === "none" ? ["--unshare-net"] : []),
    ...(nested.value ? [] : ["--disable-userns"]),
  ];
}

function processOptions({ process }: Plan): string[] {
  const session = process.session.value;
  return [
    ...(process.hostname === undefined ? [] : ["--hostname", process.hostname.value]),
    ...(process.uid === undefined ? [] : ["--uid", String(process.uid.value)]),
    ...(process.gid === undefined ? [] : ["--gid", String(process.gid.value)]),
    ...(process.dieWithParent.value ? ["--die-with-parent"] : []),
    // CVE-2017-5226: in the caller's session a command could type into the caller's terminal (TIOCSTI).
    ...(session === "keep" ? [] : ["--new-session"]),
  ];
}

function capabilityOptions({ capabilities: { value } }: Plan): string[] {
  return [
    ...(value.base === "none" ? ["--cap-drop", "ALL"] : []),
    ...value.drop.flatMap((name) => ["--cap-drop", name]),
    ...value.add.flatMap((name) => ["--cap-add", name]),
  ];
}

const BIND = { ro: "--ro-bind", rw: "--bind", dev: "--dev-bind" } as const;

function operationOptions(operation: Operation, index: number, inputs: InputList): string[] {
  const { at } = operation;
  switch (operation.kind) {
    case "bind":
      return [BIND[operation.access], operation.source, at];
    case "pin":
      return ["--bind", operation.source, at];
    case "protect":
      return ["--ro-bind", operation.source, at];
    case "overlay":
      return overlayOptions(operation);
    case "tmpfs": {
      // The root that bwrap starts with is a tmpfs already.
      if (at === "/" && index === 0 && operation.size === undefined && operation.mode === "0755") return [];
      const size = operation.size === undefined ? [] : ["--size", String(operation.size)];
      return [...perms(operation.mode, "0755"), ...size, "--tmpfs", at];
    }
    case "proc":
      return ["--proc", at];
    case "dev":
      return ["--dev", at];
    case "mqueue":
      return ["--mqueue", at];
    case "dir":
      return [...perms(operation.mode, "0755"), "--dir", at];
    case "file":
      return [...perms(operation.mode, "0600"), "--ro-bind-data", String(inputs.add(operation.content)), at];
    case "symlink":
      // A word `--` would be taken for the end of the options by whoever reads the call, though not by bwrap.
      return ["--symlink", operation.target === "--" ? "./--" : operation.target, at];
    case "mask":
      if (operation.type === "directory") return ["--tmpfs", at, "--remount-ro", at];
      return ["--perms", "0444", "--ro-bind-data", String(inputs.add("")), at];
    case "remount-ro":
      return ["--remount-ro", at];
  }
}

/** What a step has mounted already is bound like any other place. */
function overlayOptions({ at, source, keep, place, mode }: OverlayOperation): string[] {
  if (place !== undefined) return ["--bind", place, at];
  if (keep !== undefined) return ["--overlay-src", source, "--overlay", below(keep, UPPER), below(keep, WORK), at];
  return ["--overlay-src", source, "--tmp-overlay", at, ...(mode === undefined ? [] : ["--chmod", mode, at])];
}

/** `--perms` holds for the next operation only; bwrap's own default needs no word. */
const perms = (mode: string, standard: string): string[] => (mode === standard ? [] : ["--perms", mode]);

function missingOptions(plan: Plan, args: readonly string[], features: Features): Problem[] {
  const end = args.indexOf("--");
  const used = new Set(args.slice(0, end).filter((word) => word.startsWith("--")));
  const origins: Readonly<Record<string, Plan["network"]["origin"]>> = {
    "--disable-userns": plan.namespaces.nested.origin,
    "--unshare-cgroup": plan.namespaces.cgroup.origin,
    "--hostname": plan.process.hostname?.origin ?? plan.network.origin,
  };
  const overlay = plan.operations.find((operation) => operation.kind === "overlay" && operation.present);
  // One of the two options of an overlay says it all.
  used.delete("--overlay-src");
  return [...used]
    .filter((option) => /^--[a-z0-9-]+$/.test(option) && KNOWN.has(option) && !features.options.has(option))
    .map((option) => {
      const isOverlay = option.includes("overlay");
      const origin = (isOverlay ? overlay?.origin : origins[option]) ?? plan.process.cwd.origin;
      const what = isOverlay ? "access: cow" : (WHAT[option] ?? "this profile");
      return unsupported({ what, option, target: features.name }, origin);
    });
}

const WHAT: Readonly<Record<string, string>> = {
  "--disable-userns": "namespaces.nested: false",
  "--size": "the size of a tmpfs",
  "--perms": "a mode",
  "--die-with-parent": "process.dieWithParent",
  "--new-session": "process.session: new",
};

/** The words that sbx itself writes: a path or a host name that looks like an option is none. */
const KNOWN: ReadonlySet<string> = new Set(
  (
    "--unshare-user --unshare-user-try --unshare-pid --unshare-ipc --unshare-uts --unshare-cgroup " +
    "--unshare-cgroup-try --unshare-net --disable-userns --hostname --uid --gid --die-with-parent --new-session " +
    "--cap-drop --cap-add --ro-bind --bind --dev-bind --overlay-src --overlay --tmp-overlay --chmod --perms --size --tmpfs --proc --dev " +
    "--mqueue --dir --ro-bind-data --symlink --remount-ro --chdir --args"
  ).split(" "),
);
