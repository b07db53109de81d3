import { describe, expect, it } from "vitest";
import { load } from "../../src/load/index.ts";
import { child, type Node, nodeAt } from "../../src/model/node.ts";
import { covered } from "./covered.ts";

const read = (text: string) => load("/p/.sandbox.yml", "/p", text);

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
