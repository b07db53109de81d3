import { load } from "../../src/load/index.ts";
import type { Source } from "../../src/model/node.ts";
import type { Problem } from "../../src/model/problem.ts";
import { validate } from "../../src/validate/index.ts";

/** The text of a profile as a located tree. */
export function source(text: string): Source {
  const { value, problems } = load("/p/.sandbox.yml", "/p", text);
  if (!value) throw new Error(`not well-formed: ${problems.map(({ message }) => message).join("; ")}`);
  return value;
}

/** What the first pass finds in a profile. */
export const check = (text: string): readonly Problem[] => validate(source(text));
