import { redactPlan } from "../../index.ts";
import { type CommonOptions, type DefineCommand, define } from "../command.ts";
import { BROKEN, CLEAN } from "../exit.ts";
import { jsonText } from "../json.ts";
import { planFor } from "../planned.ts";
import type { Words } from "../words.ts";

interface PlanOptions extends CommonOptions {
  readonly footprint?: boolean;
}

export const command: DefineCommand = (line, end) =>
  define("plan", line, {
    summary: "Print what the sandbox consists of: every mount with who asked for it, environment, namespaces, steps.",
    formats: ["text", "json"],
    examples: [
      ["of the profile found here", "sbx plan"],
      ["as data", "sbx plan -p node --json"],
      ["what it would create on the host", "sbx plan --footprint"],
    ],
  })
    .option("--footprint", "only what is created on the host")
    .action(async (options: PlanOptions) => end(await plan(options, line)));

async function plan(options: PlanOptions, line: Words): Promise<number> {
  const found = await planFor(options, line);
  if (found === undefined) return BROKEN;
  const shown = redactPlan(found.planned.plan);
  if (options.format === "json") {
    process.stdout.write(jsonText(options.footprint ? shown.footprint : shown));
    return CLEAN;
  }
  const { footprintText, planText } = await import("../plan-text.ts");
  process.stdout.write(options.footprint ? footprintText(shown, found.host.cwd) : planText(shown, found.host.cwd));
  return CLEAN;
}
