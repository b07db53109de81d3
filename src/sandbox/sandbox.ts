import type { Api } from "../api/index.ts";
import type { Endpoint } from "../compile/index.ts";
import { type HeldHostSide, holdHostSide } from "../execute/index.ts";
import type { Step } from "../model/plan.gen.ts";
import { hasErrors, type Problem } from "../model/problem.ts";
import { wantedLock } from "../run.ts";
import type { CompletedRun } from "./completed-run.ts";
import { placeOf, startApi } from "./endpoint.ts";
import { problemError, SandboxError } from "./error.ts";
import type { SandboxOptions, SandboxRunOptions } from "./options.ts";
import { runIn } from "./run-in.ts";
import { type SettledPlan, settlePlan } from "./settle-plan.ts";
import { closeOnSignals } from "./signals.ts";

/** An open session. */
interface Session {
  readonly settled: SettledPlan;
  readonly side: HeldHostSide;
  readonly done: (step: Step) => boolean;
  readonly endpoints: Endpoint[];
  readonly runs: Set<Promise<unknown>>;
  /** Ends the runs of a session that is closed while they go on. */
  readonly ending: AbortController;
  readonly release: () => void;
}

/**
 * A root for contained commands: what it needs on the host is made on opening, lives from run to run, and is taken away
 * on closing, whatever happens. It can be opened again.
 */
export class Sandbox implements AsyncDisposable {
  readonly #options: SandboxOptions;
  readonly #apis: Api[];
  #session: Session | undefined;
  #isChanging = false;

  /** Has no effect but to remember the options. */
  constructor(options: SandboxOptions) {
    this.#options = options;
    this.#apis = [...(options.apis ?? [])];
  }

  /** A sandbox that is open. */
  static async open(options: SandboxOptions): Promise<Sandbox> {
    const sandbox = new Sandbox(options);
    await sandbox.open();
    return sandbox;
  }

  get isOpen(): boolean {
    return this.#session !== undefined;
  }

  /**
   * Makes all that the runs need. What fails half-way is undone, the latest first, and the sandbox is closed as before.
   * Throws {@link SandboxError}, or what an API threw on its start.
   */
  async open(): Promise<void> {
    if (this.#session || this.#isChanging) throw new SandboxError("already-open", "the sandbox is open already");
    this.#isChanging = true;
    try {
      this.#session = await this.#begin();
    } finally {
      this.#isChanging = false;
    }
  }

  async #begin(): Promise<Session> {
    const settled = await settlePlan(this.#options);
    const { plan, host } = settled;
    const lock = wantedLock(plan, host, { session: true });
    if (hasErrors(lock.problems)) throw problemError("refused", "the root can't be locked", lock);
    const ending = new AbortController();
    const runs = new Set<Promise<unknown>>();
    const finish = async () => {
      // The runs have heard of the signal themselves: it is theirs to give the command its time.
      await Promise.allSettled(runs);
      await this.close();
    };
    const release = this.#options.handleSignals === false ? () => {} : closeOnSignals(finish);
    try {
      const { cleaner } = this.#options;
      const side = await holdHostSide({
        prepare: plan.prepare,
        environment: host.env,
        hurry: ending.signal,
        ...(lock.value && { lock: lock.value }),
        ...(cleaner && { cleaner }),
      });
      if ("problems" in side) throw problemError("not-opened", "the sandbox could not be opened", side);
      const done = new Set(plan.prepare.map(nameOf));
      const session = {
        settled,
        side,
        done: (step: Step) => done.has(nameOf(step)),
        endpoints: [],
        runs,
        ending,
        release,
      };
      await this.#startApis(session);
      return session;
    } catch (error) {
      release();
      throw error;
    }
  }

  async #startApis(session: Session): Promise<void> {
    try {
      for (const api of this.#apis) await this.#start(api, session);
    } catch (error) {
      const problems = await session.side.undo();
      if (problems.length === 0) throw error;
      const what = `${error instanceof Error ? error.message : error}; not all that was begun could be undone`;
      throw new SandboxError("not-opened", what, { problems, cause: error });
    }
  }

  async #start(api: Api, { settled, side, endpoints }: Session): Promise<void> {
    const at = placeOf(api, settled.plan, this.#options.apiDirectory);
    if (endpoints.some((other) => other.at === at)) {
      throw new SandboxError("refused", `two APIs are to stand at ${at}`);
    }
    endpoints.push(await startApi(api, at, endpoints.length + 1, side));
  }

  /**
   * Adds a server to every session of this sandbox: to an open one now, so that later runs reach it. It is stopped when
   * the session closes, before those that were there earlier. Rejects with what its start threw.
   */
  async registerApi(api: Api): Promise<void> {
    if (this.#isChanging) throw new SandboxError("not-open", "the sandbox is just being opened or closed");
    if (this.#session) await this.#start(api, this.#session);
    this.#apis.push(api);
  }

  /**
   * Runs a command and gives back how it ended: a code that is not zero is a result. Several may run at once.
   * Throws {@link SandboxError} when it never ran, and what `onOutput` or a monitor threw.
   */
  async run(argv: readonly string[], options: SandboxRunOptions = {}): Promise<CompletedRun> {
    const session = this.#session;
    if (session === undefined) throw new SandboxError("not-open", "run() outside of an open sandbox: open() it first");
    const { monitor, handleSignals } = this.#options;
    const run = runIn({ ...session, ending: session.ending.signal, handleSignals }, argv, {
      ...(monitor && { monitor }),
      ...options,
    });
    session.runs.add(run);
    try {
      return await run;
    } finally {
      session.runs.delete(run);
    }
  }

  /**
   * Ends what still runs, stops the servers, the latest first, and undoes what opening made. Closed already: does
   * nothing. Throws {@link SandboxError} when something is left, after everything was tried.
   */
  async close(): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    this.#session = undefined;
    this.#isChanging = true;
    let problems: readonly Problem[];
    try {
      session.ending.abort();
      await Promise.allSettled(session.runs);
      problems = await session.side.undo();
    } finally {
      session.release();
      this.#isChanging = false;
    }
    if (problems.length > 0)
      throw problemError("clean-up", "not all that the sandbox made could be undone", { problems });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

const nameOf = (step: Step): string =>
  JSON.stringify(step.kind === "start-api" ? [step.kind, step.name] : [step.kind, step.path]);
