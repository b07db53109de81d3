import type { Accepted, Finding, Outside } from "../lint/index.ts";
import type { Effective } from "../model/effective.ts";
import type { Host } from "../model/host.ts";
import type { Source } from "../model/node.ts";
import type { Plan } from "../model/plan.gen.ts";
import type { Problem } from "../model/problem.ts";

/** How profiles are linted. */
export interface LintOptions {
  /** The day that exceptions are held against, as YYYY-MM-DD. */
  readonly today: string;
  /** Asks nothing of the machine but the profiles' own files: the same findings everywhere. */
  readonly offline?: boolean;
  /** Whether the profile's own exceptions (`lint.ignore`) are heard. Default: true. */
  readonly exceptions?: boolean;
  /** Ids of the rules to ask. Default: all of them. */
  readonly rules?: readonly string[];
  /** The programs that guard sandboxes on this machine, by what they are called. */
  readonly guards?: Outside["guards"];
  /** Texts that files are taken to have. */
  readonly texts?: ReadonlyMap<string, string>;
  /** A machine instead of the real one, which rules may ask, too: for examples. */
  readonly machine?: Host;
}

/** A variant with flag sets, and what it comes to. */
export interface LintedPlan {
  /** Undefined: what a plain run takes. */
  readonly combination: string | undefined;
  readonly effective: Effective;
  readonly plan: Plan;
  /** The machine that the plan is of: everything is there that the profile names. */
  readonly host: Host;
}

/** What is to be said of one profile. */
export interface LintedProfile {
  /** The profile's file, or what was asked for where there is none. */
  readonly file: string;
  readonly source: Source | undefined;
  /** Whether there is no plan to look at in one of its combinations. */
  readonly broken: boolean;
  /** What reading and planning had to say. */
  readonly problems: readonly Problem[];
  readonly findings: readonly Finding[];
  readonly accepted: readonly Accepted[];
  readonly plans: readonly LintedPlan[];
}
