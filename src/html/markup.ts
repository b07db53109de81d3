/** Text of a page that needs no escaping any more. */
export interface Markup {
  readonly markup: string;
}

export type Content = Markup | string | undefined | readonly Content[];
type Attributes = Readonly<Record<string, string | number | true | undefined>>;

/** Makes an element: every text and attribute that it is given is escaped, and every tag closed. */
export type Element = (tag: string, attributes: Attributes, ...content: readonly Content[]) => Markup;

const VOID: ReadonlySet<string> = new Set(["meta", "input"]);

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** The maker of elements; `visible` turns characters that a reader would not see, or that reorder a line, into text. */
export function elements(visible: (text: string) => string): Element {
  const text = (given: string) => visible(given).replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
  const written = (content: Content): string => {
    if (content === undefined) return "";
    if (typeof content === "string") return text(content);
    return "markup" in content ? content.markup : content.map(written).join("");
  };
  return (tag, attributes, ...content) => {
    const pairs = Object.entries(attributes).flatMap(([name, value]) => {
      if (value === undefined) return [];
      return [value === true ? ` ${name}` : ` ${name}="${text(String(value))}"`];
    });
    const open = `<${tag}${pairs.join("")}>`;
    return { markup: VOID.has(tag) ? open : `${open}${written(content)}</${tag}>` };
  };
}

/** Style or script of sbx's own: browsers read it as it stands. */
export const verbatim = (tag: "style" | "script", code: string): Markup => ({ markup: `<${tag}>${code}</${tag}>` });
