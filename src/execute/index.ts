import type { Problem } from "../model/problem.ts";
import { planDescriptors } from "./descriptors.ts";
import { type End, endOf, neverRan, stopped, whyNotStarted } from "./end.ts";
import { resolveEnvironment, resolveInput } from "./environment.ts";
import { isIoError } from "./io-error.ts";
import type { Executed, ExecuteOptions, Job } from "./job.ts";
import { inheritable, openDescriptors } from "./open-descriptors.ts";
import { canDo, prepare } from "./prepare.ts";
import { refusals } from "./refusals.ts";
import { lazyRunDirectory } from "./run-directory.ts";
import { bindRunPaths } from "./run-paths.ts";
import { type Running, watch } from "./running.ts";
import { startBwrap } from "./start-bwrap.ts";
import { listenForStop } from "./stop-requests.ts";
import { endSurvivors } from "./survivors.ts";
import { type Undo, undoAll } from "./undo.ts";

export { EXIT_CODES, type ExitCode, exitStatus } from "./exit-status.ts";
export type { Executed, ExecuteOptions, Job } from "./job.ts";
export { runBase } from "./run-directory.ts";

/**
 * Runs a job: its steps, bwrap to its end, the steps' inverses. Whatever happens on the way, all that was done is
 * undone before this resolves; what can't be undone stands in `cleanup`, beside the outcome.
 */
export async function execute(job: Job, options: ExecuteOptions = {}): Promise<Executed> {
  const began = process.hrtime.bigint();
  const undos: Undo[] = [];
  const cleanup: Problem[] = [];
  let end: End;
  let running: Running | undefined;
  // Before the first step: from here on no signal may end this process while something is left to undo.
  const stopListening = listenForStop(options, (signal) => running?.stop(signal));
  try {
    const started = options.abort?.aborted ? stopped("SIGTERM", undefined) : start(job, options, undos);
    if ("stop" in started) {
      running = started;
      const ending = await running.ended;
      end = endOf(ending, job.invocation);
      const mustEnd = end.ended !== "exit" || undos.length > 0;
      if (ending.first && mustEnd) cleanup.push(...(await endSurvivors(ending.first)));
      ending.first?.release();
    } else end = started;
  } finally {
    cleanup.push(...undoAll(undos));
    stopListening();
  }
  return { ...end, durationMs: Number(process.hrtime.bigint() - began) / 1e6, cleanup };
}

/** Without a turn of the event loop: nothing comes between a check and what it is good for. */
function start(job: Job, options: ExecuteOptions, undos: Undo[]): Running | End {
  const { invocation } = job;
  const { stdin, passFds, killAfterMs } = job.process;
  const env = options.environment ?? process.env;
  const open = openDescriptors();
  const inputs = invocation.inputs.map(({ fd }) => fd);
  const { expected = [] } = job;
  const gated = expected.length > 0;
  const descriptors = planDescriptors({ inputs, passFds, inherited: inheritable(open), gated });
  const refused = refusals(job, open, descriptors);
  if (refused.length > 0) return neverRan(refused);

  const places = new Map<string, string>();
  const runDirectory = lazyRunDirectory(env, undos);
  const failed = prepare(job.prepare.filter(canDo), { undos, places, runDirectory });
  if (failed) return neverRan([failed]);

  const call = {
    ...bindRunPaths(invocation, places),
    environment: resolveEnvironment(invocation.env, env),
    inputs: new Map(invocation.inputs.map((input) => [input.fd, resolveInput(input, env)])),
    stdin,
    descriptors,
  };
  try {
    return watch(startBwrap(call), descriptors, { killAfterMs, expected });
  } catch (error) {
    // Node throws some reasons why a program can't be started (E2BIG) and tells others by an event (ENOENT).
    if (!isIoError(error)) throw error;
    return neverRan([whyNotStarted(error, invocation)]);
  }
}
