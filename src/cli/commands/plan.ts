import { type Host, outlinePlan, type Plan, redactPlan } from "../../index.ts";
import { type CommonOptions, type DefineCommand, define } from "../command.ts";
import { BROKEN, CLEAN } from "../exit.ts";
import { jsonText } from "../json.ts";
import { planFor } from "../planned.ts";
import { UsageError } from "../usage-error.ts";
import type { Words } from "../words.ts";

interface PlanOptions extends CommonOptions {
  readonly footprint?: boolean;
  readonly all?: boolean;
  readonly html?: string;
}

export const command: DefineCommand = (line, end) =>
  define("plan", line, {
    summary: "Print what the sandbox consists of: every mount with who asked for it, environment, namespaces, steps.",
    formats: ["text", "json"],
    examples: [
      ["of the profile found here", "sbx plan"],
      ["as data", "sbx plan -p node --json"],
      ["what it would create on the host", "sbx plan --footprint"],
      ["as a page to look through", "sbx plan --html plan.html"],
    ],
  })
    .option("--footprint", "only what is created on the host")
    .option("--all", "also what sbx itself hides and protects, and what was left out, place by place")
    .option("--html <file>", "a page for the browser; - is standard output, and only such a page is replaced")
    .action(async (options: PlanOptions) => end(await plan(options, line)));

async function plan(options: PlanOptions, line: Words): Promise<number> {
  const { footprint = false, all = false, html } = options;
  const json = options.format === "json";
  if (html !== undefined && (json || footprint || all)) {
    throw new UsageError("--html shows everything, as a page: leave out --format json, --footprint and --all");
  }
  const found = await planFor(options, line);
  if (found === undefined) return BROKEN;
  const { host } = found;
  const shown = redactPlan(found.planned.plan);
  if (json) process.stdout.write(jsonText(footprint ? shown.footprint : shown));
  else if (html !== undefined) await page(html, shown, host);
  else process.stdout.write(await text(shown, host, { footprint, all }));
  return CLEAN;
}

interface TextOptions {
  readonly footprint: boolean;
  readonly all: boolean;
}

async function text(shown: Plan, host: Host, { footprint, all }: TextOptions): Promise<string> {
  const { footprintText, planText } = await import("../plan-text.ts");
  const { layoutFor } = await import("../explain-rows.ts");
  const layout = layoutFor(host.cwd);
  return footprint ? footprintText(shown, layout) : planText(shown, outlinePlan(shown, host), layout, { all });
}

async function page(file: string, shown: Plan, host: Host): Promise<void> {
  const { pageOf, writePage } = await import("../page-file.ts");
  if (file === "-") process.stdout.write(pageOf(shown, host));
  else writePage(file, pageOf(shown, host));
}
