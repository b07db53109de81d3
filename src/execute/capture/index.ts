import type { Problem } from "../../model/problem.ts";
import { createDelivery, type OnOutput, type OutputStream } from "./delivery.ts";
import { openFifos } from "./fifo.ts";
import { patience } from "./patience.ts";
import { createTail } from "./tail.ts";
import { createTextPipe } from "./text-pipe.ts";

export type { OnOutput, OutputStream } from "./delivery.ts";
export { openInput } from "./input.ts";

/** What is done with the output of a command. */
export interface CaptureOptions {
  /**
   * Gets the text as it comes, piece by piece and in order; a character is never cut. While a promise that it gave is
   * pending nothing more is read, so that the command has to wait, and the result, too. When it throws or rejects, it
   * is not called again and the run goes on to its end; then that error is what the caller gets.
   */
  readonly onOutput?: OnOutput | undefined;
  /**
   * Standard output and standard error apart. `output` is then both in the order of arrival, which is not quite the
   * order of writing: two pipes don't tell it.
   */
  readonly separate?: boolean | undefined;
  /** How much of each is kept, in bytes of UTF-8 (default: 32 MiB); it is the end that is kept. */
  readonly keep?: number | undefined;
}

/** What a command wrote. */
export interface Captured {
  readonly output: string;
  /** The same as `output` unless they were taken apart. */
  readonly stdout: string;
  readonly stderr: string;
  /** Whether there was more than was kept. */
  readonly truncated: boolean;
}

/** Pipes for one bwrap, whose own complaints come the same way. */
export interface Capture {
  /** What bwrap gets as its descriptor 1. */
  readonly stdout: number;
  /** What bwrap gets as its descriptor 2. */
  readonly stderr: number;
  /** bwrap was started: gives up the ends that are bwrap's now, and begins to read. */
  begin(): void;
  /**
   * The command has ended: reads what is there and closes. A writer that lives on is not waited for, only `onOutput`
   * is, and that for no more than a second once `giveUp` is aborted. Rejects with what `onOutput` threw, after all that.
   */
  finish(giveUp?: AbortSignal): Promise<Captured>;
  /** Lets go of everything, at any time. */
  close(): void;
}

const KEEP = 32 * 1024 * 1024;

/** Opens the pipes for a command's output; `directory` is the run's own, and nothing stays in it. */
export function openCapture(options: CaptureOptions, directory: string, mkfifo: string): Capture | Problem {
  const { onOutput, separate = false, keep = KEEP } = options;
  const fifos = openFifos(separate, directory, mkfifo);
  if ("rule" in fifos) return fifos;

  const tails = { output: createTail(keep), stdout: createTail(keep), stderr: createTail(keep) };
  let isOver = false;
  const delivery = createDelivery(onOutput, {
    pause() {
      for (const pipe of pipes) pipe.pause();
    },
    resume() {
      if (!isOver) for (const pipe of pipes) pipe.resume();
    },
  });
  const listener = (stream: OutputStream) => ({
    onText(text: string) {
      tails.output.add(text);
      if (stream !== "output") tails[stream].add(text);
      delivery.give(text, stream);
    },
    onError: delivery.fail,
  });
  const pipes = separate
    ? [createTextPipe(fifos.stdout, listener("stdout")), createTextPipe(fifos.stderr, listener("stderr"))]
    : [createTextPipe(fifos.stdout, listener("output"))];

  const readRest = async (giveUp?: AbortSignal) => {
    isOver = true;
    for (const pipe of pipes) pipe.pause();
    const taken = patience(giveUp);
    if (!(await taken(delivery.pending))) delivery.stop();
    for (const pipe of pipes) {
      for (const _piece of pipe.rest()) if (!(await taken(delivery.pending))) delivery.stop();
    }
  };
  const close = () => {
    isOver = true;
    for (const pipe of pipes) pipe.close();
  };
  return {
    stdout: fifos.stdout.writer,
    stderr: fifos.stderr.writer,
    begin() {
      for (const pipe of pipes) pipe.begin();
    },
    async finish(giveUp) {
      try {
        await readRest(giveUp);
      } finally {
        close();
      }
      if (delivery.failure) throw delivery.failure.error;
      const { truncated } = tails.output;
      const output = tails.output.text();
      if (!separate) return { output, stdout: output, stderr: output, truncated };
      return { output, stdout: tails.stdout.text(), stderr: tails.stderr.text(), truncated };
    },
    close,
  };
}
