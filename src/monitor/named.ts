import { nearest } from "../model/nearest.ts";
import type { Result, Spot } from "../model/problem.ts";
import { DEFAULT_ORIGIN } from "../model/source.ts";
import { type LogOptions, logMonitor } from "./log.ts";
import type { Monitor } from "./monitor.ts";
import { nullMonitor } from "./null.ts";
import { unknownMonitor } from "./problems.ts";
import { tapeMonitor } from "./tape.ts";

const MONITORS: ReadonlyMap<string, (options: LogOptions) => Monitor> = new Map([
  ["log", logMonitor],
  ["null", nullMonitor],
  ["tape", tapeMonitor],
]);

/** A monitor by the name that a user wrote at `spot`. */
export function monitorNamed(name: string, options: LogOptions = {}, spot: Spot = DEFAULT_ORIGIN): Result<Monitor> {
  const make = MONITORS.get(name);
  if (make) return { value: make(options), problems: [] };
  const known = [...MONITORS.keys()];
  return { value: undefined, problems: [unknownMonitor({ name, known, nearest: nearest(name, known) }, spot)] };
}
