/** `LC_*` and its kind: `*` stands for any characters, `?` for any one, nothing else is special. */
export function variableMatcher(pattern: string): (name: string) => boolean {
  // Most are plain names, and are asked about in every plan.
  if (!/[*?]/.test(pattern)) return (name) => name === pattern;
  const source = pattern.replace(/\*+|[^A-Za-z0-9_]/g, (text) => {
    if (text.startsWith("*")) return ".*";
    return text === "?" ? "." : `\\${text}`;
  });
  const expression = new RegExp(`^${source}$`, "s");
  return (name) => expression.test(name);
}
