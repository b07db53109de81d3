import { builtinNames, escapeText, offers, resolveProfile } from "../../index.ts";
import { type CommonOptions, type DefineCommand, define, requestOf } from "../command.ts";
import { CLEAN } from "../exit.ts";
import { hostFor } from "../host.ts";
import { jsonText } from "../json.ts";

export const command: DefineCommand = (line, end) =>
  define("profiles", line, {
    summary: "List the built-in profiles, and the variants and flag sets of the one found here.",
    formats: ["text", "json"],
    examples: [["all of them", "sbx profiles"]],
  }).action(async (options: CommonOptions) => end(await profiles(options)));

async function profiles(options: CommonOptions): Promise<number> {
  const host = hostFor(options.directory);
  const builtins = builtinNames().map(([name, description]) => ({ name, description }));
  // Without a profile here there is simply nothing more to list.
  const { value: resolved } = await resolveProfile(requestOf(options), host);
  const here = resolved && {
    file: resolved.opened.source.file,
    ...offers(resolved.opened.source, resolved.effective.sources),
  };
  if (options.format === "json") {
    process.stdout.write(jsonText({ builtins, ...(here && { here }) }));
    return CLEAN;
  }
  const width = Math.max(...builtins.map(({ name }) => name.length));
  const lines = ["Built-in profiles (-p NAME, or extends: [NAME]):"];
  lines.push(...builtins.map(({ name, description }) => `  ${name.padEnd(width)}  ${description}`));
  if (here !== undefined) {
    lines.push("", `${escapeText(here.file)}:`);
    const list = (what: string, names: readonly string[]) => {
      if (names.length > 0) lines.push(`  ${what}: ${names.map(escapeText).join(", ")}`);
    };
    list("variants (-p #NAME)", here.variants);
    list("flag sets (--flag NAME)", here.flags);
    list("parameters (--set NAME=VALUE)", here.params);
  }
  process.stdout.write(`${lines.join("\n")}\n`);
  return CLEAN;
}
