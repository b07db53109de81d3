import type { Source } from "../model/node.ts";
import type { Problem, Result } from "../model/problem.ts";
import type { Reader } from "./reader.ts";

/** More than one profile extends, and little enough to keep. */
const MOST = 50;

/** A reader that reads a text once that is read again: many profiles of a repository extend the same few. */
export function remembering(reader: Reader): Reader {
  const loaded = new Map<string, { readonly text: string; readonly made: Result<Source> }>();
  const validated = new WeakMap<Source, readonly Problem[]>();
  return {
    load(file, directory, text) {
      const key = `${directory}\n${file}`;
      const before = loaded.get(key);
      const made = before?.text === text ? before.made : reader.load(file, directory, text);
      // The one that was asked for last is the last to go.
      loaded.delete(key);
      loaded.set(key, { text, made });
      const [oldest] = loaded.keys();
      if (loaded.size > MOST && oldest !== undefined) loaded.delete(oldest);
      return made;
    },
    validate(source) {
      const problems = validated.get(source) ?? reader.validate(source);
      validated.set(source, problems);
      return problems;
    },
  };
}
