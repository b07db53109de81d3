import type { Outcome } from "../model/invocation.ts";
import { escapeJson } from "../report/escape.ts";
import type { StageResult } from "./monitor.ts";

/** Options as JSON over several lines; nothing for what JSON does not have. */
export function optionsText(options: unknown): string {
  const text: string | undefined = JSON.stringify(options, undefined, 2);
  return text === undefined ? "" : `${escapeJson(text)}\n`;
}

/** A time that people can compare: `0.3 s`, `2 min 5 s`. */
export function durationText(ms: number): string {
  if (ms < 99_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

const ENDS: Readonly<Record<Outcome["ended"], (result: StageResult) => string>> = {
  exit: ({ exitCode }) => `failed with exit code ${exitCode}`,
  signal: ({ signal }) => `stopped by ${signal}`,
  timeout: () => "ran out of time",
  aborted: () => "aborted",
  "out-of-memory": () => "ran out of memory",
  "never-ran": () => "never ran",
  killed: ({ signal }) => `killed from outside${signal ? ` by ${signal}` : ""}`,
};

/** Whether a stage did what it was to do. */
export const succeeded = ({ ended, exitCode }: Pick<StageResult, "ended" | "exitCode">): boolean =>
  ended === "exit" && exitCode === 0;

/** How a stage ended, in a few words. */
export const endText = (result: StageResult): string => (succeeded(result) ? "done" : ENDS[result.ended](result));
