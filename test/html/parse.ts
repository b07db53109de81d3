/** An element of a page, and the text directly in it. */
export interface Parsed {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (Parsed | string)[];
}

interface Open {
  readonly tag: string;
  readonly attributes: Record<string, string>;
  readonly children: (Parsed | string)[];
}

const VOID = ["meta", "input"];
const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

/** Reads a page strictly: a tag that is not closed, a bare `<` or `&`, an attribute without quotes is an error. */
export function parsePage(html: string): Parsed {
  const top: Open = { tag: "", attributes: {}, children: [] };
  const stack: Open[] = [top];
  const token = /<!doctype html>|<!--[\s\S]*?-->|<(\/?)([a-z][a-z0-9]*)((?: [a-z-]+(?:="[^"<>]*")?)*)>|[^<]+/y;
  while (token.lastIndex < html.length) {
    const at = token.lastIndex;
    const found = token.exec(html);
    if (found === null) throw new Error(`not well-formed at ${at}: ${html.slice(at, at + 80)}`);
    const [text = "", slash, tag, rest = ""] = found;
    const open = stack.at(-1) ?? top;
    if (text.startsWith("<!")) continue;
    if (tag === undefined) open.children.push(decoded(text));
    else if (slash === "/") {
      if (open.tag !== tag) throw new Error(`</${tag}> closes <${open.tag}> at ${at}`);
      stack.pop();
    } else {
      const pairs = [...rest.matchAll(/ ([a-z-]+)(?:="([^"]*)")?/g)];
      const element: Open = {
        tag,
        attributes: Object.fromEntries(pairs.map(([, name = "", value = ""]) => [name, decoded(value)])),
        children: [],
      };
      open.children.push(element);
      if (VOID.includes(tag)) continue;
      stack.push(element);
      if (tag !== "style" && tag !== "script") continue;
      // Raw text: browsers look for nothing but its end.
      const end = html.indexOf(`</${tag}`, token.lastIndex);
      element.children.push(html.slice(token.lastIndex, end));
      token.lastIndex = end;
    }
  }
  if (stack.length !== 1) throw new Error(`<${stack.at(-1)?.tag}> is never closed`);
  return top;
}

function decoded(text: string): string {
  return text.replace(/&([^;]*;?)/g, (whole, name: string) => {
    const char = ENTITIES[name.replace(/;$/, "")];
    if (char === undefined || !name.endsWith(";")) throw new Error(`not escaped: ${whole}`);
    return char;
  });
}

/** Every element below, in document order. */
export function* elementsOf(parsed: Parsed): Generator<Parsed> {
  for (const child of parsed.children) {
    if (typeof child === "string") continue;
    yield child;
    yield* elementsOf(child);
  }
}

export const textOf = (parsed: Parsed): string =>
  parsed.children.map((child) => (typeof child === "string" ? child : textOf(child))).join("");

/** The elements with a class. */
export const ofClass = (parsed: Parsed, name: string): Parsed[] =>
  [...elementsOf(parsed)].filter(({ attributes }) => attributes.class?.split(" ").includes(name));
