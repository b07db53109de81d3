/** Text that YAML reads as it stands, inside of braces too: it begins with nothing that YAML reserves. */
const PLAIN = /^[\w./~+^=$][\w./~+@%^=$ -]*(?<! )$/;
/** What YAML, or a reader of its version 1.1, takes for something else than a text: nothing, a truth, a number, a day. */
const OTHER =
  /^(~|null|true|false|yes|no|on|off|y|n|[-+]?(\d*\.\d*|\.inf|\.nan)(e[-+]?\d+)?|\d+e[-+]?\d+|\d{4}-\d\d?-\d\d?.*)$/i;

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
  return PLAIN.test(literal) && !OTHER.test(literal) ? literal : JSON.stringify(literal);
}
