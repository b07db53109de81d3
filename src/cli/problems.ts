import { formatProblems, type Problem, problemsJson, sourceText } from "../index.ts";

// A reader that went away must not end a run.
process.stderr.on("error", () => {});

/** Prints problems to standard error; this module is loaded only when there are any. */
export function printProblems(
  problems: readonly Problem[],
  options: { readonly words: readonly string[]; readonly json: boolean },
): void {
  const text = options.json ? problemsJson(problems) : formatted(problems, options.words);
  process.stderr.write(text);
}

/** Problems as people read them, with the lines they point to; the command line has one word a line. */
export function formatted(
  problems: readonly Problem[],
  words: readonly string[],
  stream: NodeJS.WriteStream = process.stderr,
): string {
  const sources = (file: string) => (file === "command-line" ? words.join("\n") : sourceText(file));
  return formatProblems(problems, { color: wantsColor(stream), cwd: process.cwd(), sources });
}

/** Colours on a terminal only, and as the user wishes (https://no-color.org). */
export function wantsColor(stream: NodeJS.WriteStream): boolean {
  if (process.env.NO_COLOR) return false;
  return stream.isTTY === true && process.env.TERM !== "dumb";
}
