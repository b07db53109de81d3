import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Draft } from "../../src/compile/draft.ts";
import { expandGlob } from "../../src/compile/glob.ts";
import { runName } from "../../src/compile/mounts.ts";
import { parentsFirst } from "../../src/compile/order.ts";
import { unique } from "../../src/compile/unique.ts";
import { durationMs, sizeBytes } from "../../src/compile/units.ts";
import { isWithin } from "../../src/model/path.ts";
import { escapePattern, isGlob, literalPath } from "../../src/model/pattern.ts";
import type { Problem } from "../../src/model/problem.ts";
import { DEFAULT_ORIGIN } from "../../src/model/source.ts";
import { type FakeMachine, fakeHost } from "../support/fake-host.ts";

describe("a pattern", () => {
  const matches = (pattern: string, files: NonNullable<FakeMachine["files"]>, closed: string[] = []) =>
    expandGlob(fakeHost({ home: "/h", files }), pattern, (directory) => closed.push(directory));

  it("matches what is there, dot files too, sorted", () => {
    const files = { "/p/.env": "", "/p/a/.env": "", "/p/a/b/.env": "", "/p/env": "" };
    expect(matches("/p/**/.env", files)).toEqual(["/p/.env", "/p/a/.env", "/p/a/b/.env"]);
    expect(matches("/p/*/.env", files)).toEqual(["/p/a/.env"]);
    expect(matches("/p/.*", files)).toEqual(["/p/.env"]);
    expect(matches("/p/{a,env}", files)).toEqual(["/p/a", "/p/env"]);
    expect(matches("/q/*", files)).toEqual([]);
  });

  it("does not list what lies below a match, but what a link there leads to is another thing", () => {
    const files = { "/p/a/a/x": "", "/p/a/b": "", "/p/b/a": { target: "/srv" }, "/p/a/c/a": { target: "/srv" } };
    expect(matches("/p/**/a", files)).toEqual(["/p/a", "/p/a/c/a", "/p/b/a"]);
  });

  it("does not follow links to directories", () => {
    expect(matches("/p/**/.env", { "/p/to": { target: "/srv" }, "/srv/.env": "" })).toEqual([]);
  });

  it("matches names with anything in them, a line feed too", () => {
    const names = ["a\nb", "-rf", "c:d", "e f", "ü", "(x)", "[y]", "!z", "+w", "@(v)"];
    const files = Object.fromEntries(names.map((name) => [`/p/${name}/.env`, ""]));
    const all = names.map((name) => `/p/${name}/.env`).sort();
    expect(matches("/p/**/.env", files)).toEqual(all);
    expect(matches("/p/*/.env", files)).toEqual(all);
  });

  it("takes parentheses and their kind for what they are, and a file of the pattern's own name for a match", () => {
    const files = { "/p/app/(x)/.env": "", "/p/app/[id]/.env": "", "/p/app/i/.env": "", "/p/app/x/.env": "" };
    expect(matches("/p/app/(x)/*", files)).toEqual(["/p/app/(x)/.env"]);
    expect(matches("/p/app/[id]/.env", files)).toEqual(["/p/app/[id]/.env", "/p/app/i/.env"]);
  });

  it("tells of directories that can't be listed", () => {
    const closed: string[] = [];
    const host = fakeHost({ home: "/h", files: { "/p/a/x": "", "/p/b/x": "" } });
    const partly = { ...host, readdir: (path: string) => (path === "/p/b" ? undefined : host.readdir(path)) };
    expect(expandGlob(partly, "/p/**/x", (directory) => closed.push(directory))).toEqual(["/p/a/x"]);
    expect(closed).toEqual(["/p/b"]);
  });

  it("that was escaped is the text itself", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(isGlob(escapePattern(text))).toBe(false);
        expect(literalPath(escapePattern(text))).toBe(text);
      }),
    );
  });

  it("matches a file whose escaped name it holds, whatever that is", () => {
    const name = fc.string({ unit: "binary", minLength: 1, maxLength: 8 }).filter((text) => !/[\0/]/.test(text));
    fc.assert(
      fc.property(
        name.filter((text) => text !== "." && text !== ".."),
        (text) => {
          const files = { [`/p/${text}/.env`]: "" };
          expect(matches(`/p/${escapePattern(text)}/*`, files)).toEqual([`/p/${text}/.env`]);
        },
      ),
    );
  });
});

describe("order", () => {
  const path = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 3 }).map((names) => `/${names.join("/")}`);

  it("has parents first, and otherwise the order of declaration", () => {
    fc.assert(
      fc.property(fc.array(path), (paths) => {
        const items = paths.map((at, index) => ({ at, index }));
        const ordered = parentsFirst(items, ({ at }) => at);
        expect([...ordered].sort((a, b) => a.index - b.index)).toEqual(items);
        ordered.forEach((one, place) => {
          for (const other of ordered.slice(place + 1)) {
            expect([one.at, other.at, other.at !== one.at && isWithin(other.at, one.at)]).toEqual([
              one.at,
              other.at,
              false,
            ]);
            if (one.at === other.at) expect(one.index).toBeLessThan(other.index);
          }
        });
      }),
    );
  });

  it("keeps siblings as they were declared", () => {
    expect(parentsFirst(["/b/x", "/a", "/c", "/b"], (at) => at)).toEqual(["/b", "/b/x", "/a", "/c"]);
  });
});

describe("one destination", () => {
  const draft = (at: string, layer: number, more: Partial<Draft> = {}): Draft => ({
    operation: { kind: "tmpfs", at, mode: "0755", present: true, origin: { ...DEFAULT_ORIGIN, line: layer } },
    needs: "directory",
    steps: [],
    layer,
    ...more,
  });
  const kept = (...drafts: Draft[]) => {
    const problems: Problem[] = [];
    const layers = unique(drafts, (problem) => problems.push(problem)).map(({ layer }) => layer);
    return [layers, problems.map(({ rule, line, related }) => [rule, line, related.map((place) => place.line)])];
  };

  it("goes to the later layer, wherever it was declared", () => {
    expect(kept(draft("/a", 2), draft("/a", 1), draft("/b", 0))).toEqual([[2, 0], []]);
  });

  it("can't go to two of one layer", () => {
    expect(kept(draft("/a", 1), draft("/a", 1))).toEqual([[1], [["order/same-destination", 1, [1]]]]);
  });

  it("goes to a mount over a device node of the same layer, not of a later one", () => {
    expect(kept(draft("/dev/x", 1), draft("/dev/x", 1, { strong: true }))).toEqual([[1], []]);
    expect(kept(draft("/dev/x", 2), draft("/dev/x", 1, { strong: true }))).toEqual([[2], []]);
  });

  it("that stood for a whole takes its parts with it", () => {
    const whole = [draft("/dev", 0, { leads: true }), draft("/dev/null", 0, { partOf: "/dev" }), draft("/dev/sda", 0)];
    expect(kept(...whole)).toEqual([[0, 0, 0], []]);
    expect(kept(...whole, draft("/dev", 1))).toEqual([[0, 1], []]);
  });
});

describe("units", () => {
  it.each([
    ["500ms", 500],
    ["5s", 5000],
    ["1.5s", 1500],
    ["10m", 600_000],
    ["1h", 3_600_000],
    ["2d", 172_800_000],
    ["0s", 0],
    ["5", undefined],
    ["s", undefined],
    ["-1s", undefined],
    ["1 s", undefined],
    ["1s ", undefined],
    ["", undefined],
  ])("a duration of %j is %s ms", (text, expected) => {
    expect(durationMs(text)).toBe(expected);
  });

  it.each([
    ["0", 0],
    ["512", 512],
    ["64K", 65_536],
    ["64M", 67_108_864],
    ["1.5G", 1_610_612_736],
    ["1T", 1_099_511_627_776],
    ["1k", undefined],
    ["1KB", undefined],
    ["G", undefined],
    ["1e3", undefined],
  ])("a size of %j is %s bytes", (text, expected) => {
    expect(sizeBytes(text)).toBe(expected);
  });
});

describe("a name in the run directory", () => {
  it("is one component, and another for every destination", () => {
    const path = fc.string({ unit: fc.constantFrom("/", "-", "%", "a", "2", "D"), minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(path, path, (one, other) => {
        const [first, second] = [runName("scratch", `/${one}`), runName("scratch", `/${other}`)];
        expect(first).toMatch(/^\{run\}\/[^/]+$/);
        expect(first === second).toBe(one === other);
      }),
    );
    expect(runName("scratch", "/var/tmp")).toBe("{run}/scratch-var-tmp");
  });
});
