import type { Effective } from "../model/effective.ts";
import type { Host } from "../model/host.ts";
import type { Source } from "../model/node.ts";
import type { Plan } from "../model/plan.gen.ts";
import type { Problem } from "../model/problem.ts";
import type { Tree } from "../tree/index.ts";

/**
 * What rules look at. Plan and tree are of a machine on which everything is there that the profile names or that rules
 * ask for: a grant counts although its source happens to be missing here, and so does a mask.
 */
export interface Facts {
  readonly plan: Plan;
  readonly tree: Tree;
  readonly host: Host;
  readonly effective: Effective;
  /** The file that is linted. */
  readonly source: Source;
  /** The machine as it is; undefined when it may not be asked. */
  readonly machine: Host | undefined;
  /** The flag sets that whoever lints asked for by name. */
  readonly asked: readonly string[];
  /** What other stages know. */
  readonly outside: Outside;
}

/** What a conductor has asked other stages. */
export interface Outside {
  /** What stops the profile from being run unless it is named: errors of the ceiling for discovered profiles. */
  readonly refused: readonly Problem[];
  /** The programs that guard the sandbox, by what they are called. */
  readonly guards: Readonly<Record<string, string>>;
  /** How many arguments bwrap would get. */
  readonly argumentCount: number;
  /** Paths that parameters have until a caller says otherwise. */
  readonly placeholders: readonly string[];
}
