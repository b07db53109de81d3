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
/** Among the words of a command: `NAME=value`, `--name=value`, `--name value`. */
const AS_OPTION =
  /(?:^|\s)-{0,2}([A-Za-z_][A-Za-z0-9_-]*)=("[^"]*"|'[^']*'|\S+)|(?:^|\s)--([A-Za-z][A-Za-z0-9-]*)\s+([^\s-]\S*)/g;

/** What a file's text gives to the names in it. */
export function assignmentsIn(text: string): Assignment[] {
  return text.split(/\r?\n/).flatMap((line): Assignment[] => {
    if (/^\s*(#|;|\/\/\s)/.test(line)) return [];
    const whole = ON_A_LINE.exec(line);
    const others = [IN_BRACES, AS_WORDS].flatMap((pattern) => [...line.matchAll(pattern)]);
    return [...(whole === null ? [] : [whole]), ...others].map(([, name = "", value = ""]) => assignment(name, value));
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
