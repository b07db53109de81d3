import type { Host } from "../model/host.ts";
import { nearest } from "../model/nearest.ts";
import { child, type Node, type ScalarNode } from "../model/node.ts";
import { escapePattern } from "../model/pattern.ts";
import type { Problem, Spot } from "../model/problem.ts";
import { looksSecret } from "../model/secret.ts";
import { absolutePath, type Base, baseOf } from "./absolute.ts";
import { interpolate } from "./interpolate.ts";
import type { Link } from "./linearise.ts";
import {
  demandedVariable,
  missingParam,
  paramCycle,
  paramType,
  refusedPath,
  relativePath,
  secretParam,
  unknownParam,
  unsetVariable,
} from "./problems.ts";
import { type Author, spotOf } from "./spot.ts";
import { authorText, hostText, type Text } from "./text.ts";
import { builtinVariable, type Found, hostVariable } from "./variables.ts";

/** A value given with `--set`. */
export interface Setting {
  readonly name: string;
  readonly value: string;
  /** Which argument of the command line it is. */
  readonly argument: number;
}

/** All variables of a chain of files. */
export interface Variables {
  /** The value of `${name}` in a text of this file. */
  find(name: string, source: Author): Found;
  readonly params: readonly string[];
  readonly problems: readonly Problem[];
}

type ParamType = "string" | "path" | "name" | "integer" | "boolean";

/** What the files say of one parameter: the last one to speak of it decides, but a type holds until another is stated. */
interface Declaration {
  readonly source: Author;
  readonly key: ScalarNode;
  readonly type: ParamType;
  readonly required: boolean;
  readonly env?: ScalarNode;
  readonly fallback?: ScalarNode;
  readonly example?: ScalarNode;
}

/** Reads the declarations of all files and works out every value, each one once. */
export function readParams(
  links: readonly Link[],
  { set: settings, examples = false }: { readonly set: readonly Setting[]; readonly examples?: boolean },
  host: Host,
  project: string,
): Variables {
  const problems: Problem[] = [];
  const declarations = new Map<string, Declaration>();
  for (const { source } of links) {
    const params = child(source.root, "params");
    for (const { key, value } of params?.kind === "map" ? params.entries : []) {
      const declaration = declare(source, key, value, declarations.get(key.text));
      declarations.set(key.text, declaration);
      const { env } = declaration;
      if (env === undefined || !looksSecret(env.text)) continue;
      problems.push(secretParam({ name: key.text, variable: env.text }, spotOf(source, env.span)));
    }
  }
  const params = [...declarations.keys()];
  const given = new Map(settings.map((setting) => [setting.name, setting]));
  for (const { name, argument } of given.values()) {
    if (declarations.has(name)) continue;
    problems.push(unknownParam({ name, known: params, nearest: nearest(name, params) }, argumentSpot(argument)));
  }

  const values = new Map<string, Found>();
  const open: string[] = [];

  const find = (name: string, source: Author): Found => {
    const declaration = declarations.get(name);
    if (!declaration) return builtinVariable(name, host, project, source.directory);
    if (open.includes(name)) {
      const chain = [...open.slice(open.indexOf(name)), name];
      problems.push(paramCycle({ chain }, spotOf(declaration.source, declaration.key.span)));
      return { kind: "broken" };
    }
    const known = values.get(name);
    if (known) return known;
    open.push(name);
    const found = evaluate(name, declaration);
    open.pop();
    values.set(name, found);
    return found;
  };

  const evaluate = (name: string, declaration: Declaration): Found => {
    const { source, env, fallback } = declaration;
    const setting = given.get(name);
    if (setting) {
      const base = { home: host.home, directory: host.cwd };
      return typed(name, declaration.type, authorText(setting.value), base, argumentSpot(setting.argument));
    }
    if (env) {
      if (looksSecret(env.text)) return { kind: "broken" };
      const text = hostVariable(host, env.text);
      const base = { home: host.home, directory: host.cwd };
      if (text !== undefined) {
        return typed(name, declaration.type, hostText(text), base, spotOf(source, env.span), env.text);
      }
    }
    if (fallback) {
      const reports: Problem[] = [];
      const scope = {
        source,
        find: (other: string) => find(other, source),
        params,
        report: (p: Problem) => reports.push(p),
      };
      const text = interpolate(fallback, scope);
      const certain = reports.filter((problem) => !DEPENDS_ON_HOST.has(problem.rule));
      problems.push(...certain);
      if (text) return typed(name, declaration.type, text, baseOf(source, host.home), spotOf(source, fallback.span));
      return reports.length > certain.length ? { kind: "unset", problems: reports } : { kind: "broken" };
    }
    if (!declaration.required) return { kind: "unset", problems: [] };
    if (examples && declaration.example !== undefined) {
      const { text, span } = declaration.example;
      return typed(name, declaration.type, authorText(text), baseOf(source, host.home), spotOf(source, span));
    }
    const example = declaration.example?.text ?? "…";
    problems.push(missingParam({ name, example }, spotOf(source, declaration.key.span)));
    return { kind: "broken" };
  };

  const typed = (name: string, type: ParamType, text: Text, base: Base, spot: Spot, variable?: string): Found => {
    const result = convert(name, type, text, base, spot, variable);
    if ("plain" in result) return { kind: "value", text: result };
    problems.push(result);
    return { kind: "broken" };
  };

  for (const [name, { source }] of declarations) find(name, source);
  return { find, params, problems };
}

/** A profile that nobody runs on a machine without the variable is not broken; these count once the value is used. */
const DEPENDS_ON_HOST: ReadonlySet<string> = new Set([unsetVariable.kind.id, demandedVariable.kind.id]);

const argumentSpot = (argument: number): Spot => ({ file: "command-line", line: argument, column: 1 });

function declare(source: Author, key: ScalarNode, value: Node, earlier: Declaration | undefined): Declaration {
  const inherited = earlier?.type ?? "string";
  const shared = { source, key, required: false, type: inherited };
  if (value.kind === "scalar") return { ...shared, fallback: value };
  const text = (name: string): ScalarNode | undefined => {
    const node = child(value, name);
    return node?.kind === "scalar" ? node : undefined;
  };
  const env = text("env");
  const fallback = text("default");
  const example = text("example");
  return {
    ...shared,
    type: (text("type")?.text as ParamType | undefined) ?? inherited,
    required: text("required")?.text === "true",
    ...(env && { env }),
    ...(fallback && { fallback }),
    ...(example !== undefined && { example }),
  };
}

/** A value as its type has it, or what is wrong with it. */
function convert(
  name: string,
  type: ParamType,
  text: Text,
  base: Base,
  spot: Spot,
  variable: string | undefined,
): Text | Problem {
  switch (type) {
    case "path": {
      const plain = absolutePath(text.plain, base, { inert: text.inert });
      const pattern = absolutePath(text.pattern, base, { inert: text.inert, quote: escapePattern });
      if (plain.path !== undefined && pattern.path !== undefined) {
        return { plain: plain.path, pattern: pattern.path, inert: true };
      }
      const path = text.plain;
      if (plain.flaw === "relative") return relativePath({ path, builtin: spot.file.startsWith("builtin:") }, spot);
      return refusedPath({ path, flaw: plain.flaw ?? "empty" }, spot);
    }
    case "name": {
      const plain = lastPart(text.plain);
      if (/^\.{0,2}$/.test(plain)) break;
      return { ...text, plain, pattern: lastPart(text.pattern) };
    }
    case "integer":
      if (/^(0|-?[1-9][0-9]*)$/.test(text.plain)) return text;
      break;
    case "boolean":
      if (/^(true|false)$/.test(text.plain)) return text;
      break;
    case "string":
      return text;
  }
  return paramType({ name, type, ...(variable === undefined ? { text: text.plain } : { variable }) }, spot);
}

const lastPart = (path: string): string => /([^/]*)\/*$/.exec(path)?.[1] ?? "";
