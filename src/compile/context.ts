import type { Effective } from "../model/effective.ts";
import type { Host } from "../model/host.ts";
import type { Problem } from "../model/problem.ts";

/** What every part of compiling gets. */
export interface Context {
  readonly effective: Effective;
  readonly host: Host;
  readonly report: (problem: Problem) => void;
}
