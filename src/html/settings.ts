import type { Plan, Step } from "../model/plan.gen.ts";
import type { Origin } from "../model/source.ts";
import { bytes } from "./words.ts";

/** One fact about a sandbox beside its paths, and who asked for it. */
export interface Setting {
  readonly label: string;
  readonly value: string;
  readonly origin: Origin;
}

/** Network, namespaces, capabilities, how the command is started, limits; what is as always is left out. */
export function settingsOf({ process, namespaces, network, capabilities, limits }: Plan): Setting[] {
  const own = Object.entries(namespaces).filter(([name, { value }]) => name !== "nested" && value !== false);
  const shared = Object.entries(namespaces).filter(([name, { value }]) => name !== "nested" && value === false);
  const { add, drop, base } = capabilities.value;
  const inherited = base === "inherited" ? ["inherited", ...drop.map((name) => `-${name}`)] : [];
  const rows: (Setting | false | undefined)[] = [
    { label: "network", value: network.value, origin: network.origin },
    {
      label: "namespaces",
      value: own.map(([name, { value }]) => (value === "try" ? `${name} (try)` : name)).join(" ") || "none",
      origin: (own[0]?.[1] ?? namespaces.user).origin,
    },
    ...shared.map(([name, { origin }]) => ({ label: `${name} namespace`, value: "the host's", origin })),
    namespaces.nested.value && {
      label: "nested",
      value: "may make user namespaces inside",
      origin: namespaces.nested.origin,
    },
    { label: "capabilities", value: [...inherited, ...add].join(" ") || "none", origin: capabilities.origin },
    { label: "cwd", value: process.cwd.value, origin: process.cwd.origin },
    process.hostname && { label: "hostname", ...process.hostname },
    process.uid && { label: "user id", value: String(process.uid.value), origin: process.uid.origin },
    process.gid && { label: "group id", value: String(process.gid.value), origin: process.gid.origin },
    process.arch && { label: "machine", ...process.arch },
    process.wrapper.value.length > 0 && {
      label: "wrapper",
      value: process.wrapper.value.join(" "),
      origin: process.wrapper.origin,
    },
    process.stdin.value === "none" && { label: "stdin", ...process.stdin },
    { label: "session", ...process.session },
    !process.dieWithParent.value && {
      label: "life",
      value: "goes on when sbx is gone",
      origin: process.dieWithParent.origin,
    },
    process.passFds.value.length > 0 && {
      label: "descriptors",
      value: process.passFds.value.join(" "),
      origin: process.passFds.origin,
    },
    ...limitRows(limits),
  ];
  return rows.filter((row) => row !== false && row !== undefined);
}

const LIMITS = {
  time: ["time", milliseconds],
  memory: ["memory", bytes],
  tasks: ["tasks", String],
  cpus: ["cpus", String],
  cpuTime: ["processor time", milliseconds],
  openFiles: ["open files", String],
  fileSize: ["file size", bytes],
  core: ["core files", bytes],
} as const satisfies Record<keyof Plan["limits"], readonly [string, (value: number) => string]>;

function limitRows(limits: Plan["limits"]): Setting[] {
  return (Object.keys(LIMITS) as (keyof Plan["limits"])[]).flatMap((name) => {
    const limit = limits[name];
    if (limit === undefined) return [];
    const [label, text] = LIMITS[name];
    const value = `at most ${text(limit.value)}${limit.try ? " (try)" : ""}`;
    return [{ label, value, origin: limit.origin }];
  });
}

function milliseconds(value: number): string {
  return value % 60_000 === 0 ? `${value / 60_000} min` : `${value / 1000} s`;
}

/** The command's environment; `$NAME` is what the caller's variable of that name holds then. */
export function variablesOf({ env }: Plan): Setting[] {
  return Object.entries(env).map(([label, { value, origin }]) => {
    const text = typeof value === "string" ? value : [...(value.prepend ?? []), `$${value.from}`].join(":");
    return { label, value: text, origin };
  });
}

/** What is done on the host before the command starts. */
export function stepsOf({ prepare }: Plan): Setting[] {
  return prepare.map((step) => ({ ...stepWords(step), origin: step.origin }));
}

function stepWords(step: Step): { readonly label: string; readonly value: string } {
  switch (step.kind) {
    case "make-directory":
      return { label: "make directory", value: `${step.path}, ${step.mode}; it stays` };
    case "make-file":
      return { label: "make file", value: `${step.path}; it stays` };
    case "mount-point":
      return { label: "mount point", value: `${step.type} ${step.path}, removed again` };
    case "scratch":
      return { label: "scratch", value: step.below === undefined ? step.path : `${step.path} below ${step.below}` };
    case "mount-tmpfs":
      return { label: "mount tmpfs", value: step.path };
    case "keep-layer":
      return { label: "keep layer", value: `what is written to ${step.source} goes to ${step.path}` };
    case "mount-overlay":
      return { label: "mount overlay", value: `${step.source} at ${step.path}, by ${step.by}` };
    case "make-node":
      return { label: "make node", value: `${step.path} as ${step.source}` };
    case "start-api":
      return { label: `server ${step.name}`, value: step.command.join(" ") };
    case "copy-hard-links":
      return { label: "copy hard links", value: step.path };
  }
}
