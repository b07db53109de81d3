import { createHash } from "node:crypto";
import { type Executed, type Planned, type Problem, type Refused, redactPlan } from "../index.ts";
import { jsonText } from "./json.ts";

/** What a run leaves to be told. */
export interface Told {
  readonly argv: readonly string[];
  readonly planned: Planned | undefined;
  readonly started: Date;
  /** What sbx exits with. */
  readonly exitCode: number;
  /** Everything that was said before and after. */
  readonly problems: readonly Problem[];
  /** Undefined when the profile or the plan was refused. */
  readonly outcome: Executed | Refused | undefined;
}

/** The report of a run as JSON text, as `schema/report.schema.json` describes it. */
export function reportText({ argv, planned, started, exitCode, problems, outcome }: Told): string {
  const ran = outcome && "ended" in outcome ? outcome : undefined;
  const hash =
    planned &&
    createHash("sha256")
      .update(jsonText(redactPlan(planned.plan)))
      .digest("hex");
  return jsonText({
    version: 1,
    command: argv,
    profile: planned ? { file: planned.opened.source.file, variant: planned.opened.variant ?? null } : null,
    plan: hash === undefined ? null : `sha256:${hash}`,
    started: started.toISOString(),
    durationMs: Math.round(ran?.durationMs ?? 0),
    exitCode,
    ended: ran?.ended ?? "refused",
    commandExitCode: ran?.exitCode ?? null,
    signal: ran?.signal ?? null,
    limitsHit: ran?.limitsHit ?? [],
    problems,
    cleanup: ran?.cleanup ?? [],
  });
}
