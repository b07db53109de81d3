import type { Host } from "../model/host.ts";
import type { Plan } from "../model/plan.gen.ts";
import type { Origin } from "../model/source.ts";
import type { Tree } from "../tree/index.ts";

/** What a score is made of: a plan, and what stands in its sandbox. */
export interface Judged {
  readonly plan: Plan;
  readonly tree: Tree;
  readonly host: Host;
}

/** How far one thing is open. */
export interface Measure {
  /** 0: closed; 1: as open as without a sandbox. */
  readonly exposure: number;
  /** What was found, in a few words. */
  readonly found: string;
  /** The lines that open it. */
  readonly origins: readonly Origin[];
  /** By this alone the sandbox is no better than so much, whatever else is closed. */
  readonly atLeast?: number;
}

/** One thing that counts, as the page of scores has it. */
export interface Item {
  readonly id: string;
  /** How much it adds to a score when it is wide open. */
  readonly weight: number;
  readonly title: string;
  /** The exposures it can have. */
  readonly levels: string;
  /** Why it counts, and who says so. */
  readonly because: string;
  measure(judged: Judged): Measure;
}

export const closed = (found: string): Measure => ({ exposure: 0, found, origins: [] });
