import { closeSync } from "node:fs";
import type { Problem } from "../model/problem.ts";
import type { StandardDescriptor } from "../model/session.ts";
import type { Capture } from "./capture/index.ts";
import { type DescriptorPlan, planDescriptors } from "./descriptors.ts";
import { type End, neverRan, whyNotStarted } from "./end.ts";
import { type HostEnvironment, resolveEnvironment, resolveInput } from "./environment.ts";
import { SET_UP_FROM } from "./finished-mounts.ts";
import { isIoError } from "./io-error.ts";
import type { Job } from "./job.ts";
import type { Journal } from "./journal.ts";
import type { Cgroup } from "./limits/index.ts";
import { inheritable, type OpenDescriptors } from "./open-descriptors.ts";
import { refusals } from "./refusals.ts";
import { bindRunPaths } from "./run-paths.ts";
import { type Running, watch } from "./running.ts";
import { leadBy } from "./session-leader.ts";
import { type Call, startBwrap } from "./start-bwrap.ts";
import type { Relay } from "./terminal/index.ts";

/** What a run has besides its job when it starts. */
export interface Equipment {
  readonly environment: HostEnvironment;
  readonly journal: Journal;
  /** The real path of each `{run}/NAME`. */
  readonly places: ReadonlyMap<string, string>;
  readonly relay: Relay | undefined;
  /** The descriptors that are open in this turn of the event loop. */
  readonly open: OpenDescriptors;
  /** A word for bwrap's arguments by which its keeper knows it. */
  readonly mark: string;
  /** The caller's own standard descriptors that bwrap gets. */
  readonly given: readonly StandardDescriptor[];
  /** Makes what catches the command's output, where that is wanted. */
  readonly openCapture: () => Capture | Problem | undefined;
  /** Opens what the command reads from standard input, where that is not the caller's. */
  readonly openInput: () => number | Problem | undefined;
  /** What puts limits on the sandbox, where there are any. */
  readonly enforcement: typeof import("./limits/index.ts") | undefined;
  /** Tells of what is not as it should be and keeps nothing from going on. */
  readonly warn: (problem: Problem) => void;
}

/** A run that has been started. */
export interface Started {
  readonly running: Running;
  readonly capture: Capture | undefined;
  readonly cgroup: Cgroup | undefined;
}

/** The descriptors that a job's bwrap gets, by what is open now. */
export function descriptorsOf(job: Job, open: OpenDescriptors): DescriptorPlan {
  const inputs = job.invocation.inputs.map(({ fd }) => fd);
  const { passFds } = job.process;
  return planDescriptors({ inputs, passFds, inherited: inheritable(open), gated: isGated(job) });
}

const isGated = ({ expected = [], limits, inspect }: Job): boolean =>
  expected.length > 0 || limits !== undefined || inspect !== undefined;

/** Without a turn of the event loop: nothing comes between a check and what it is good for. */
export function start(job: Job, equipment: Equipment): Started | End {
  const { invocation, timeout, limits, expected = [], inspect } = job;
  const { killAfterMs } = job.process;
  const { journal, open, enforcement, warn } = equipment;
  if (limits && !enforcement) throw new Error("limits need what enforces them");
  const descriptors = descriptorsOf(job, open);
  const refused = refusals(job, open, descriptors, equipment.given);
  if (refused.length > 0) return neverRan(refused);

  const cgroup = limits && enforcement?.makeCgroup(limits, journal, warn);
  if (cgroup && "rule" in cgroup) return neverRan([cgroup]);
  const capture = equipment.openCapture();
  if (capture && "rule" in capture) return neverRan([capture]);
  let input: number | undefined;
  let isStarted = false;
  try {
    const opened = equipment.openInput();
    if (typeof opened === "object") return neverRan([opened]);
    input = opened;
    const running = watch(startBwrap(callOf(job, equipment, { capture, input, descriptors })), descriptors, {
      killAfterMs,
      timeoutMs: timeout?.ms,
      expected,
      onFirst: (pid) => journal.holdSandbox(pid),
      atGate(pid) {
        const problem = cgroup?.enter(pid) ?? (limits && enforcement?.applyRlimits(limits, pid, warn));
        if (problem || !inspect) return problem;
        inspect(pid);
        return "enough";
      },
    });
    isStarted = true;
    return { running, capture, cgroup };
  } catch (error) {
    // Node throws some reasons why a program can't be started (E2BIG) and tells others by an event (ENOENT).
    if (!isIoError(error)) throw error;
    return neverRan([whyNotStarted(error, invocation)]);
  } finally {
    if (!isStarted) capture?.close();
    if (input !== undefined) closeSync(input);
  }
}

interface Streams {
  readonly capture: Capture | undefined;
  readonly input: number | undefined;
  readonly descriptors: DescriptorPlan;
}

/** The call of bwrap, with nothing left to look up. */
function callOf(job: Job, equipment: Equipment, { capture, input, descriptors }: Streams): Call {
  const { invocation } = job;
  const { session = { kind: "new" } } = job.process;
  const { environment, places, relay } = equipment;
  const relayed = relay && session.kind === "pty" ? { relay, ...session } : undefined;
  const standard = (fd: StandardDescriptor): number => (relayed?.terminals.includes(fd) ? relayed.relay.slave : fd);
  const stdin = input ?? (job.process.stdin === "none" ? undefined : standard(0));
  return {
    ...leadBy(bindRunPaths(invocation, places), relayed?.leader ?? []),
    environment: resolveEnvironment(invocation.env, environment),
    inputs: new Map(invocation.inputs.map((content) => [content.fd, resolveInput(content, environment)])),
    standard: [stdin, capture?.stdout ?? standard(1), capture?.stderr ?? standard(2)],
    ...(isGated(job) && { cwd: SET_UP_FROM }),
    descriptors,
    // To unset what is not set changes nothing.
    first: ["--unsetenv", equipment.mark],
    ownSession: session.kind !== "keep",
  };
}
