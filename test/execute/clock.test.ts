import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { countdown } from "../../src/execute/clock.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("calls back once, when its time is over", () => {
  const over = vi.fn();
  countdown(1000, over);
  vi.advanceTimersByTime(999);
  expect(over).not.toHaveBeenCalled();
  vi.advanceTimersByTime(5000);
  expect(over).toHaveBeenCalledTimes(1);
});

it("does not count pauses, however many and long", () => {
  const over = vi.fn();
  const clock = countdown(1000, over);
  for (let round = 0; round < 3; round++) {
    vi.advanceTimersByTime(300);
    clock.pause();
    clock.pause();
    vi.advanceTimersByTime(60_000);
    clock.resume();
    clock.resume();
  }
  vi.advanceTimersByTime(99);
  expect(over).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(over).toHaveBeenCalledTimes(1);
});

it("never calls back when it was cancelled, not even after a resume", () => {
  const over = vi.fn();
  const clock = countdown(10, over);
  clock.cancel();
  clock.resume();
  vi.advanceTimersByTime(1000);
  expect(over).not.toHaveBeenCalled();
});

it("takes more time than setTimeout can", () => {
  const over = vi.fn();
  const days = 60 * 86_400_000;
  countdown(days, over);
  vi.advanceTimersByTime(days - 1);
  expect(over).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(over).toHaveBeenCalledTimes(1);
});
