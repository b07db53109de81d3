import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Source } from "../../src/model/node.ts";
import { child } from "../../src/model/node.ts";
import { hasErrors, type Problem, type Result } from "../../src/model/problem.ts";

/** The two stages that a built-in profile goes through here, so that it needs neither at run time. */
export interface Reader {
  load(file: string, directory: string | undefined, text: string): Result<Source>;
  validate(source: Source): readonly Problem[];
}

/** The built-in profiles as data, their texts apart from it, and what is wrong with them. */
export interface Builtins {
  readonly trees: string;
  readonly texts: string;
  readonly problems: readonly Problem[];
}

const HEAD = "// Generated from profiles/ by `npm run generate`; not edited by hand.\n";

/** Reads every profile of a directory; its name is the file's. */
export function builtins(directory: string, reader: Reader): Builtins {
  const files = readdirSync(directory).filter((file) => file.endsWith(".yaml"));
  const read = files.sort(byName).map((file) => {
    const name = basename(file, ".yaml");
    const text = readFileSync(join(directory, file), "utf8");
    const { value, problems } = reader.load(`builtin:${name}`, undefined, text);
    return { name, text, root: value?.root, problems: [...problems, ...(value ? reader.validate(value) : [])] };
  });
  const trees = read.map(({ name, root }) => {
    if (!root) return "";
    const description = child(root, "description");
    const said = description?.kind === "scalar" ? description.text : "";
    return entry(name, `{ description: ${JSON.stringify(said)}, tree: ${quoted(JSON.stringify(root))} }`);
  });
  return {
    trees: `${HEAD}
/** A profile that comes with sbx: what it is for, and its tree (a MapNode) as JSON, read only when it is used. */
export interface Builtin {
  readonly description: string;
  readonly tree: string;
}

export const builtins: Readonly<Record<string, Builtin>> = {
${trees.join("")}};
`,
    texts: `${HEAD}
/** The built-in profiles as they were written; needed only to show a line of one. */
export const builtinTexts: Readonly<Record<string, string>> = {
${read.map(({ name, text }) => entry(name, JSON.stringify(text))).join("")}};
`,
    problems: read.flatMap(({ problems }) => problems).filter((problem) => hasErrors([problem])),
  };
}

/** JSON in single quotes: half as long as in the double quotes that it is full of. */
const quoted = (json: string): string => `'${json.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

const entry = (name: string, value: string): string => `  ${JSON.stringify(name)}: ${value},\n`;

/** By the profile's name, without what the file ends in. */
const nameOf = (file: string): string => file.replace(/\.yaml$/, "");
const byName = (one: string, other: string): number => (nameOf(one) < nameOf(other) ? -1 : 1);
