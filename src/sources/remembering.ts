import type { Source } from "../model/node.ts";
import type { Problem, Result } from "../model/problem.ts";
import type { Reader } from "./reader.ts";

/**
 * The characters of all texts that are kept: what profiles extend is short. A tree takes some sixteen times as much memory as
 * its text (measured), and a thread has little.
 */
const MOST = 128 * 1024;

/** A reader that reads a text once that is read again: many profiles of a repository extend the same few. */
export function remembering(reader: Reader): Reader {
  const loaded = new Map<string, { readonly text: string; readonly made: Result<Source> }>();
  const validated = new WeakMap<Source, readonly Problem[]>();
  let kept = 0;
  const forget = (key: string): void => {
    kept -= loaded.get(key)?.text.length ?? 0;
    loaded.delete(key);
  };
  return {
    load(file, directory, text) {
      const key = `${directory}\n${file}`;
      const before = loaded.get(key);
      const made = before?.text === text ? before.made : reader.load(file, directory, text);
      forget(key);
      if (text.length > MOST) return made;
      // The one that was asked for last is the last to go.
      for (const oldest of loaded.keys()) {
        if (kept + text.length <= MOST) break;
        forget(oldest);
      }
      loaded.set(key, { text, made });
      kept += text.length;
      return made;
    },
    validate(source) {
      const problems = validated.get(source) ?? reader.validate(source);
      validated.set(source, problems);
      return problems;
    },
  };
}
