import { Command, InvalidArgumentError, Option, type OutputConfiguration } from "commander";
import { escapeText, type FlagSwitch, type Request, type Setting } from "../index.ts";
import { type Words, words } from "./words.ts";

/** What a command file exports: its parser, which hands its exit code to `end`. */
export type DefineCommand = (line: Words, end: (exitCode: number) => void) => Command;

/** The options that every command takes. */
export interface CommonOptions {
  readonly profile?: string;
  readonly directory?: string;
  readonly flag?: readonly FlagSwitch[];
  readonly set?: readonly Setting[];
  readonly format: string;
  readonly json?: boolean;
}

export { words };

interface Shape {
  readonly summary: string;
  /** The formats of its result; the first is the default. */
  readonly formats: readonly [string, ...string[]];
  /** Each: what it does, and the line to type. */
  readonly examples: readonly (readonly [string, string])[];
}

/** A command with the common options, its help ending with examples. */
export function define(name: string, line: Words, { summary, formats, examples }: Shape): Command {
  const flag =
    (on: boolean, option: string) =>
    (name: string, before: readonly FlagSwitch[] = []) => [...before, { name, on, argument: line.next(option) }];
  const format = new Option("--format <format>", "how the result is written").choices(formats).default(formats[0]);
  const command = new Command(name)
    .description(summary)
    .option("-p, --profile <profile>", "NAME, #VARIANT, PATH[#VARIANT] or REF:PATH; without it, the one found here")
    .option("-C, --directory <dir>", "go there first")
    .option("--flag <name>", "use a flag set (repeatable)", flag(true, "--flag"))
    .addOption(
      new Option("--no-flag <name>", "leave out a flag set that is on by default").argParser(flag(false, "--no-flag")),
    )
    .option("--set <name=value>", "set a parameter (repeatable)", setting(line))
    .addOption(format);
  if (formats.includes("json"))
    command.addOption(new Option("--json", "short for --format json").implies({ format: "json" }));
  const width = Math.max(...examples.map(([, typed]) => typed.length));
  const lines = examples.map(([does, typed]) => `  ${typed.padEnd(width)}  ${does}`);
  return command
    .helpOption("-h, --help", "show this help")
    .addHelpText("after", `\nExamples:\n${lines.join("\n")}`)
    .allowExcessArguments(false)
    .configureOutput(ESCAPED)
    .showSuggestionAfterError(true);
}

/** The parser's own messages repeat what was typed. */
export const ESCAPED: OutputConfiguration = {
  outputError: (text, write) => write(text.split("\n").map(escapeText).join("\n")),
};

function setting(line: Words) {
  return (text: string, before: readonly Setting[] = []): readonly Setting[] => {
    const equals = text.indexOf("=");
    if (equals < 1) throw new InvalidArgumentError("Write NAME=VALUE.");
    const argument = line.next("--set");
    return [...before, { name: text.slice(0, equals), value: text.slice(equals + 1), argument }];
  };
}

/** The part of a request that the common options make. */
export const requestOf = (options: CommonOptions): Request => ({
  profile: options.profile,
  ...(options.flag && { flags: options.flag }),
  ...(options.set && { set: options.set }),
});
