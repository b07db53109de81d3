import { describe, expect, it } from "vitest";
import { load } from "../../src/load/index.ts";
import { child, type Node, nodeAt } from "../../src/model/node.ts";
import type { Span } from "../../src/model/source.ts";

const read = (text: string) => load("/p/.sandbox.yml", "/p", text);

/** The stretch of the text that a span covers. */
function covered(text: string, { line, column, endLine, endColumn }: Span): string {
  const starts = [0];
  for (const match of text.matchAll(/\n/g)) starts.push(match.index + 1);
  return text.slice((starts[line - 1] ?? 0) + column - 1, (starts[endLine - 1] ?? 0) + endColumn - 1);
}

function plain(node: Node): unknown {
  if (node.kind === "scalar") return node.text;
  if (node.kind === "list") return node.items.map(plain);
  return node.entries.map((entry) => [entry.key.text, plain(entry.value)]);
}

describe("a well-formed profile", () => {
  it("keeps scalars as written and maps in their order", () => {
    const { value, problems } = read(
      "mode: 0644\nPY: 3.10\non: yes\nzero: 1_000\ndate: 2027-01-31\nhex: 0x1F\nt: true\n",
    );
    expect(problems).toEqual([]);
    expect(value && plain(value.root)).toEqual([
      ["mode", "0644"],
      ["PY", "3.10"],
      ["on", "yes"],
      ["zero", "1_000"],
      ["date", "2027-01-31"],
      ["hex", "0x1F"],
      ["t", "true"],
    ]);
  });

  it("hands on file, directory and text", () => {
    const { value } = load("builtin:base", undefined, "a: b");
    expect(value).toMatchObject({ file: "builtin:base", directory: undefined, text: "a: b" });
  });

  it.each([
    ["literal block", "a: |\n  one\n    two\n\n", "one\n  two\n"],
    ["literal block, stripped", "a: |-\n  one\n", "one"],
    ["literal block, kept", "a: |+\n  one\n\n", "one\n\n"],
    ["block with a tab inside", "a: |\n  all:\n  \tgcc\n", "all:\n\tgcc\n"],
    ["folded block", "a: >\n  one\n  two\n", "one two\n"],
    ["folded block with Windows line ends", "a: >\r\n  one\r\n  two\r\n", "one two\n"],
    ["double quotes", 'a: "x\\ty\\u00e9\\n"', "x\tyé\n"],
    ["single quotes", "a: 'it''s ~ null'", "it's ~ null"],
    ["quoted null", 'a: "null"', "null"],
    ["quoted tilde", "a: '~'", "~"],
    ["quoted nothing", 'a: ""', ""],
    ["home path", "a: ~/.ssh", "~/.ssh"],
    ["variable in a block", "a: ${HOME}/x", "${HOME}/x"],
    ["dollar in brackets", "a: $", "$"],
    ["two lines", "a: one\n  two", "one two"],
    ["hash without a blank", "a: b#c", "b#c"],
    ["colon without a blank", "a: b:c", "b:c"],
    ["word that starts with null", "a: nullify", "nullify"],
  ])("decodes a %s", (_, text, expected) => {
    const { value, problems } = read(text);
    expect(problems).toEqual([]);
    expect(child(value?.root, "a")).toMatchObject({ kind: "scalar", text: expected });
  });

  it.each(["{}", "--- \na: b\n...\n", "---\na: b", "a: {\n}\n", "? a\n: b", "a: [b, ]", '{"a":b}', "a: b # é\n"])(
    "accepts %j",
    (text) => {
      expect(read(text).problems).toEqual([]);
    },
  );

  it("knows the place of every key and value", () => {
    const text =
      "mounts:\n  /usr: ro # c\n  /b: {from: 'x y', when: [a, bb]}\n# comment\nfile: |\n  text\n  more\n\nlist:\n- one\n- two: 2\n\n";
    const root = read(text).value?.root;
    const at = (...route: (string | number)[]) => {
      const node = nodeAt(root, route);
      return node && covered(text, node.span);
    };
    expect(at("mounts", "/usr")).toBe("ro");
    expect(at("mounts", "/b")).toBe("{from: 'x y', when: [a, bb]}");
    expect(at("mounts", "/b", "from")).toBe("'x y'");
    expect(at("mounts", "/b", "when")).toBe("[a, bb]");
    expect(at("mounts", "/b", "when", 1)).toBe("bb");
    expect(at("mounts")).toBe("/usr: ro # c\n  /b: {from: 'x y', when: [a, bb]}");
    expect(at("file")).toBe("|\n  text\n  more");
    expect(at("list")).toBe("- one\n- two: 2");
    expect(at("list", 1)).toBe("two: 2");
    expect(root?.entries.map((entry) => covered(text, entry.key.span))).toEqual(["mounts", "file", "list"]);
    expect(root && covered(text, root.span)).toBe(text.trimEnd());
  });

  it("counts columns in UTF-16 units, and lines that end in CR LF", () => {
    const root = read('a: "é😀" # x\r\nb: c\r\n').value?.root;
    expect(child(root, "a")?.span).toEqual({ line: 1, column: 4, endLine: 1, endColumn: 9 });
    expect(child(root, "b")?.span).toEqual({ line: 2, column: 4, endLine: 2, endColumn: 5 });
  });
});

describe("a mistake gives one problem, with its place and what to type", () => {
  it.each<[text: string, rule: string, covers: string, help: string]>([
    ["a: b\nc:\nd: e", "yaml/null", "c", "write a value"],
    ["a: {b}", "yaml/null", "b", "write a value"],
    ["? a", "yaml/null", "a", "write a value"],
    ["a: # only a comment\n", "yaml/null", "a", "write a value"],
    ["a:\n- b\n-\n", "yaml/null", "", "write a value"],
    ["a: null", "yaml/null", "null", 'quote it if you mean the text: "null"'],
    ["a: [NULL]", "yaml/null", "NULL", 'quote it if you mean the text: "NULL"'],
    ["a: [x, ~]", "yaml/null", "~", 'write it in quotes if you mean the home directory: "~"'],
    ["a: ~", "yaml/null", "~", 'write it in quotes if you mean the home directory: "~"'],
    ["tmpfs: {~: {}}", "yaml/null", "~", 'write it in quotes if you mean the home directory: "~"'],
    ["Null: a", "yaml/null", "Null", 'quote it if you mean the text: "Null"'],
    [": a", "yaml/null", "", "write a key before the colon"],
    ["<<: {a: b}", "yaml/merge-key", "<<", "extends"],
    ["[a]: b", "yaml/key-not-text", "[a]", "quote it"],
    ["{a: b}: c", "yaml/key-not-text", "{a: b}", "quote it"],
    ["", "yaml/empty", "", "version: 1"],
    ["# nothing\n\n", "yaml/empty", "", "version: 1"],
    ["---\n", "yaml/empty", "", "version: 1"],
    ["- a\n- b\n", "yaml/not-a-mapping", "- a\n- b", "version: 1"],
    ["just text", "yaml/not-a-mapping", "just text", "version: 1"],
    ["version:1", "yaml/not-a-mapping", "version:1", "blank after the colon"],
    ['""', "yaml/not-a-mapping", '""', "version: 1"],
    ["\ufeffa: b", "yaml/byte-order-mark", "\ufeff", "UTF-8 without BOM"],
    ["a: \ufffdb", "yaml/encoding", "\ufffd", "UTF-8"],
    ["a: x\u0007y", "yaml/character", "\u0007", "\\u0007 inside double quotes"],
    ["a: x\u0000y", "yaml/character", "\u0000", "\\u0000"],
    ['a: "\u001b[31m"', "yaml/character", "\u001b", "\\u001b"],
    ["# \u0002", "yaml/character", "\u0002", "delete it"],
    ["a: b\rc: d", "yaml/character", "\r", "line feed"],
    ["a: \ud800", "yaml/character", "\ud800", "delete it"],
    ["a:\n\tb: c\n\td: e\n", "yaml/tab", "\t", "use spaces"],
    ["a:\tb\nc:\td", "yaml/tab", "\t", "use spaces"],
    ["a: b\tc", "yaml/tab", "\t", '"\\t"'],
    ["a: >\n\tfoo\n", "yaml/tab", "\t", "use spaces"],
    ["%YAML 1.1\n---\na: b", "yaml/directive", "%YAML 1.1", "delete the line"],
    ["%FOO\na: b", "yaml/directive", "%FOO", "delete the line"],
    ["a: b\n---\nc: d\n---\ne: f", "yaml/several-documents", "---", "profiles:"],
    ["---\n---\na: b", "yaml/several-documents", "---", "file of its own"],
    ["a: b\n...\nc: d", "yaml/several-documents", "c", "file of its own"],
    ["a: &x b", "yaml/anchor", "&x", 'quote it: "&x b"'],
    ["&x a: b", "yaml/anchor", "&x", "extends"],
    ["a: &", "yaml/anchor", "&", 'quote it: "&"'],
    ["a: &x [b]", "yaml/anchor", "&x", "flags"],
    ["a: *x", "yaml/alias", "*x", 'quote it: "*x"'],
    ["*x : a", "yaml/alias", "*x", 'quote it: "*x"'],
    ["mask: [**/.env]", "yaml/alias", "**/.env", 'quote it: "**/.env"'],
    ["mask: [*]", "yaml/alias", "*", 'quote it: "*"'],
    ["mask: [*.{js,ts}, b]", "yaml/alias", "*.{js,ts}", 'quote it: "*.{js,ts}"'],
    ["a: !x", "yaml/tag", "!x", 'quote it: "!x"'],
    ["a: !keep this # c", "yaml/tag", "!keep", 'quote it: "!keep this"'],
    ["a: !!int 3", "yaml/tag", "!!int", "delete it"],
    ["a: ! b", "yaml/tag", "!", "delete it"],
    ["!!map\na: b", "yaml/tag", "!!map", "delete it"],
    ["m: {a: ${HOME}/x, b: c}", "yaml/unquoted-variable", "${HOME}/x", 'quote it: "${HOME}/x"'],
    ["m: [${A:-b c}]", "yaml/unquoted-variable", "${A:-b c}", 'quote it: "${A:-b c}"'],
    ["m: {${HOME}: ro}", "yaml/unquoted-variable", "${HOME}", 'quote it: "${HOME}"'],
    ["m: {a: x-$${b}}", "yaml/unquoted-variable", "x-$${b}", 'quote it: "x-$${b}"'],
    ['m: [${A:-"b"}]', "yaml/unquoted-variable", '${A:-"b"}', "quote it: '${A:-\"b\"}'"],
    ["extends: [@acme/base]", "yaml/unquoted-start", "@acme/base", 'quote it: "@acme/base"'],
    ["a: `x`", "yaml/unquoted-start", "`x`", 'quote it: "`x`"'],
    ["a: %h/x", "yaml/unquoted-start", "%h/x", 'quote it: "%h/x"'],
    ["a: , b", "yaml/unquoted-start", ", b", 'quote it: ", b"'],
    ["a: [|]", "yaml/unquoted-start", "|", 'quote it: "|"'],
    ["@a: b", "yaml/unquoted-start", "@a", 'quote it: "@a"'],
    ["description: Build: test it # now", "yaml/colon-in-value", "Build: test it", 'quote it: "Build: test it"'],
    ["a: b: {c\nd: e", "yaml/colon-in-value", "b: {c", 'quote it: "b: {c"'],
    ["a: b: *c", "yaml/colon-in-value", "b: *c", 'quote it: "b: *c"'],
    ["a: b: c: d", "yaml/colon-in-value", "b: c: d", 'quote it: "b: c: d"'],
    ["a: foo:\nb: c", "yaml/colon-in-value", "foo:", 'quote it: "foo:"'],
    ["a: {b: c: d, e: f}", "yaml/colon-in-value", "c: d", 'quote it: "c: d"'],
    ['a: "b\nc: d', "yaml/unclosed-quote", '"', '\\"'],
    ["a: 'b\nc: d", "yaml/unclosed-quote", "'", "''"],
    ['a: "b\\"', "yaml/unclosed-quote", '"', '\\"'],
    ["a: 'b''", "yaml/unclosed-quote", "'", "''"],
    ["a: '''", "yaml/unclosed-quote", "'", "''"],
    ['a: "', "yaml/unclosed-quote", '"', "close it"],
    ["a: [b, c\nd: e\n", "yaml/unclosed-bracket", "[", "add `]`"],
    ["a: {b: {c: d}", "yaml/unclosed-bracket", "{", "add `}`"],
    ["a: [b}", "yaml/unclosed-bracket", "}", "add `]`"],
    ["a: {\nb: c\n}", "yaml/unclosed-bracket", "{", "indent"],
    ["a: ]", "yaml/syntax", "]", "delete it"],
    ["a: [b,, c]", "yaml/syntax", ",", "delete the comma"],
    ["a: [b] c", "yaml/syntax", "c", "quote the whole"],
    ["a: 'it's'", "yaml/syntax", "s'", "quote the whole"],
    ["a: {b: [c] d: e}", "yaml/syntax", "d", "check quotes"],
    ["x: {a: [b]: c}", "yaml/syntax", ":", "separate items by commas"],
    ["a: b\nc:d\n", "yaml/syntax", "c:d", "write a colon, a blank"],
    ["a: - b\n   - c", "yaml/syntax", "-", "start it on the next line"],
    ["a: |x\n  b", "yaml/syntax", "x", "start the text on the next line"],
    ["a: b\n  c: d", "yaml/syntax", "b", "delete the value"],
    ['a: "b": c', "yaml/syntax", '"b": c', "indent the key"],
    ["a:\n  b: c\n d: e", "yaml/syntax", "d", "same column"],
    ["m:\n  /usr: ro\n  /etc ro\n  /lib: ro\n", "yaml/syntax", "/etc ro", "write a colon and a blank"],
    ["--- a: b", "yaml/syntax", "a", "next line"],
    ["a: [- b]", "yaml/syntax", "-", "[one, two]"],
    ['a: "\\q"', "yaml/syntax", "\\q", "\\\\ for a backslash"],
  ])("%j", (text, rule, covers, help) => {
    const { value, problems } = read(text);
    expect(problems.map((problem) => problem.rule)).toEqual([rule]);
    expect(value).toBeUndefined();
    const [problem] = problems;
    expect(problem && covered(text, problem)).toBe(covers);
    expect(problem?.help).toContain(help);
    expect(problem?.file).toBe("/p/.sandbox.yml");
    expect(problem?.severity).toBe("error");
  });
});

describe("several mistakes", () => {
  const rules = (text: string) => read(text).problems.map(({ rule, line, column }) => `${line}:${column} ${rule}`);

  it("are told together when they do not depend on each other, in the order of the file", () => {
    expect(rules("a:\nb: [*x, @y]\nc: ~\nd: !t e\na: f\n")).toEqual([
      "1:1 yaml/null",
      "2:5 yaml/alias",
      "2:9 yaml/unquoted-start",
      "3:4 yaml/null",
      "4:4 yaml/tag",
      "5:1 yaml/duplicate-key",
    ]);
  });

  it("come without what a broken structure made of the rest", () => {
    expect(rules("a: b: c\nd:\n")).toEqual(["1:4 yaml/colon-in-value"]);
    expect(rules('a: "\\q"\nb: [c\nd: [e\n')).toEqual(["1:5 yaml/syntax", "2:4 yaml/unclosed-bracket"]);
  });

  it("name each unquoted variable", () => {
    expect(rules("a: [${X}, ${Y}]\nb: {c: ${Z}}")).toEqual([
      "1:5 yaml/unquoted-variable",
      "1:11 yaml/unquoted-variable",
      "2:8 yaml/unquoted-variable",
    ]);
  });

  it("point from a second key to the first one", () => {
    const { problems } = read('a: b\n"a": c\n');
    expect(problems).toMatchObject([{ rule: "yaml/duplicate-key", line: 2, column: 1, endColumn: 4 }]);
    expect(problems[0]?.related).toEqual([{ file: "/p/.sandbox.yml", line: 1, column: 1, message: "the first one" }]);
  });

  it("point from a wrong bracket to the one it should close", () => {
    const related = read("a: [b, {c: d]").problems[0]?.related;
    expect(related).toMatchObject([{ line: 1, column: 8, message: "opened here" }]);
  });
});

describe("limits", () => {
  const nested = (depth: number) => `a: ${"[".repeat(depth)}x${"]".repeat(depth)}`;

  it("accept fifty levels and refuse one more", () => {
    // The mapping at the top is the first level.
    expect(read(nested(49)).problems).toEqual([]);
    expect(read(nested(50)).problems).toMatchObject([{ rule: "yaml/too-deep", line: 1, column: 53 }]);
  });

  it.each(["[", "{a: ", "- ", "? ", "b: ", "a:\n"])("stop at nesting of %j before anything overflows", (piece) => {
    const lines = Array.from({ length: 300 }, (_, depth) => " ".repeat(depth) + piece).join("");
    const text = piece.endsWith("\n") ? lines : piece.repeat(100_000);
    expect(read(`${text}\nend`).problems.map((problem) => problem.rule)).toEqual(["yaml/too-deep"]);
  });

  it("refuse more than a mebibyte, counted in bytes", () => {
    const text = (bytes: number) => `a: ${"é".repeat((bytes - 4) / 2)}b`;
    expect(read(text(1024 * 1024)).problems).toEqual([]);
    expect(read(text(1024 * 1024 + 2)).problems).toMatchObject([{ rule: "yaml/too-large", line: 1, column: 1 }]);
  });

  it("hold for a large file with many mistakes", () => {
    const { problems } = read(`a: [${"${x},*y,@z,".repeat(20_000)}]`);
    expect(problems).toHaveLength(60_000);
  });
});

describe("keys that JavaScript knows", () => {
  it("are keys like others", () => {
    const { value } = read("__proto__: a\nconstructor: b\ntoString: c\n");
    expect(value && plain(value.root)).toEqual([
      ["__proto__", "a"],
      ["constructor", "b"],
      ["toString", "c"],
    ]);
  });
});
