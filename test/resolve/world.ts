import { posix } from "node:path";
import { load } from "../../src/load/index.ts";
import type { Effective } from "../../src/model/effective.ts";
import type { MapNode, Source } from "../../src/model/node.ts";
import type { Problem, Result } from "../../src/model/problem.ts";
import { type Context, type Lookup, type Request, resolve } from "../../src/resolve/index.ts";
import { typed, validate, validateFragment } from "../../src/validate/index.ts";
import { type FakeMachine, fakeHost } from "../support/fake-host.ts";

/** Files by absolute path, `builtin:NAME` or `package:NAME@V/path`; `version: 1` is put behind what has none. */
export type Files = Readonly<Record<string, string>>;

export interface World extends Partial<Omit<Request, "source" | "commandLine">> {
  readonly files: Files;
  /** Which one governs; the first by default. */
  readonly main?: string;
  readonly commandLine?: string;
  readonly machine?: FakeMachine;
}

export const PROJECT = "/home/u/proj";

/** Loads a file of the world, or throws: tests of resolving start from files that are right. */
export function sourceOf(files: Files, file: string): Source {
  const text = files[file];
  if (text === undefined) throw new Error(`no ${file}`);
  const versioned = /^version:/m.test(text) ? text : `${text.replace(/\n?$/, "\n")}version: 1\n`;
  const directory = file.startsWith("builtin:")
    ? undefined
    : posix.dirname(file.replace(/^package:/, "/node_modules/"));
  const { value, problems } = load(file, directory, versioned);
  if (!value) throw new Error(JSON.stringify(problems, undefined, 1));
  const wrong = validate(value);
  if (wrong.length > 0) throw new Error(JSON.stringify(wrong, undefined, 1));
  return value;
}

export function lookupIn(files: Files): Lookup {
  return (reference, from, place) => {
    const path = () => posix.resolve(from.directory ?? "/", reference);
    const file = reference.startsWith("npm:")
      ? `package:${reference.slice(4)}`
      : /^[./~]/.test(reference)
        ? path()
        : `builtin:${reference}`;
    if (files[file] !== undefined) return { value: sourceOf(files, file), problems: [] };
    const end = { endLine: place.line, endColumn: place.column };
    const problem: Problem = {
      ...place,
      ...end,
      rule: "test/no-file",
      severity: "error",
      message: file,
      related: [],
      data: {},
    };
    return { value: undefined, problems: [problem] };
  };
}

export const typedFragment: Context["typedFragment"] = (node: MapNode, file: string, route) => {
  const problems = validateFragment(node, file, { route });
  return { value: problems.length === 0 ? typed(node, "fragment") : undefined, problems };
};

export function resolveIn({ files, main, commandLine, machine, ...request }: World): Result<Effective> {
  const host = fakeHost({ cwd: PROJECT, ...machine });
  const typedLine = commandLine === undefined ? undefined : load("command-line", PROJECT, commandLine).value?.root;
  return resolve(
    {
      source: sourceOf(files, main ?? Object.keys(files)[0] ?? ""),
      variant: undefined,
      flags: [],
      set: [],
      project: PROJECT,
      ...(typedLine && { commandLine: typedLine }),
      ...request,
    },
    { host, lookup: lookupIn(files), typedFragment },
  );
}

/** The profile that a world resolves to; a problem fails the test. */
export function effectiveOf(world: World): Effective {
  const { value, problems } = resolveIn(world);
  if (!value || problems.length > 0) throw new Error(JSON.stringify(problems, undefined, 1));
  return value;
}

/** The problems of a world, each as `file:line:column rule`. */
export function problemsOf(world: World): string[] {
  const { value, problems } = resolveIn(world);
  if (value && problems.some(({ severity }) => severity === "error")) throw new Error("a value in spite of an error");
  return problems.map(({ file, line, column, rule }) => `${file}:${line}:${column} ${rule}`);
}

/** One file in the project. */
export const profile = (text: string): Files => ({ [`${PROJECT}/.sandbox.yml`]: text });

/** A file and its parent, both in the project. */
export const childOf = (base: string, override: string): Files => ({
  [`${PROJECT}/.sandbox.yml`]: `extends: ./base.yml\n${override}`,
  [`${PROJECT}/base.yml`]: base,
});
