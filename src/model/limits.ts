import type { Spot } from "./problem.ts";

/** A limit to be enforced. */
export interface Limit<Name extends string> {
  readonly name: Name;
  /** In base units: milliseconds, bytes, counts. */
  readonly value: number;
  /** As one writes it, and twice as much. */
  readonly text: string;
  readonly more: string;
  /** true: where it can't be enforced, go on. */
  readonly try: boolean;
  readonly origin: Spot;
}

/** Of each process (getrlimit(2)). */
export type Rlimit = Limit<"cpuTime" | "openFiles" | "fileSize" | "core">;
/** Of all processes together (cgroups(7)). */
export type CgroupLimit = Limit<"memory" | "tasks" | "cpus">;

/** The limits of a run, and how they are enforced on this machine. */
export interface SettledLimits {
  readonly rlimits?: {
    /** Absolute path of prlimit(1). */
    readonly prlimit: string;
    readonly limits: readonly Rlimit[];
  };
  readonly cgroup?:
    | { readonly kind: "directories"; readonly hierarchies: readonly Hierarchy[] }
    | ({ readonly kind: "systemd" } & Service);
}

/** A directory of a cgroup file system, and what is limited by a new one in it. */
export interface Hierarchy {
  readonly version: 1 | 2;
  readonly parent: string;
  readonly limits: readonly CgroupLimit[];
}

/** The systemd that makes the cgroup, and what is limited by that. */
export interface Service {
  /** Absolute path of busctl(1). */
  readonly busctl: string;
  /** The socket of systemd's D-Bus. */
  readonly bus: string;
  /** Where cgroup v2 is mounted. */
  readonly mount: string;
  readonly limits: readonly CgroupLimit[];
}
