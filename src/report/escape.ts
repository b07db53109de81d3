import { UNSAFE } from "../model/unsafe-text.ts";

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

const escaped = (char: string): string => {
  const code = char.codePointAt(0) ?? 0;
  return SHORT[char] ?? (code < 0x100 ? `\\x${hex(code, 2)}` : `\\u{${hex(code, 4)}}`);
};

const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, "0");

/** Text that may come from anywhere, made safe to print on one line. */
export const escapeText = (text: string): string => text.replace(UNSAFE, escaped);

/** A line of a file, made safe to print; tabs become blanks. */
export const escapeLine = (line: string): string => escapeText(line.replaceAll("\t", "    "));

/** The same characters as JSON escapes; what is read back is unchanged. */
export const escapeJson = (json: string): string =>
  json.replace(UNSAFE, (char) =>
    // JSON.stringify has escaped what it must; the line ends left over are its own indentation.
    char === "\n" ? char : [...Array(char.length).keys()].map((at) => `\\u${hex(char.charCodeAt(at), 4)}`).join(""),
  );
