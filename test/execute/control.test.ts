import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Control, takeControl } from "../../src/execute/control.ts";

const stood = vi.hoisted(() => ({ times: 0 }));
// The process of the tests itself would stop, and nobody would continue it.
vi.mock("../../src/execute/suspension.ts", () => ({
  nobodyContinues: () => false,
  standStill: () => void stood.times++,
}));

let control: Control;
beforeEach(() => {
  stood.times = 0;
  control = takeControl({});
});
afterEach(() => control.release());

const hears = (signal: "SIGTSTP" | "SIGCONT") => process.emit(signal, signal);
/** How often it has stood still, when everything that was asked for is done. */
const stops = async () => {
  await sleep(30);
  return stood.times;
};

it("stands still on SIGTSTP", async () => {
  hears("SIGTSTP");
  expect(await stops()).toBe(1);
});

it("does not when SIGCONT is there, too, whichever it hears of first", async () => {
  hears("SIGTSTP");
  hears("SIGCONT");
  expect(await stops()).toBe(0);
  hears("SIGCONT");
  hears("SIGTSTP");
  expect(await stops()).toBe(0);
});

it("does again on the next SIGTSTP", async () => {
  hears("SIGTSTP");
  await stops();
  hears("SIGCONT");
  await stops();
  hears("SIGTSTP");
  expect(await stops()).toBe(2);
});
