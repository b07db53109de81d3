import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { load } from "../../src/load/index.ts";
import type { Node } from "../../src/model/node.ts";
import type { Span } from "../../src/model/source.ts";

const PROFILE = `version: 1
description: "Build & test: this 'repository'"
extends: [node, ./ci.sandbox.yml]
params:
  cache: "\${HOME}/.cache/acme"   # é 😀
  root: {type: path, required: true, example: /srv/root}
mounts:
  /usr: ro
  "\${cache}": {access: rw, missing: create}
files:
  /etc/x:
    content: |
      one
        two
    mode: 0644
env: {set: {PY: 3.10, EMPTY: ''}, pass: [TERM, "LC_*"]}
process:
  wrapper:
  - /run/runner
  - --flag
`;

/** What YAML's grammar turns on, so that mutations hit it. */
const PIECES = [
  ..."{}[]:,-?&*!|>'\"%@`#~$ \n\t\r\\",
  ": ",
  "- ",
  "\n\n",
  "${",
  "<<",
  "null",
  "---\n",
  "...\n",
  "\ufeff",
  "\0",
];

const mutated = fc
  .array(
    fc.record({
      at: fc.nat(PROFILE.length),
      remove: fc.nat(12),
      insert: fc.oneof(fc.constantFrom(...PIECES), fc.constant(""), fc.string({ maxLength: 5, unit: "binary" })),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((edits) =>
    edits.reduce((text, { at, remove, insert }) => text.slice(0, at) + insert + text.slice(at + remove), PROFILE),
  );
const soup = fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.constantFrom("a", "b", "  ")), { maxLength: 60 });
const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  soup.map((pieces) => pieces.join("")),
  mutated,
);

function expectInside(text: string, { line, column, endLine, endColumn }: Span): void {
  const lines = text.split("\n");
  for (const [row, at] of [
    [line, column],
    [endLine, endColumn],
  ] as const) {
    expect(row).toBeGreaterThanOrEqual(1);
    expect(row).toBeLessThanOrEqual(lines.length);
    expect(at).toBeGreaterThanOrEqual(1);
    expect(at).toBeLessThanOrEqual((lines[row - 1]?.length ?? 0) + 1);
  }
  expect(endLine * 1e7 + endColumn).toBeGreaterThanOrEqual(line * 1e7 + column);
}

function nodes(node: Node): readonly Node[] {
  if (node.kind === "scalar") return [node];
  const below = node.kind === "list" ? node.items : node.entries.flatMap(({ key, value }) => [key, value]);
  return [node, ...below.flatMap(nodes)];
}

describe("any text", () => {
  it("gives a value or errors, all with places inside the text", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { value, problems } = load("f", "/", text);
        expect(value === undefined).toBe(problems.length > 0);
        for (const problem of problems) {
          expectInside(text, problem);
          expect(problem.help).toBeTruthy();
          // The parser's own words mean nothing to somebody who writes a profile.
          if (problem.rule === "yaml/syntax") expect(problem.message).not.toMatch(/node|flow|implicit|token/i);
        }
        for (const node of value ? nodes(value.root) : []) expectInside(text, node.span);
      }),
      { numRuns: 3000 },
    );
  });

  it("never has two problems at one place", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const places = load("f", "/", text).problems.map(({ line, column }) => `${line}:${column}`);
        expect(places).toEqual([...new Set(places)]);
      }),
      { numRuns: 3000 },
    );
  });

  it("keeps what is in quotes", () => {
    const content = fc.string({ unit: "binary", maxLength: 40 });
    fc.assert(
      fc.property(content, content, (key, text) => {
        // JSON is YAML as long as its strings keep to YAML's printable characters.
        const write = (part: string) =>
          JSON.stringify(part).replace(
            /[\u007f-\u009f\ud800-\udfff\ufffd-\uffff]/gu,
            (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
          );
        const { value, problems } = load("f", "/", `{${write(key)}: ${write(text)}}`);
        expect(problems).toEqual([]);
        expect(value?.root.entries).toMatchObject([{ key: { text: key }, value: { text } }]);
      }),
      { numRuns: 1000 },
    );
  });
});
