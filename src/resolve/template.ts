/** A piece of a text that may hold variables. Offsets count characters of the text. */
export type Part = TextPart | Reference;

export interface TextPart {
  readonly kind: "text";
  readonly text: string;
}
export interface Reference {
  readonly kind: "reference";
  readonly name: string;
  readonly offset: number;
  readonly length: number;
  /** What `:-` offers when the variable has no value. */
  readonly fallback?: string;
  /** What `:?` says when the variable has no value. */
  readonly demand?: string;
}

/** A place where a text opens a variable and does not go on as one. */
export interface Flaw {
  readonly kind: "unterminated" | "nested" | "malformed";
  readonly text: string;
  readonly offset: number;
}

export interface Template {
  readonly parts: readonly Part[];
  readonly flaws: readonly Flaw[];
}

const REFERENCE = /^([A-Za-z_][A-Za-z0-9_-]*)(?::([-?])(.*))?$/s;

/** Takes a text apart: `${name}`, `${name:-default}`, `${name:?message}`; `$${` is a literal `${`, any other `$` is itself. */
export function parseTemplate(text: string): Template {
  const parts: Part[] = [];
  const flaws: Flaw[] = [];
  let from = 0;
  for (;;) {
    const open = text.indexOf("${", from);
    if (open < 0) break;
    if (text[open - 1] === "$") {
      parts.push({ kind: "text", text: `${text.slice(from, open - 1)}\${` });
      from = open + 2;
      continue;
    }
    if (open > from) parts.push({ kind: "text", text: text.slice(from, open) });
    const close = text.indexOf("}", open);
    if (close < 0) {
      flaws.push({ kind: "unterminated", text: text.slice(open), offset: open });
      return { parts, flaws };
    }
    const whole = text.slice(open, close + 1);
    const part = referenceIn(whole, open);
    if ("name" in part) parts.push(part);
    else flaws.push(part);
    from = close + 1;
  }
  if (from < text.length) parts.push({ kind: "text", text: text.slice(from) });
  return { parts, flaws };
}

function referenceIn(text: string, offset: number): Reference | Flaw {
  const body = text.slice(2, -1);
  if (body.includes("${")) return { kind: "nested", text, offset };
  const [matched, name, operator, operand = ""] = REFERENCE.exec(body) ?? [];
  if (matched === undefined || name === undefined) return { kind: "malformed", text, offset };
  const reference = { kind: "reference", name, offset, length: text.length } as const;
  if (operator === "-") return { ...reference, fallback: operand };
  if (operator === "?") return { ...reference, demand: operand };
  return reference;
}
