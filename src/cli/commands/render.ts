import {
  findBwrap,
  type Problem,
  redactPlan,
  renderBwrap,
  renderJson,
  renderNul,
  renderShell,
  targetNamed,
} from "../../index.ts";
import { type CommonOptions, type DefineCommand, define } from "../command.ts";
import { BROKEN, CLEAN } from "../exit.ts";
import { jsonText } from "../json.ts";
import { planFor } from "../planned.ts";
import type { Words } from "../words.ts";

interface RenderOptions extends CommonOptions {
  readonly redact?: boolean;
  readonly target?: string;
}

export const command: DefineCommand = (line, end) =>
  define("render", line, {
    summary: "Print the bubblewrap command that `sbx run` would start.",
    formats: ["shell", "json", "nul"],
    examples: [
      ["to paste into a shell", "sbx render -- npm test"],
      ["for another bubblewrap than the one here", "sbx render --target bwrap-0.8 -- true"],
      ["as data", "sbx render --json -- true"],
    ],
  })
    .argument("[command...]", "the command and its arguments")
    .option("--redact", "hide the values of variables")
    .option("--target <name>", "render for a bubblewrap by name, not for the one here")
    .passThroughOptions()
    .action(async (argv: readonly string[], options: RenderOptions) => end(await render(argv, options, line)));

async function render(argv: readonly string[], options: RenderOptions, line: Words): Promise<number> {
  const found = await planFor(options, line);
  if (found === undefined) return BROKEN;
  const { plan: exact } = found.planned;
  const redact = options.redact === true;
  // A shell has the values of secrets itself; data shows none.
  const plan = options.format === "shell" ? exact : redactPlan(exact, { all: redact });
  const problems: Problem[] = [];
  const take = <T>(result: { readonly value: T | undefined; readonly problems: readonly Problem[] }): T | undefined => {
    problems.push(...result.problems);
    return result.value;
  };
  const features = take(options.target === undefined ? findBwrap(plan, found.host) : targetNamed(options.target));
  const invocation = features && take(renderBwrap(plan, features, argv));
  const shown = (call: NonNullable<typeof invocation>): string | undefined => {
    if (options.format === "json") return jsonText(renderJson(call, plan));
    return take(options.format === "nul" ? renderNul(call, plan) : renderShell(call, plan, { redact }));
  };
  const text = invocation && shown(invocation);
  if (problems.length > 0) {
    const { printProblems } = await import("../problems.ts");
    printProblems(problems, { words: line.all, json: options.format === "json" });
  }
  if (text === undefined) return BROKEN;
  process.stdout.write(text);
  return CLEAN;
}
