import type { Api } from "../api/index.ts";
import type { Endpoint } from "../compile/index.ts";
import { type HeldHostSide, holdHostSide } from "../execute/index.ts";
import { isOfOneRun } from "../model/overlay.ts";
import type { Step } from "../model/plan.gen.ts";
import { hasErrors, type Problem } from "../model/problem.ts";
import { wantedLock } from "../run.ts";
import { settleServers } from "../settle-servers.ts";
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
  /** Where endpoints stand, or are about to. */
  readonly taken: Set<string>;
  /** What is under way in it: runs, and APIs that are being started. */
  readonly pending: Set<Promise<unknown>>;
  /** How many runs are under way. */
  running: number;
}

/**
 * A root for contained commands: what it needs on the host is made on opening, lives from run to run, and is taken away
 * on closing, whatever happens. It can be opened again.
 */
export class Sandbox implements AsyncDisposable {
  readonly #options: SandboxOptions;
  readonly #apis: Api[];
  #session: Session | undefined;
  #opening: Promise<Session> | undefined;
  #closing: Promise<void> | undefined;
  /** Ends what goes on in a session that is closed. */
  #ending = new AbortController();
  #release = () => {};

  /** Has no effect but to remember the options. */
  constructor(options: SandboxOptions) {
    this.#options = { ...options };
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
    if (this.#session || this.#opening) throw new SandboxError("already-open", "the sandbox is open already");
    if (this.#closing) throw new SandboxError("already-open", "the sandbox is not closed yet: await close() first");
    const ending = new AbortController();
    this.#ending = ending;
    if (this.#options.handleSignals !== false) this.#release = closeOnSignals(() => this.#closeForSignal());
    this.#opening = this.#begin(ending.signal);
    try {
      this.#session = await this.#opening;
    } catch (error) {
      this.#release();
      throw error;
    } finally {
      this.#opening = undefined;
    }
  }

  async #begin(ending: AbortSignal): Promise<Session> {
    const settled = await settlePlan(this.#options);
    const { host } = settled;
    const { value: plan, problems } = settleServers(settled.plan, host);
    if (plan === undefined) throw problemError("refused", "a server may not be started", { problems });
    const lock = wantedLock(plan, host, { session: true });
    if (hasErrors(lock.problems)) throw problemError("refused", "the root can't be locked", lock);
    const { cleaner } = this.#options;
    const prepare = plan.prepare.filter((step) => !isOfOneRun(step));
    const side = await holdHostSide({
      prepare,
      environment: host.env,
      hurry: ending,
      ...(lock.value && { lock: lock.value }),
      ...(cleaner && { cleaner }),
    });
    if ("problems" in side) throw problemError("not-opened", "the sandbox could not be opened", side);
    const steps = new Set(prepare.map(nameOf));
    const done = (step: Step) => steps.has(nameOf(step));
    const session = {
      settled,
      side,
      done,
      endpoints: [],
      taken: new Set<string>(),
      pending: new Set<Promise<unknown>>(),
      running: 0,
    };
    await this.#startApis(session);
    return session;
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

  async #start(api: Api, { settled, side, endpoints, taken }: Session): Promise<void> {
    const at = placeOf(api, settled.plan, this.#options.apiDirectory);
    if (taken.has(at)) throw new SandboxError("refused", `two APIs are to stand at ${at}`);
    taken.add(at);
    try {
      endpoints.push(await startApi(api, at, taken.size, side));
    } catch (error) {
      taken.delete(at);
      throw error;
    }
  }

  /**
   * Adds a server to every session of this sandbox: to an open one now, so that later runs reach it. It is stopped when
   * the session closes, before those that were there earlier. Rejects with what its start threw.
   */
  async registerApi(api: Api): Promise<void> {
    if (this.#opening || this.#closing) {
      throw new SandboxError("not-open", "the sandbox is just being opened or closed: wait for that");
    }
    if (this.#session) await within(this.#session, this.#start(api, this.#session));
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
    const surroundings = { ...session, ending: this.#ending.signal, handleSignals, others: session.running++ };
    try {
      return await within(session, runIn(surroundings, argv, { ...(monitor && { monitor }), ...options }));
    } finally {
      session.running--;
    }
  }

  /**
   * Ends what still runs, stops the servers, the latest first, and undoes what opening made. Closed already: does
   * nothing. Throws {@link SandboxError} when something is left, after everything was tried.
   */
  async close(): Promise<void> {
    this.#ending.abort();
    await this.#opening?.catch(() => {});
    // Whoever opens has not had the turn to note the session yet.
    await Promise.resolve();
    if (this.#session) {
      this.#closing = this.#end(this.#session).finally(() => {
        this.#closing = undefined;
      });
    }
    this.#session = undefined;
    await this.#closing;
  }

  async #end({ side, pending }: Session): Promise<void> {
    let problems: readonly Problem[];
    try {
      await Promise.allSettled(pending);
      problems = await side.undo();
    } finally {
      this.#release();
    }
    if (problems.length > 0)
      throw problemError("clean-up", "not all that the sandbox made could be undone", { problems });
  }

  /** The runs have heard of the signal themselves: it is theirs to give the command its time. */
  async #closeForSignal(): Promise<void> {
    const session = this.#session;
    if (session) await Promise.allSettled(session.pending);
    await this.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** Closing waits for it. */
async function within<T>({ pending }: Session, work: Promise<T>): Promise<T> {
  pending.add(work);
  try {
    return await work;
  } finally {
    pending.delete(work);
  }
}

const nameOf = (step: Step): string =>
  JSON.stringify(step.kind === "start-api" ? [step.kind, step.name] : [step.kind, step.path]);
