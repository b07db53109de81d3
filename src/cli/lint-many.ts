import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import type { Host } from "../index.ts";
import { type LintWish, lintOne } from "./lint-one.ts";
import type { ToldProfile } from "./lint-report/report.ts";

/** From so many profiles on a second thread has started before the first one is done. */
const MANY = 120;
/** How many are handed out at a time: enough that asking for more costs nothing, few enough that all end together. */
const PORTION = 12;
/** More threads take more memory than they save time. */
const MOST_THREADS = 4;

/**
 * MiB that each further thread may have: for what has just been made, and for the rest. Without it V8 takes more, lints no
 * sooner, and reaches 300 MiB at times instead of 235 (measured with 1,000 profiles on two processors). Where that is not
 * enough the thread ends, and what it had in hand is done by this one.
 */
const MEMORY = { maxYoungGenerationSizeMb: 24, maxOldGenerationSizeMb: 96 } as const;

/** Lints profiles one after the other, on a machine with further processors in threads beside this one. */
export async function lintMany(wishes: readonly LintWish[], host: Host): Promise<readonly ToldProfile[]> {
  const told: ToldProfile[] = new Array(wishes.length);
  let next = 0;
  const take = (): readonly number[] => {
    const start = next;
    next = Math.min(wishes.length, start + PORTION);
    return Array.from({ length: next - start }, (_, index) => start + index);
  };
  const threads = wishes.length < MANY ? 0 : Math.min(availableParallelism(), MOST_THREADS) - 1;
  if (threads > 0) optimiseLater();
  const others = Array.from({ length: threads }, () => inThread(wishes, take, told));
  for (let portion = take(); portion.length > 0; portion = take()) {
    for (const index of portion) {
      const wish = wishes[index];
      if (wish !== undefined) told[index] = await lintOne(wish, host);
    }
    // The others may have something to say.
    if (threads > 0) await new Promise((resume) => setImmediate(resume));
  }
  await Promise.all(others);
  // Threads can fail where this one does not: there may be no more of them, or no memory for another.
  for (const [index, wish] of wishes.entries()) told[index] ??= await lintOne(wish, host);
  return told;
}

/**
 * Every thread optimises the same code for itself, and that competes with the work for the processors: the more often
 * something has to run before it is worth it, the less is lost (measured with 1,000 profiles on two processors: 3.2
 * instead of 4.3 seconds). Only Node 20's V8 knows the flag; others (22, 23 and 24) say on standard error that they don't.
 */
function optimiseLater(): void {
  if (process.versions.node.startsWith("20.")) setFlagsFromString("--interrupt-budget=700000");
}

/** What is posted to a thread, and what it answers. */
export interface Portion {
  readonly indices: readonly number[];
  readonly wishes: readonly LintWish[];
}
export interface Answer {
  readonly indices: readonly number[];
  readonly told: readonly ToldProfile[];
}

/** One thread, which takes portions until none is left; what it can't do is left to be done. */
async function inThread(
  wishes: readonly LintWish[],
  take: () => readonly number[],
  told: ToldProfile[],
): Promise<void> {
  const file = join(import.meta.dirname, "sbx-thread.cjs");
  // From sources there is no bundle: then this thread does it all.
  if (!existsSync(file)) return;
  const { Worker } = await import("node:worker_threads");
  const worker = started(() => new Worker(file, { resourceLimits: MEMORY }));
  if (worker === undefined) return;
  await new Promise<void>((done) => {
    const end = () => void worker.terminate().then(() => done(), done);
    const post = () => {
      const indices = take();
      if (indices.length === 0) return end();
      const portion: Portion = { indices, wishes: indices.flatMap((index) => wishes[index] ?? []) };
      worker.postMessage(portion);
    };
    worker.on("message", (answer: Answer) => {
      for (const [at, index] of answer.indices.entries()) {
        const each = answer.told[at];
        if (each !== undefined) told[index] = each;
      }
      post();
    });
    worker.on("error", end);
    worker.on("exit", () => done());
    post();
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
