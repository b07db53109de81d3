import { describe, expect, it } from "vitest";
import type { Source } from "../../src/model/node.ts";
import { remembering } from "../../src/sources/index.ts";

/** A reader that counts what it is asked. */
function counting() {
  const asked = { load: 0, validate: 0 };
  const reader = remembering({
    load(file, directory, text) {
      asked.load += 1;
      const span = { line: 1, column: 1, endLine: 1, endColumn: 1 };
      return { value: { file, directory, text, root: { kind: "map", entries: [], span } }, problems: [] };
    },
    validate() {
      asked.validate += 1;
      return [];
    },
  });
  return { asked, ...reader };
}

describe("a reader that remembers", () => {
  it("reads a text once", () => {
    const { asked, load, validate } = counting();
    const first = load("/p/a.yml", "/p", "version: 1\n");
    expect(load("/p/a.yml", "/p", "version: 1\n")).toBe(first);
    for (let time = 0; time < 2; time++) validate(first.value as Source);
    expect(asked).toEqual({ load: 1, validate: 1 });
  });

  it("reads it anew when it is another one, or elsewhere", () => {
    const { load } = counting();
    const first = load("/p/a.yml", "/p", "version: 1\n");
    const all = [
      load("/p/a.yml", "/p", "version: 1 \n"),
      load("/p/a.yml", "/p", "version: 1\n"),
      load("/p/a.yml", "/q", "version: 1\n"),
      load("/p/a.yml", undefined, "version: 1\n"),
      load("/p/b.yml", "/p", "version: 1\n"),
    ];
    expect(new Set([first, ...all]).size).toBe(6);
  });

  it("forgets what was not asked for while much else was", () => {
    const { asked, load } = counting();
    const text = `# ${"x".repeat(4 * 1024 - 2)}`;
    const others = (from: number) => {
      for (let index = from; index < from + 20; index++) load(`/p/${index}.yml`, "/p", text);
    };
    load("/p/a.yml", "/p", text);
    others(0);
    load("/p/a.yml", "/p", text);
    others(20);
    load("/p/a.yml", "/p", text);
    expect(asked.load).toBe(41);
    others(40);
    others(60);
    load("/p/a.yml", "/p", text);
    expect(asked.load).toBe(82);
  });

  it("keeps no text that would take all there is, and forgets none for it", () => {
    const { asked, load } = counting();
    load("/p/a.yml", "/p", "version: 1\n");
    for (let time = 0; time < 2; time++) load("/p/long.yml", "/p", "#".repeat(200 * 1024));
    load("/p/a.yml", "/p", "version: 1\n");
    expect(asked.load).toBe(3);
  });
});
