import type { Host } from "../model/host.ts";
import type { Problem, Result, Spot } from "../model/problem.ts";
import { noFile, refusedFile } from "./problems.ts";

const MAX_BYTES = 1024 * 1024;

/** The text of a profile on this host. Links are refused: what they point to could be changed without a trace. */
export function readProfile(host: Host, path: string, spot: Spot): Result<string> {
  const refuse = (why: string) => failed(refusedFile({ path, why, isHere: spot.file === path }, spot));
  const stat = host.lstat(path);
  if (stat === undefined) return failed(noFile({ path }, spot));
  if (stat.type === "link") return refuse(`is a link to ${host.readlink(path) ?? "?"}`);
  if (stat.type === "unreadable") return refuse("can't be looked at");
  if (stat.type !== "file") return refuse(`is a ${stat.type}, not a file`);
  if (stat.size > MAX_BYTES) return refuse("is larger than 1 MiB");
  const text = host.readText(path);
  return text === undefined ? refuse("can't be read") : { value: text, problems: [] };
}

export const failed = (problem: Problem): Result<never> => ({ value: undefined, problems: [problem] });
