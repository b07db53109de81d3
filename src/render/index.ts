import type { Result } from "../model/problem.ts";
import { type Features, TARGETS } from "./features.ts";
import { unknownTarget } from "./problems.ts";

export { type Features, TARGETS } from "./features.ts";
export { type RenderedCall, renderJson } from "./json.ts";
export { renderNul } from "./nul.ts";
export { quote } from "./quote.ts";
export { REDACTED, redactPlan } from "./redact.ts";
export { renderShell } from "./shell.ts";
export type { Target } from "./target.ts";
export { bwrap } from "./targets/bwrap.ts";

/** The features of a target that `--target` names. */
export function targetNamed(name: string): Result<Features> {
  const value = TARGETS.find((target) => target.name === name);
  if (value !== undefined) return { value, problems: [] };
  const known = TARGETS.map((target) => target.name);
  const spot = { file: "command-line", line: 0, column: 0 };
  return { value: undefined, problems: [unknownTarget({ name, known }, spot)] };
}
