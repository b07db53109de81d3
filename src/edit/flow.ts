/** Text that YAML reads as it stands, inside of braces too: it begins with nothing that YAML reserves. */
const PLAIN = /^[\w./~+^=$][\w./~+@%^=$ -]*(?<! )$/;
/** What YAML takes for nothing. */
const NULL = /^(~|null|Null|NULL)$/;

/** Fields of a profile on one line, to be pasted into one: what the profile language would replace is escaped. */
export function flow(fields: Readonly<Record<string, unknown>>): string {
  return pairs(fields).join(", ");
}

/** A value of a profile on one line. */
export function flowValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowValue).join(", ")}]`;
  if (typeof value === "object" && value !== null) return `{${pairs(value).join(", ")}}`;
  return scalar(String(value));
}

const pairs = (fields: object): string[] =>
  Object.entries(fields).map(([key, value]) => `${scalar(key)}: ${flowValue(value)}`);

function scalar(text: string): string {
  const literal = text.replaceAll("${", () => "$${");
  return PLAIN.test(literal) && !NULL.test(literal) ? literal : JSON.stringify(literal);
}
