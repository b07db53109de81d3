import { escapeText } from "../index.ts";

/** An element of an XML document; what is in it is XML already. */
export function element(tag: string, attributes: Readonly<Record<string, string | number>>, inner: string): string {
  const all = Object.entries(attributes).map(
    ([name, value]) => ` ${name}="${xmlText(String(value)).replaceAll("\n", "&#10;")}"`,
  );
  return inner === "" ? `<${tag}${all.join("")}/>\n` : `<${tag}${all.join("")}>${inner}</${tag}>\n`;
}

/** Text in an XML document: XML 1.0 has no place for control characters, however they are written. */
export const xmlText = (content: string): string =>
  content
    .split("\n")
    .map(escapeText)
    .join("\n")
    .replace(/[\ufffe\uffff]/g, "?")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
