import type { Command } from "commander";
import type { Bind, Request, Variable } from "../index.ts";
import { bindOf, variableOf } from "./binds.ts";
import { type CommonOptions, requestOf } from "./command.ts";
import type { Words } from "./words.ts";

type Numbered = { readonly text: string; readonly argument: number };

/** The options that `run` and `shell` share. */
export interface RunOptions extends CommonOptions {
  readonly bind?: readonly Numbered[];
  readonly roBind?: readonly Numbered[];
  readonly env?: readonly Variable[];
  readonly chdir?: Numbered;
  readonly timeout?: Numbered;
  readonly report?: string;
  readonly allowApi?: readonly string[];
}

/** Declares them. */
export function withRunOptions(command: Command, line: Words): Command {
  const numbered = (option: string) => (text: string) => ({ text, argument: line.next(option) });
  const all =
    (option: string) =>
    (text: string, before: readonly Numbered[] = []) => [...before, numbered(option)(text)];
  const variables = (text: string, before: readonly Variable[] = []) => [
    ...before,
    variableOf(text, line.next("--env")),
  ];
  const names = (name: string, before: readonly string[] = []) => [...before, name];
  return command
    .option("--bind <src[:dest]>", "show a host path, writable (repeatable)", all("--bind"))
    .option("--ro-bind <src[:dest]>", "show a host path, read-only (repeatable)", all("--ro-bind"))
    .option("--env <name[=value]>", "set a variable, or pass the host's (repeatable)", variables)
    .option("--chdir <dir>", "working directory inside", numbered("--chdir"))
    .option("--timeout <time>", "end it after this time: 30s, 10m", numbered("--timeout"))
    .option("--report <file>", "write how it ended to a file, as JSON")
    .option("--allow-api <name>", "let the profile start this server on the host (repeatable)", names)
    .passThroughOptions();
}

/** The request that they make; relative paths start from the caller's directory. */
export function runRequest(options: RunOptions, cwd: string): Request {
  const { chdir, timeout } = options;
  const binds = (access: Bind["access"]) => (bind: Numbered) => bindOf(bind.text, access, bind.argument, cwd);
  return {
    ...requestOf(options),
    binds: [...(options.bind ?? []).map(binds("rw")), ...(options.roBind ?? []).map(binds("ro"))],
    ...(options.env && { env: options.env }),
    ...(chdir && { cwd: { path: chdir.text, argument: chdir.argument } }),
    ...(timeout && { timeout }),
  };
}
