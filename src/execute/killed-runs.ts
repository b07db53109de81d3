import type { Problem } from "../model/problem.ts";
import type { HostEnvironment } from "./environment.ts";
import { hasRunDirectories } from "./run-directory.ts";

/** Undoes what killed runs have left. What is no business of theirs is for `sbx clean` to tell. */
export async function undoKilledRuns(environment: HostEnvironment): Promise<Problem[]> {
  if (!hasRunDirectories(environment)) return [];
  const { replayJournals } = await import("./replay.ts");
  const left = await replayJournals(environment, { dryRun: false });
  return left.flatMap(({ state, problems }) => (state === "undone" ? problems : []));
}
