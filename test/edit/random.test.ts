import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDocument } from "yaml";
import { commentsOf } from "../../src/load/index.ts";
import type { Edit, Item } from "../../src/model/edit.ts";
import { random } from "../support/random.ts";
import { edit } from "./editing.ts";

type Value = string | Value[] | { [key: string]: Value };

const word = fc.oneof(
  fc.constantFrom("a", "/usr", "~/.ssh", "**/.env", "x y", "it's", "a: b", "# no", "", "1", "null", "ü"),
  fc.string({ maxLength: 6 }),
);
const key = fc.constantFrom("mask", "env", "mounts", "/usr", "a b", "A", "B", "rule");
const { value } = fc.letrec<{ value: Value }>((again) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    word,
    fc.array(again("value"), { maxLength: 3 }),
    fc.dictionary(key, again("value"), { maxKeys: 3 }),
  ),
}));
const document = fc.dictionary(key, value, { minKeys: 1, maxKeys: 4 });
const item: fc.Arbitrary<Item> = fc.oneof(word, fc.dictionary(key, word, { minKeys: 1, maxKeys: 2 }));
/** Where an edit goes is chosen among what there is, and a little beside it. */
const wish = fc.record({ kind: fc.constantFrom("append", "set", "remove"), at: fc.nat(), item, text: word });
type Wish = typeof wish extends fc.Arbitrary<infer T> ? T : never;

describe("an edit of any text in any layout", () => {
  it("means what it says, keeps every comment, and leaves every other line as it is", () => {
    let made = 0;
    fc.assert(
      fc.property(document, wish, fc.nat(), (content, wanted, seed) => {
        const text = written(content, seed);
        expect(parseDocument(text, { schema: "failsafe" }).toJS()).toEqual(content);
        const change = editOf(content, wanted);
        const after = edit(text, change);
        if (after === undefined) return;
        made += 1;
        expect(parseDocument(after, { schema: "failsafe" }).toJS()).toEqual(plainly(content, change));
        expect(commentsOf(after)).toEqual(commentsOf(text));
        expect(after.replaceAll(text.includes("\r") ? "\r\n" : "\n", "")).not.toMatch(/[\r\n]/);
        expect(change.kind === "remove" ? missing(after, text) : missing(text, after)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 3000 },
    );
    // The rest has no place: below a text, in an empty mapping, with a comment that would be lost.
    expect(made).toBeGreaterThan(900);
  });
});

/** How many lines of a text are not in another one: those between what both begin and end with. */
function missing(text: string, other: string): number {
  const [lines, others] = [text.split("\n"), other.split("\n")];
  const most = Math.min(lines.length, others.length);
  let start = 0;
  while (start < most && lines[start] === others[start]) start += 1;
  let end = 0;
  while (end < most - start && lines.at(-1 - end) === others.at(-1 - end)) end += 1;
  return lines.length - start - end;
}

function routesOf(value: Value, route: readonly string[] = []): (readonly string[])[] {
  const inner = typeof value === "string" ? [] : Object.entries(value);
  const below = inner.flatMap(([name, each]) => routesOf(each, [...route, name]));
  return [...(route.length > 0 ? [route] : []), [...route, "new"], ...below];
}

function editOf(content: Value, { kind, at, item, text }: Wish): Edit {
  const routes = routesOf(content);
  const route = routes[at % routes.length] ?? [];
  if (kind === "append") return { kind, to: route, item };
  return kind === "set" ? { kind, at: route, text } : { kind: "remove", at: route };
}

const literal = (text: string): string => text.replaceAll("${", () => "$${");
const itemOf = (item: Item): Value =>
  typeof item === "string"
    ? literal(item)
    : Object.fromEntries(Object.entries(item).map(([name, text]) => [literal(name), literal(text)]));

/** The same edit, made to plain values. */
function plainly(content: Value, change: Edit): Value {
  const after = structuredClone(content);
  const route = change.kind === "append" ? change.to : change.at;
  const last = String(route.at(-1));
  // Lists have names for their items here, as mappings have for their values.
  let parent = after as { [key: string]: Value };
  for (const step of route.slice(0, -1)) parent = parent[String(step)] as typeof parent;
  if (change.kind === "append") parent[last] = [...((parent[last] ?? []) as Value[]), itemOf(change.item)];
  else if (change.kind === "set") parent[last] = literal(String(change.text));
  else if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else delete parent[last];
  return after;
}

/** Writes a value as YAML, each part of it in a layout of its own, with comments wherever they may stand. */
function written(content: Value, seed: number): string {
  const choose = random(seed);
  const eol = choose(4) === 0 ? "\r\n" : "\n";
  let comments = 0;
  const comment = () => (choose(4) === 0 ? ` # comment ${++comments}` : "");
  const scalar = (text: string): string =>
    /^[a-z/][\w/.]*$/i.test(text) && !/^(null|true|false)$/i.test(text) && choose(3) > 0 ? text : JSON.stringify(text);
  const flow = (value: Value): string => {
    if (typeof value === "string") return scalar(value);
    const [gap, end] = choose(3) === 0 ? [" ", choose(2) === 0 ? "," : ""] : ["", ""];
    if (Array.isArray(value)) return `[${gap}${value.map(flow).join(", ")}${value.length > 0 ? end : ""}${gap}]`;
    const pairs = Object.entries(value).map(([name, each]) => `${scalar(name)}: ${flow(each)}`);
    return `{${gap}${pairs.join(", ")}${pairs.length > 0 ? end : ""}${gap}}`;
  };
  const block = (value: Value, indent: string, below: "map" | "list"): string[] => {
    if (typeof value === "string" || Object.keys(value).length === 0 || choose(4) === 0)
      return [` ${flow(value)}${comment()}`];
    const isFlush = Array.isArray(value) && below === "map" && choose(3) === 0;
    const deeper = `${indent}${isFlush ? "" : "  ".repeat(1 + choose(2))}`;
    return [comment(), ...entries(value, deeper)];
  };
  const entries = (value: Value, indent: string): string[] => {
    const above = () => (choose(6) === 0 ? [`${indent}${comment().trim()}`] : choose(8) === 0 ? [""] : []);
    if (typeof value === "string") return [];
    return Object.entries(value).flatMap(([name, each]) => {
      const [head = "", ...rest] = block(each, indent, Array.isArray(value) ? "list" : "map");
      return [...above(), `${indent}${Array.isArray(value) ? "-" : `${scalar(name)}:`}${head}`, ...rest];
    });
  };
  const end = choose(5) === 0 ? "" : eol;
  return entries(content, "").join(eol) + end;
}
