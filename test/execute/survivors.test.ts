import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { FirstProcess } from "../../src/execute/first-process.ts";
import { endSurvivors } from "../../src/execute/survivors.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A process that is seen alive that many times. */
function dying(looks: number): FirstProcess & { killed: boolean; looks: number } {
  return {
    pid: 4711,
    killed: false,
    looks,
    isAlive() {
      return this.looks-- > 0;
    },
    kill() {
      this.killed = true;
    },
    command: () => undefined,
    signalCommand: () => false,
    release() {},
  };
}

it("waits until all is gone", async () => {
  const first = dying(3);
  const ended = endSurvivors(first);
  await vi.runAllTimersAsync();
  expect(await ended).toEqual([]);
  expect([first.killed, first.looks]).toEqual([true, -1]);
});

it("tells of a process that doesn't die", async () => {
  const ended = endSurvivors(dying(Number.POSITIVE_INFINITY));
  await vi.runAllTimersAsync();
  expect(await ended).toMatchObject([{ rule: "execute/survivor", data: { pid: 4711 } }]);
});
