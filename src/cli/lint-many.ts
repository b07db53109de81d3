import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Host } from "../index.ts";
import { type LintWish, lintOne } from "./lint-one.ts";
import type { ToldProfile } from "./lint-report/report.ts";

/** From so many profiles on a second thread has started before the first one is done. */
const MANY = 120;
/** How many are taken at a time: enough that handing over what was found costs nothing, few enough that all end together. */
const PORTION = 8;
/** More threads take more memory than they save time. */
const MOST_THREADS = 4;

/**
 * MiB that each further thread may have: for what has just been made, and for the rest. Without it V8 takes more, lints no
 * sooner, and reaches 300 MiB at times instead of 235 (measured with 1,000 profiles on two processors). Where that is not
 * enough the thread ends, and what it had in hand is done by this one.
 */
const MEMORY = { maxYoungGenerationSizeMb: 24, maxOldGenerationSizeMb: 96 } as const;

/** What a thread starts with: all that is to be linted, and where it counts how many are taken, by whichever thread. */
export interface Work {
  readonly wishes: readonly LintWish[];
  readonly taken: Int32Array<SharedArrayBuffer>;
}

/** What a thread has found, from an index on. */
export interface Answer {
  readonly start: number;
  readonly told: readonly ToldProfile[];
}

/** Lints profiles one after the other, on a machine with further processors in threads beside this one. */
export async function lintMany(wishes: readonly LintWish[], host: Host): Promise<readonly ToldProfile[]> {
  const told: ToldProfile[] = new Array(wishes.length);
  const take = ({ start, told: some }: Answer): void => {
    for (const [offset, each] of some.entries()) told[start + offset] = each;
  };
  const work: Work = { wishes, taken: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) };
  const threads = wishes.length < MANY ? 0 : Math.min(availableParallelism(), MOST_THREADS) - 1;
  const others = Array.from({ length: threads }, () => inThread(work, take));
  await lintShare(work, host, async (answer) => {
    take(answer);
    // The others may have something to say.
    if (threads > 0) await new Promise((resume) => setImmediate(resume));
  });
  await Promise.all(others);
  // Threads can fail where this one does not: there may be no more of them, or no memory for another.
  for (const [index, wish] of wishes.entries()) told[index] ??= await lintOne(wish, host);
  return told;
}

/** Lints portion after portion of what nobody has taken yet: no thread waits for another one. */
export async function lintShare(
  { wishes, taken }: Work,
  host: Host,
  tell: (answer: Answer) => void | Promise<void>,
): Promise<void> {
  for (;;) {
    const start = Atomics.add(taken, 0, PORTION);
    if (start >= wishes.length) return;
    const told: ToldProfile[] = [];
    for (const wish of wishes.slice(start, start + PORTION)) told.push(await lintOne(wish, host));
    await tell({ start, told });
  }
}

/** One thread, which lints its share; what it can't do is left to be done. */
async function inThread(work: Work, take: (answer: Answer) => void): Promise<void> {
  const file = join(import.meta.dirname, "sbx-thread.cjs");
  // From sources there is no bundle: then this thread does it all.
  if (!existsSync(file)) return;
  const { Worker } = await import("node:worker_threads");
  const worker = started(() => new Worker(file, { resourceLimits: MEMORY, workerData: work }));
  if (worker === undefined) return;
  await new Promise<void>((done) => {
    worker.on("message", take);
    worker.on("error", () => void worker.terminate().then(() => done(), done));
    worker.on("exit", () => done());
  });
}

/** undefined where there can be no further thread. */
function started<T>(start: () => T): T | undefined {
  try {
    return start();
  } catch {
    return undefined;
  }
}

/** Named here so that the build makes a bundle of it. */
export const thread = () => import("./lint-thread.ts");
