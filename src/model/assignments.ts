import { piecesOf } from "./pieces.ts";

/** A name, and what a text gives it. */
export interface Assignment {
  readonly name: string;
  readonly value: string;
}

/** `NAME=value`, `name: value`, `"name": "value"`: as shells, INI files, YAML, JSON and npm write it, one on a line. */
const ON_A_LINE =
  /^[\s{,]*(?:export\s+|set\s+|-\s+)?["']?[^\s"'=]*?([A-Za-z_][A-Za-z0-9_-]*)["']?\s*[=:]\s*(.+?)[\s,;}]*$/;
/** As JSON writes it, with more on the same line. */
const IN_BRACES = /"([A-Za-z_][A-Za-z0-9_-]*)"\s*:\s*"((?:[^"\\]|\\.)*)"/g;
/** As netrc(5) writes it, with more on the same line. */
const AS_WORDS = /(?:^|\s)(password|passwd|account)\s+(\S+)/g;
const OF_NETRC = /(^|\s)(machine\s+\S|default\s+login|login\s+\S)/;
/** One word, or one in quotes: several are a list or a sentence. */
const ONE = /^(["'].*["']|\S+)$/s;
/** Among the words of a command: `NAME=value`, `--name=value`, `--name value`. */
const AS_OPTION =
  /(?:^|\s)-{0,2}([A-Za-z_][A-Za-z0-9_-]*)=("[^"]*"|'[^']*'|\S+)|(?:^|\s)--([A-Za-z][A-Za-z0-9-]*)\s+([^\s-]\S*)/g;

/** What a file's text gives to the names in it. */
export function assignmentsIn(text: string): Assignment[] {
  const lines = text.split(/\r?\n/).flatMap((line) => piecesOf(line).map(([, piece]) => piece));
  return lines.flatMap((line): Assignment[] => {
    if (/^\s*(#|;|\/\/\s)/.test(line)) return [];
    const whole = ON_A_LINE.exec(line);
    const isNetrc = OF_NETRC.test(line) || /^\s*(password|passwd)\s+\S+\s*$/.test(line);
    const others = (isNetrc ? [IN_BRACES, AS_WORDS] : [IN_BRACES]).flatMap((pattern) => [...line.matchAll(pattern)]);
    const isWhole = whole !== null && ONE.test(whole[2] ?? "");
    return [...(isWhole ? [whole] : []), ...others].map(([, name = "", value = ""]) => assignment(name, value));
  });
}

/** What a line of a shell, or one word of a command, gives to names. */
export const optionsIn = (text: string): Assignment[] =>
  [...text.matchAll(AS_OPTION)].map(([, name, value, option, word]) =>
    assignment(name ?? option ?? "", value ?? word ?? ""),
  );

const assignment = (name: string, value: string): Assignment => ({
  name: name.replaceAll("-", "_"),
  value: value.replace(/^(["'])(.*)\1$/s, "$2"),
});
