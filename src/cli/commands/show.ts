import { resolveProfile } from "../../index.ts";
import { type CommonOptions, type DefineCommand, define, requestOf } from "../command.ts";
import { BROKEN, CLEAN } from "../exit.ts";
import { hostFor } from "../host.ts";
import type { Words } from "../words.ts";

interface ShowOptions extends CommonOptions {
  readonly origins?: boolean;
}

export const command: DefineCommand = (line, end) =>
  define("show", line, {
    summary: "Print the profile after inheritance: every parent, variant and flag set merged, every path absolute.",
    formats: ["text", "json"],
    examples: [
      ["of the profile found here", "sbx show"],
      ["with the line that each entry comes from", "sbx show --origins"],
    ],
  })
    .option("--origins", "say behind each entry where it was written")
    .action(async (options: ShowOptions) => end(await show(options, line)));

async function show(options: ShowOptions, line: Words): Promise<number> {
  const host = hostFor(options.directory);
  const { value: resolved, problems } = await resolveProfile(requestOf(options), host);
  const json = options.format === "json";
  if (problems.length > 0) {
    const { printProblems } = await import("../problems.ts");
    printProblems(problems, { words: line.all, json });
  }
  if (resolved === undefined) return BROKEN;
  const { showJson, showYaml } = await import("../show-yaml.ts");
  const { layoutFor } = await import("../explain-rows.ts");
  const layout = options.origins === true ? layoutFor(host.cwd) : undefined;
  process.stdout.write(json ? showJson(resolved.effective) : showYaml(resolved.effective, layout));
  return CLEAN;
}
