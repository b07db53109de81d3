import type { StartApiStep } from "../../model/plan.gen.ts";
import type { Problem, Spot } from "../../model/problem.ts";
import type { HostEnvironment } from "../environment.ts";
import type { Journal } from "../journal.ts";
import { inheritable, openDescriptors } from "../open-descriptors.ts";
import { type Guarded, startGuarded } from "./guarded.ts";
import { type Listening, whenListening } from "./listening.ts";
import { makeServerPlace } from "./place.ts";
import {
  brokenOff,
  endedEarly,
  notReady,
  programUnusable,
  serverDied,
  serverLeft,
  serverNotStarted,
} from "./problems.ts";
import { whyUnusable } from "./program.ts";

/** A server of a profile that runs on the host. */
export interface Server {
  readonly name: string;
  /** Who asked for it. */
  readonly spot: Spot;
  readonly pid: number;
  /** Resolves when it has ended by itself, and never when it was stopped. */
  readonly died: Promise<Problem>;
  /** Ends it with everything in its process group; what stays is told. What it left on disk goes with the journal. */
  stop(): Promise<Problem[]>;
}

/** What starting a server takes. */
export interface ServerOptions {
  readonly journal: Pick<Journal, "runDirectory" | "intend" | "holdSandbox">;
  /** The real path of each `{run}/NAME`. */
  readonly places: Map<string, string>;
  /** The caller's variables. */
  readonly environment: HostEnvironment;
  /** Aborted when waiting for the server is not worth it any more. */
  readonly hurry?: AbortSignal;
  /** The descriptors above 2 that a program started from here would inherit; looked up when they are not given. */
  readonly inherited?: readonly number[];
}

const SOCKET = "{socket}";

/** Starts the server of a profile and waits until it listens; what was half started is ended before this resolves. */
export async function startServer(step: StartApiStep, options: ServerOptions): Promise<Server | Problem> {
  const { name, origin: spot } = step;
  const { journal, places, environment, hurry, inherited = inheritable(openDescriptors()) } = options;
  if (hurry?.aborted) return brokenOff({ name }, spot);
  const socket = makeServerPlace(step, journal);
  if (typeof socket !== "string") return socket;
  const command = step.command.map((word) => word.replaceAll(SOCKET, () => socket));
  const [file = ""] = command;
  const why = whyUnusable(file);
  if (why !== undefined) return programUnusable({ name, file, why }, spot);

  const note = (pid: number) => journal.holdSandbox(pid);
  const guarded = await startGuarded({ label: name, command, environment, inherited, note });
  if (typeof guarded === "string") return serverNotStarted({ name, reason: guarded }, spot);
  const found = await whenListening(socket, { ms: step.ready, ended: guarded.ended, hurry });
  const problem = problemOf(found, step, command);
  if (problem === undefined) {
    places.set(step.socket, socket);
    return serverOf(step, guarded);
  }
  await guarded.end();
  return problem;
}

function problemOf(found: Listening, step: StartApiStep, command: readonly string[]): Problem | undefined {
  const { name, ready: ms, origin: spot } = step;
  switch (found.state) {
    case "listening":
      return undefined;
    case "ended":
      return endedEarly({ name, command, ...found.end }, spot);
    case "late":
      return notReady({ name, ms, why: found.why, isTold: step.command.some((word) => word.includes(SOCKET)) }, spot);
    case "broken-off":
      return brokenOff({ name }, spot);
  }
}

function serverOf({ name, origin: spot }: StartApiStep, guarded: Guarded): Server {
  let isStopped = false;
  let stopping: Promise<Problem[]> | undefined;
  const died = new Promise<Problem>((resolve) => {
    void guarded.ended.then((end) => {
      if (!isStopped) resolve(serverDied({ name, ...end }, spot));
    });
  });
  const stop = async () => {
    // It may have ended by itself a moment ago, and nobody has heard of it yet.
    isStopped = !guarded.hasEnded();
    return (await guarded.end()) ? [] : [serverLeft({ name, group: guarded.pid }, spot)];
  };
  return {
    name,
    spot,
    pid: guarded.pid,
    died,
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}
