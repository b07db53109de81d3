/** Text that YAML reads as it stands, inside of braces too. */
const PLAIN = /^[\w./~+@%^=$-][\w./~+@%^=$ -]*(?<! )$/;

/** Fields of a profile on one line, to be pasted into one: what the profile language would replace is escaped. */
export function flow(fields: Readonly<Record<string, unknown>>): string {
  return pairs(fields).join(", ");
}

const pairs = (fields: object): string[] =>
  Object.entries(fields).map(([key, value]) => `${scalar(key)}: ${inner(value)}`);

function inner(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inner).join(", ")}]`;
  if (typeof value === "object" && value !== null) return `{${pairs(value).join(", ")}}`;
  return scalar(String(value));
}

function scalar(text: string): string {
  const literal = text.replaceAll("${", () => "$${");
  return PLAIN.test(literal) && !literal.startsWith("-") ? literal : JSON.stringify(literal);
}
