import type { Api } from "../api/index.ts";
import type { CompileOptions } from "../compiling.ts";
import type { OnOutput } from "../execute/index.ts";
import type { Plan } from "../model/plan.gen.ts";
import type { Mount } from "../model/profile.gen.ts";
import type { Monitor } from "../monitor/index.ts";

/** What a session is opened with: a plan, or what {@link compile} makes one from, and how it is held. */
export type SandboxOptions = ({ readonly plan: Plan } | (CompileOptions & { readonly plan?: never })) & SessionOptions;

/** How a session is held. */
export interface SessionOptions {
  /** Started when the session opens, in this order. */
  readonly apis?: readonly Api[];
  /** Where endpoints stand that are given by name (default: the directory `…/api` of the plan's `dirs`, or /run/api). */
  readonly apiDirectory?: string;
  /** Programs of the profile's `apis` that may be started, when they are not of a built-in or the user's own. */
  readonly allowApis?: readonly string[];
  /** Hears of every run that names no monitor of its own. */
  readonly monitor?: Monitor;
  /** Whether TERM, INT, HUP and QUIT end runs and close the session before they end this process (default: true). */
  readonly handleSignals?: boolean;
  /** A command that undoes what is left when this process is killed; without one the next run or `sbx clean` does. */
  readonly cleaner?: readonly string[];
}

/** A host directory or file, and where it stands inside; a text stands for the same path on both sides. */
export type SandboxBind = string | { readonly source: string; readonly destination?: string };

/** What holds for one run. Paths are absolute. */
export interface SandboxRunOptions {
  /** Entries as a profile has them below `mounts`. */
  readonly mounts?: Readonly<Record<string, Mount>>;
  readonly binds?: readonly SandboxBind[];
  readonly readonlyBinds?: readonly SandboxBind[];
  /** Variables in addition to the plan's, or in place of them. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Milliseconds, or a duration as in a profile: `10m`. */
  readonly timeout?: number | string;
  /** What the command reads from standard input (default: what the plan says). */
  readonly stdin?: string | Uint8Array;
  /** Ends the run as SIGTERM does. */
  readonly abort?: AbortSignal;
  /** Gets the output as it comes; while a promise that it gave is pending, the command has to wait. */
  readonly onOutput?: OnOutput;
  /** Standard output and error apart (default: one stream). */
  readonly separate?: boolean;
  /** How many bytes of the output are kept in the result (default: 32 MiB); it is the end that is kept. */
  readonly keepOutput?: number;
  readonly monitor?: Monitor;
  /** What the output is from, for the monitor. */
  readonly origin?: string;
  /** The monitor hears of a stage of this name, and of its result. */
  readonly stage?: { readonly name: string; readonly options?: unknown };
  /** Words of a shell that is run first, on the caller's terminal and without the plan's wrapper; when it fails, nothing is run. */
  readonly debugShell?: readonly string[];
}
