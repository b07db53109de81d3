import { type Document, isMap, isScalar, isSeq, type ParsedNode, type Scalar, type YAMLMap, type YAMLSeq } from "yaml";
import type { ListNode, MapEntry, MapNode, Node, ScalarNode } from "../model/node.ts";
import type { Problem } from "../model/problem.ts";
import type { Place, Span } from "../model/source.ts";
import type { At } from "./at.ts";
import { duplicateKey, empty, keyNotText, mergeKey, notAMapping, nullValue } from "./problems.ts";

type Pair = YAMLMap.Parsed["items"][number];

const NULL = /^(?:|~|null|Null|NULL)$/;

/** Turns the library's document into a located tree, and reports what sbx refuses in well-formed YAML. */
export function locatedTree(
  text: string,
  document: Document.Parsed,
  at: At,
): { readonly root: MapNode | undefined; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];

  const span = (start: number, end: number): Span => {
    const { line, column, endLine, endColumn } = at(start, end);
    return { line, column, endLine, endColumn };
  };
  /** A flow collection ends at its bracket, a block collection where its last part ends (not after the comments below). */
  const around = (node: YAMLMap.Parsed | YAMLSeq.Parsed, last: Node | undefined): Span => {
    const whole = span(node.range[0], node.range[1]);
    return node.flow || !last ? whole : { ...whole, endLine: last.span.endLine, endColumn: last.span.endColumn };
  };

  const readScalar = (node: Scalar.Parsed): ScalarNode => {
    const [start, end] = node.range;
    // A block text's range runs on into the lines after it.
    const length = text.slice(start, end).trimEnd().length;
    return { kind: "scalar", text: String(node.value), span: span(start, start + length) };
  };
  const isNull = (node: ParsedNode | null): boolean =>
    isScalar(node) &&
    node.type === "PLAIN" &&
    NULL.test(String(node.value)) &&
    node.tag === undefined &&
    node.anchor === undefined;

  const read = (node: ParsedNode): Node => {
    if (isScalar(node)) return readScalar(node);
    if (isMap(node)) return readMap(node);
    if (isSeq(node)) return readList(node);
    return { kind: "scalar", text: "", span: span(node.range[0], node.range[1]) };
  };

  const readMap = (node: YAMLMap.Parsed): MapNode => {
    const seen = new Map<string, Place>();
    const entries = node.items.map((pair) => {
      const entry = readEntry(pair);
      if (!isScalar(pair.key)) return entry;
      const { text: name } = entry.key;
      const { file, line, column } = at(pair.key.range[0]);
      const first = seen.get(name);
      if (!first) seen.set(name, { file, line, column });
      else problems.push(duplicateKey({ key: name }, spotOf(entry.key), [{ ...first, message: "the first one" }]));
      return entry;
    });
    return { kind: "map", entries, span: around(node, entries.at(-1)?.value) };
  };

  const readEntry = ({ key, value }: Pair): MapEntry => {
    const [start, end] = key.range;
    const name: ScalarNode = isScalar(key)
      ? readScalar(key)
      : { kind: "scalar", text: text.slice(start, end), span: span(start, end) };
    if (isMap(key) || isSeq(key)) problems.push(keyNotText({}, spotOf(name)));
    if (isNull(key)) problems.push(nullValue({ written: name.text, key: undefined, role: "key" }, spotOf(name)));
    if (isScalar(key) && key.type === "PLAIN" && name.text === "<<") problems.push(mergeKey({}, spotOf(name)));
    // Without a value node there was not even a colon: `{a}`, `? a`.
    const content: Node = value ? read(value) : { kind: "scalar", text: "", span: span(end, end) };
    if (!value || isNull(value)) {
      const written = content.kind === "scalar" ? content.text : "";
      const spot = spotOf(written === "" ? name : content);
      problems.push(nullValue({ written, key: name.text, role: "value" }, spot));
    }
    return { key: name, value: content };
  };

  const readList = (node: YAMLSeq.Parsed): ListNode => {
    const items = node.items.map((item) => {
      const content = read(item);
      if (isNull(item)) {
        const written = content.kind === "scalar" ? content.text : "";
        problems.push(nullValue({ written, key: undefined, role: "item" }, spotOf(content)));
      }
      return content;
    });
    return { kind: "list", items, span: around(node, items.at(-1)) };
  };

  const spotOf = (node: Node): ReturnType<At> => ({ file: at(0).file, ...node.span });

  const top = document.contents;
  if (isMap(top)) return { root: readMap(top), problems };
  if (top === null || (isScalar(top) && top.type === "PLAIN" && top.value === "")) problems.push(empty({}, at(0)));
  else if (isScalar(top) || isSeq(top)) {
    const [start, end] = top.range;
    const length = text.slice(start, end).trimEnd().length;
    problems.push(notAMapping({ found: isSeq(top) ? "a list" : "text" }, at(start, start + length)));
  }
  return { root: undefined, problems };
}
