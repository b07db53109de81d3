import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { escapeText } from "../../index.ts";
import { type CommonOptions, type DefineCommand, define } from "../command.ts";
import { BROKEN, CLEAN } from "../exit.ts";
import { packageRoot } from "../package.ts";

export const command: DefineCommand = (line, end) =>
  define("schema", line, {
    summary: "Print a JSON schema (draft 2020-12): of profiles, for editors, or of what sbx prints as JSON.",
    formats: ["json"],
    examples: [
      ["of profiles", "sbx schema > sandbox.schema.json"],
      ["of `sbx plan --json`", "sbx schema plan"],
    ],
  })
    .argument("[name]", "profile, plan, problem, render, report, explain, test, diff, score, rules or clean", "profile")
    .action((name: string, _: CommonOptions) => end(schema(name)));

function schema(name: string): number {
  const directory = join(packageRoot(), "schema");
  const known = readdirSync(directory).map((file) => file.replace(".schema.json", ""));
  if (!known.includes(name)) {
    process.stderr.write(
      `sbx: error: there is no schema ${escapeText(JSON.stringify(name))}; one of: ${known.join(", ")}\n`,
    );
    return BROKEN;
  }
  process.stdout.write(readFileSync(join(directory, `${name}.schema.json`), "utf8"));
  return CLEAN;
}
