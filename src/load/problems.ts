import type { ErrorCode } from "yaml";
import { defineProblem } from "../model/problem.ts";
import { syntaxWords } from "./syntax-words.ts";

/** The text as it may stand in YAML whatever it holds; cut when long. */
export function quoted(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 59)}…` : text;
  return /["\\]/.test(short) ? `'${short.replaceAll("'", "''")}'` : `"${short}"`;
}

/** A piece of the file, cut when long. */
const shown = (text: string): string => `\`${text.length > 60 ? `${text.slice(0, 59)}…` : text}\``;

export const tooLarge = defineProblem<{ bytes: number; limit: number }>({
  id: "yaml/too-large",
  severity: "error",
  when: "A profile is larger than 1 MiB.",
  message: ({ bytes, limit }) => `the file has ${bytes} bytes; the limit is ${limit}`,
  help: () => "split it, and join the parts with `extends: [./part.yml]`",
});

export const empty = defineProblem<object>({
  id: "yaml/empty",
  severity: "error",
  when: "A profile has nothing in it but blanks and comments.",
  message: () => "the file is empty",
  help: () => "start with a line `version: 1`",
});

export const byteOrderMark = defineProblem<object>({
  id: "yaml/byte-order-mark",
  severity: "error",
  when: "A profile starts with a byte order mark.",
  message: () => "the file starts with a byte order mark",
  help: () => 'save it as "UTF-8 without BOM"',
});

export const encoding = defineProblem<object>({
  id: "yaml/encoding",
  severity: "error",
  when: "A profile is not UTF-8, or holds the character U+FFFD that stands for undecodable bytes.",
  message: () => "this is not UTF-8 text",
  help: () => "save the file as UTF-8",
});

export const character = defineProblem<{ code: string; written: string }>({
  id: "yaml/character",
  severity: "error",
  when: "A character that YAML does not allow (a control character) stands in a profile.",
  message: ({ code }) => `the character ${code} can't stand in YAML`,
  help: ({ code, written }) =>
    code === "U+000D" ? "end lines with a line feed alone" : `delete it, or write ${written} inside double quotes`,
});

export const tab = defineProblem<object>({
  id: "yaml/tab",
  severity: "error",
  when: "A tab stands outside of quotes, block texts and comments.",
  message: () => "a tab can't stand here",
  help: () => 'use spaces; inside double quotes a tab is written "\\t"',
});

export const directive = defineProblem<{ text: string }>({
  id: "yaml/directive",
  severity: "error",
  when: "A profile holds a `%YAML` or `%TAG` line.",
  message: ({ text }) => `the directive ${shown(text)} is not supported`,
  help: () => "delete the line",
});

export const severalDocuments = defineProblem<object>({
  id: "yaml/several-documents",
  severity: "error",
  when: "A profile holds more than one YAML document.",
  message: () => "a second document starts here; a profile is one",
  help: () => "move it to a file of its own, or use variants: `profiles: {NAME: {…}}`",
});

export const anchor = defineProblem<{ text: string; value: string }>({
  id: "yaml/anchor",
  severity: "error",
  when: "A profile uses a YAML anchor (`&name`), or a value starts with `&` without quotes.",
  message: ({ text }) => `${shown(text)} is a YAML anchor, which is not supported`,
  help: ({ value }) =>
    `to share settings use \`flags:\` or \`extends:\`; if you mean the text, quote it: ${quoted(value)}`,
});

export const alias = defineProblem<{ text: string; value: string }>({
  id: "yaml/alias",
  severity: "error",
  when: "A profile uses a YAML alias (`*name`), or a value starts with `*` without quotes.",
  message: ({ text }) => `${shown(text)} is a YAML alias, which is not supported`,
  help: ({ value }) => `if you mean the text, quote it: ${quoted(value)}`,
});

export const tag = defineProblem<{ text: string; value: string }>({
  id: "yaml/tag",
  severity: "error",
  when: "A profile uses a YAML tag (`!name`), or a value starts with `!` without quotes.",
  message: ({ text }) => `${shown(text)} is a YAML tag, which is not supported`,
  help: ({ value }) => `delete it; if you mean the text, quote it: ${quoted(value)}`,
});

export const mergeKey = defineProblem<object>({
  id: "yaml/merge-key",
  severity: "error",
  when: "A profile uses the YAML merge key `<<`.",
  message: () => "the merge key `<<` is not supported",
  help: () => "use `extends:` or a flag set (`flags:`)",
});

export const unquotedVariable = defineProblem<{ text: string }>({
  id: "yaml/unquoted-variable",
  severity: "error",
  when: "`${…}` stands without quotes inside `{}` or `[]`, where YAML reads its brace as a mapping.",
  message: () => "inside {} and [], `${` needs quotes: YAML takes the brace for a mapping",
  help: ({ text }) => `quote it: ${quoted(text)}`,
});

export const unquotedStart = defineProblem<{ first: string; text: string }>({
  id: "yaml/unquoted-start",
  severity: "error",
  when: "A value without quotes starts with a character that YAML reserves.",
  message: ({ first }) => `a value can't start with \`${first}\` unless it is quoted`,
  help: ({ text }) => `quote it: ${quoted(text)}`,
});

export const colonInValue = defineProblem<{ text: string }>({
  id: "yaml/colon-in-value",
  severity: "error",
  when: "A value without quotes holds a colon followed by a blank.",
  message: () => "a value that holds a colon and a blank needs quotes",
  help: ({ text }) => `quote it: ${quoted(text)}`,
});

export const unclosedQuote = defineProblem<{ quote: string }>({
  id: "yaml/unclosed-quote",
  severity: "error",
  when: "A quote is opened and not closed, or the lines inside it are not indented.",
  message: ({ quote }) => `this ${quote} is never closed`,
  help: ({ quote }) =>
    `close it, and indent the lines inside it; inside ${quote === "'" ? "single quotes ' is written ''" : 'double quotes " is written \\"'}`,
});

export const unclosedBracket = defineProblem<{ open: string; found: string }>({
  id: "yaml/unclosed-bracket",
  severity: "error",
  when: "A `{` or `[` is not closed, closed by the wrong bracket, or the lines inside it are not indented.",
  message: ({ open, found }) =>
    found === "" ? `this ${open} is never closed` : `${shown(found)} stands where ${shown(open)} should be closed`,
  help: ({ open }) => `add ${shown(open === "[" ? "]" : "}")}, and indent every line before it`,
});

export const nullValue = defineProblem<{ written: string; key: string | undefined; role: "key" | "value" | "item" }>({
  id: "yaml/null",
  severity: "error",
  when: "A key, a value or a list item is empty, `null` or `~`.",
  message: ({ written, key, role }) => {
    const whose = role === "value" && key !== undefined ? `the value of ${shown(key)}` : `this ${role}`;
    return written === "" ? `${whose} is empty` : `${whose} is ${shown(written)}, which YAML reads as nothing`;
  },
  help: ({ written, role }) => {
    if (written === "~") return 'write it in quotes if you mean the home directory: "~"';
    if (written !== "") return `quote it if you mean the text: ${quoted(written)}; else delete the line`;
    if (role === "key") return "write a key before the colon";
    return 'write a value ("" is an empty text, {} an empty mapping, [] an empty list), or delete the line';
  },
});

export const duplicateKey = defineProblem<{ key: string }>({
  id: "yaml/duplicate-key",
  severity: "error",
  when: "A mapping has the same key twice.",
  message: ({ key }) => `the key ${shown(key)} stands here a second time`,
  help: () => "join the two, or delete one",
});

export const keyNotText = defineProblem<object>({
  id: "yaml/key-not-text",
  severity: "error",
  when: "A key is a list or a mapping.",
  message: () => "a key must be text, not a list or mapping",
  help: () => "quote it if you mean the text",
});

export const notAMapping = defineProblem<{ found: "a list" | "text" }>({
  id: "yaml/not-a-mapping",
  severity: "error",
  when: "The top of a profile is no mapping.",
  message: ({ found }) => `a profile is a mapping of keys to values; this is ${found}`,
  help: () => "write `key: value` lines, with a blank after the colon: `version: 1`",
});

export const tooDeep = defineProblem<{ limit: number }>({
  id: "yaml/too-deep",
  severity: "error",
  when: "Lists and mappings are nested more than 50 deep.",
  message: ({ limit }) => `lists and mappings are nested more than ${limit} deep`,
  help: () => "no part of a profile needs that: look for a stray bracket or indentation",
});

export const syntax = defineProblem<{ code: ErrorCode; found: string }>({
  id: "yaml/syntax",
  severity: "error",
  when: "A profile is not well-formed YAML, or the parser warns of it.",
  message: ({ code, found }) => syntaxWords(code, found)?.message ?? "this can't stand here",
  help: ({ code, found }) =>
    syntaxWords(code, found)?.help ?? "check quotes, colons and indentation here and on the line above",
});
