import type { ErrorCode } from "yaml";

interface Row {
  readonly code: ErrorCode;
  readonly found: RegExp;
  readonly message: string;
  readonly help: string;
}

const ROWS: readonly Row[] = [
  {
    code: "UNEXPECTED_TOKEN",
    found: /at node end/,
    message: "this does not belong to the value before it",
    help: "check quotes and indentation; to make both one value, quote the whole",
  },
  {
    code: "UNEXPECTED_TOKEN",
    found: /block-seq-ind on same line/,
    message: "a list can't begin on the line of its key",
    help: "start it on the next line, or write [one, two]",
  },
  {
    code: "UNEXPECTED_TOKEN",
    found: /Block scalar header|Not a YAML token/,
    message: "nothing can follow `|` or `>` on its line",
    help: "start the text on the next line, indented; if you mean the character, quote the value",
  },
  {
    code: "UNEXPECTED_TOKEN",
    found: /Unexpected (,|empty item) in/,
    message: "an item is missing at this comma",
    help: "delete the comma, or write the item",
  },
  {
    code: "UNEXPECTED_TOKEN",
    found: /flow-(map|seq)-end/,
    message: "this bracket closes nothing",
    help: "delete it; if you mean the character, quote the value",
  },
  {
    code: "MISSING_CHAR",
    found: /between flow/,
    message: "a comma is missing before this",
    help: "separate items by commas; a text with blanks or brackets may need quotes",
  },
  {
    code: "MISSING_CHAR",
    found: /followed by map values/,
    message: "this is no `key: value`",
    help: "write a colon, a blank and a value after it; a list item starts with `- `",
  },
  {
    code: "MISSING_CHAR",
    found: /Comments must be separated/,
    message: "a comment needs a blank before its `#`",
    help: "add the blank; if you mean the character, quote the value",
  },
  {
    code: "MISSING_CHAR",
    found: /Missing space after/,
    message: "a blank is missing after the colon",
    help: "write `key: value`",
  },
  {
    code: "MISSING_CHAR",
    found: /same line with directives-end/,
    message: "nothing can follow `---` on its line",
    help: "start on the next line, or delete `---`",
  },
  {
    code: "MISSING_CHAR",
    found: /without - indicator/,
    message: "this is no list item, though it stands between list items",
    help: "start it with `- `, or move it to the column that it belongs to",
  },
  {
    code: "BAD_INDENT",
    found: /./,
    message: "the indentation fits nothing above",
    help: "start the keys of a mapping, and the items of a list, in the same column",
  },
  {
    code: "MULTILINE_IMPLICIT_KEY",
    found: /flow sequence/,
    message: "inside [], items stand between commas, without dashes",
    help: "write [one, two]",
  },
  {
    code: "MULTILINE_IMPLICIT_KEY",
    found: /./,
    message: "this is no `key: value`",
    help: "write a colon and a blank after the key, on the same line; indent text that goes on",
  },
  {
    code: "BLOCK_AS_IMPLICIT_KEY",
    found: /^on one line$/,
    message: "a value can't hold a `key: value` on its own line",
    help: "indent the key on the line below; if all of it is one text, quote the whole",
  },
  {
    code: "BLOCK_AS_IMPLICIT_KEY",
    found: /./,
    message: "a key that has a value on its own line can't have keys or items below it",
    help: "delete the value, or move what is below to the column of the key",
  },
  {
    code: "BLOCK_IN_FLOW",
    found: /./,
    message: "inside {} and [], lists and mappings are written with brackets too",
    help: "write [one, two] or {key: value}",
  },
  {
    code: "BAD_DQ_ESCAPE",
    found: /./,
    message: "this is no escape that YAML knows",
    help: "write \\\\ for a backslash, or use single quotes",
  },
  {
    code: "KEY_OVER_1024_CHARS",
    found: /./,
    message: "a key can't be longer than 1024 characters",
    help: "check for a missing line end or quote",
  },
];

/** What a finding of the YAML parser means to somebody who writes a profile; the first row that matches counts. */
export const syntaxWords = (code: ErrorCode, found: string): Row | undefined =>
  ROWS.find((row) => row.code === code && row.found.test(found));
