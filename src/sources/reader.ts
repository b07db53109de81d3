import type { Source } from "../model/node.ts";
import type { Problem, Result } from "../model/problem.ts";

/** How a text becomes a source: the stages load and validate, loaded only when there is a text. */
export interface Reader {
  load(file: string, directory: string | undefined, text: string): Result<Source>;
  validate(source: Source): readonly Problem[];
}
