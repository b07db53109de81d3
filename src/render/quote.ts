/** What a terminal acts on, hides or reorders: control and format characters, line and paragraph separators. */
const UNSAFE = /[\p{Cc}\p{Cf}\u2028\u2029]/u;
const RUNS = /[^\P{Cc}\n\t]+|[\p{Cf}\u2028\u2029]+/gu;

/** A word that a POSIX shell reads back as this text; as it is where nothing in it is special. */
export function quote(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  const quoted = `'${text.replaceAll("'", "'\\''")}'`;
  return UNSAFE.test(text) ? quoted.replace(RUNS, (run) => `'"$(printf '${octal(run)}')"'`) : quoted;
}

const octal = (run: string): string =>
  [...new TextEncoder().encode(run)].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
