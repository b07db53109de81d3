import type { Problem } from "../model/problem.ts";
import type { At } from "./at.ts";
import { byteOrderMark, character, encoding, tooLarge } from "./problems.ts";

/** The largest profile that is read. */
export const MAX_BYTES = 1024 * 1024;

/** What YAML's c-printable leaves out (1.2.2, section 5.1), a carriage return without its line feed, and U+FFFD. */
const REFUSED =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ud800-\udfff\ufffd-\uffff]|\r(?!\n)/u;

/**
 * The first thing in the characters themselves that stops the reading. Control characters are refused before the
 * lexer sees the text also because it uses some of them as its own marks.
 */
export function characterProblem(text: string, at: At): Problem | undefined {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_BYTES) return tooLarge({ bytes, limit: MAX_BYTES }, at(0));
  if (text.startsWith("\ufeff")) return byteOrderMark({}, at(0, 1));
  const found = REFUSED.exec(text);
  if (!found) return undefined;
  const spot = at(found.index, found.index + 1);
  if (found[0] === "\ufffd") return encoding({}, spot);
  const hex = found[0].charCodeAt(0).toString(16).padStart(4, "0");
  return character({ code: `U+${hex.toUpperCase()}`, written: `\\u${hex}` }, spot);
}
