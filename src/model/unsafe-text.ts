/**
 * What must not reach a terminal from a profile, a path or the environment: control characters (they move the cursor
 * and recolour what sbx says, as in CVE-2023-28101), characters that reorder a line (Unicode's bidirectional
 * formatting), that end one (U+2028, U+2029), and invisible ones that make two names look the same.
 */
export const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;

/** Whether a text holds any of these, line ends and tabs aside. */
export const isUnsafe = (text: string): boolean => text.replace(/[\n\t]/g, "").search(UNSAFE) >= 0;
