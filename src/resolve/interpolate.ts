import { nearest } from "../model/nearest.ts";
import type { ScalarNode } from "../model/node.ts";
import type { Problem, Spot } from "../model/problem.ts";
import { looksSecret } from "../model/secret.ts";
import {
  demandedVariable,
  longText,
  noDirectory,
  secretVariable,
  unknownVariable,
  unsetVariable,
  variableSyntax,
} from "./problems.ts";
import { type Author, spotInside, spotOf } from "./spot.ts";
import { parseTemplate, type Reference } from "./template.ts";
import { authorText, joinTexts, type Text } from "./text.ts";
import { type Found, VARIABLES } from "./variables.ts";

/** What is needed to replace the variables in a file's texts. */
export interface Scope {
  readonly source: Author;
  readonly find: (name: string) => Found;
  /** The declared parameters. */
  readonly params: Iterable<string>;
  readonly report: (problem: Problem) => void;
}

/** MAX_ARG_STRLEN: what execve(2) takes as one argument, or one variable of the environment. */
const LONGEST = 131_071;

/**
 * A scalar with its variables replaced; undefined when a problem was reported, now or before. One pass: values are
 * put in as they are and not looked at again.
 */
export function interpolate(scalar: ScalarNode, scope: Scope): Text | undefined {
  if (!scalar.text.includes("${")) return authorText(scalar.text);
  const { parts, flaws } = parseTemplate(scalar.text);
  for (const { kind: flaw, text, offset } of flaws) {
    scope.report(variableSyntax({ text, flaw }, spotInside(scope.source, scalar, offset, text.length)));
  }
  const texts = parts.map((part) => (part.kind === "text" ? authorText(part.text) : replace(part, scalar, scope)));
  const known = texts.filter((text) => text !== undefined);
  if (flaws.length > 0 || known.length < texts.length) return undefined;
  // Parameters made of parameters can double with every line.
  const length = known.reduce((sum, { plain }) => sum + plain.length, 0);
  if (length <= LONGEST) return joinTexts(known);
  scope.report(longText({ length, limit: LONGEST }, spotOf(scope.source, scalar.span)));
  return undefined;
}

function replace(reference: Reference, scalar: ScalarNode, scope: Scope): Text | undefined {
  const { name, fallback, demand } = reference;
  const found = scope.find(name);
  const spot = spotInside(scope.source, scalar, reference.offset, reference.length);
  switch (found.kind) {
    case "value":
      if (found.text.plain !== "") return found.text;
      if (fallback !== undefined) return authorText(fallback);
      if (demand === undefined) return found.text;
      scope.report(demandedVariable({ name, demand }, spot));
      return undefined;
    case "unset":
      if (fallback !== undefined) return authorText(fallback);
      for (const problem of missing(reference, found.problems, spot, [...scope.params].includes(name))) {
        scope.report(problem);
      }
      return undefined;
    case "broken":
      return undefined;
    case "no-directory":
      if (fallback !== undefined) return authorText(fallback);
      scope.report(noDirectory({ name }, spot));
      return undefined;
    case "secret":
      scope.report(secretVariable({ name }, spot));
      return undefined;
    case "unknown":
      scope.report(unknown(name, spot, scope));
      return undefined;
  }
}

/** One mistake, one problem: what keeps a parameter from having a value is said where it is declared. */
function missing({ name, demand }: Reference, why: readonly Problem[], spot: Spot, param: boolean): readonly Problem[] {
  if (demand !== undefined) return [demandedVariable({ name, demand }, spot)];
  return why.length > 0 ? why : [unsetVariable({ name, param }, spot)];
}

function unknown(name: string, spot: Spot, scope: Scope): Problem {
  const params = [...scope.params];
  const hint = !/^[A-Z_][A-Z0-9_]*$/.test(name)
    ? `declare it: \`params: {${name.toLowerCase()}: …}\``
    : looksSecret(name)
      ? `pass it with env.pass: \`env: {pass: [${name}]}\``
      : `declare a parameter that reads it: \`params: {${name.toLowerCase()}: {env: ${name}}}\``;
  return unknownVariable({ name, nearest: nearest(name, [...params, ...VARIABLES]), hint }, spot);
}
