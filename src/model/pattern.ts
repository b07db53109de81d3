/** An unescaped `*`, `?`, `[` or `{`; parentheses, `!`, `+` and `@` are ordinary letters of file names. */
export const PATTERN_LETTER = /(?<!\\)(?:\\\\)*[*?[{]/;

/** Whether a pattern is one; what came from the host (a home directory, say) is escaped by backslashes. */
export const isGlob = (pattern: string): boolean => PATTERN_LETTER.test(pattern);

/** The path that a pattern without special letters stands for, or that one with them would be as a mere name. */
export const literalPath = (pattern: string): string => pattern.replace(/\\(.)/gs, "$1");

/** A pattern that matches exactly this text. */
export const escapePattern = (text: string): string => text.replace(/[\\*?[\]{}()"]/g, "\\$&");
