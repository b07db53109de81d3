/** How far a value is followed: enough to show it, and a line of a megabyte stays cheap however many values it holds. */
const FAR = 200;

const CLOSES: Readonly<Record<string, string>> = { "{": "}", "[": "]" };

/**
 * Where the value that starts at `start` was meant to end, had it been quoted: before a `: `, a comment, the end of
 * the line and, inside brackets, before the comma or bracket that ends the item. Brackets inside the value are skipped.
 */
export function valueEnd(
  text: string,
  start: number,
  { inBrackets, throughColons = false }: { readonly inBrackets: boolean; readonly throughColons?: boolean },
): number {
  const open: string[] = [];
  let end = start;
  for (let at = start; at < Math.min(text.length, start + FAR); at += 1) {
    const char = text[at] ?? "";
    if (char === "\n" || char === "\r") break;
    if (char === "#" && end < at) break;
    if (open.length === 0) {
      if (char === ":" && !throughColons && /^\s?$/.test(text[at + 1] ?? "")) break;
      if (inBrackets && (char === "," || char === "]" || char === "}")) break;
    }
    const close = CLOSES[char];
    if (close !== undefined) open.push(close);
    else if (char === open.at(-1)) open.pop();
    if (!/\s/.test(char)) end = at + 1;
  }
  return end;
}
