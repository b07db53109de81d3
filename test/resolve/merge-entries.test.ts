import { describe, expect, it } from "vitest";
import { type Triple, triples } from "./triple.ts";
import { childOf, effectiveOf } from "./world.ts";

const mount = (spec: unknown) => ({ kind: "mount", spec });

/** A value for each section, and the entry it makes. */
const kinds: Readonly<Record<string, readonly [string, object]>> = {
  mounts: ["rw", mount("rw")],
  marked: ["{artifact: true}", { kind: "marked", spec: { artifact: true } }],
  tmpfs: ["{size: 64M}", { kind: "tmpfs", spec: { size: "64M" } }],
  dirs: ["{mode: 0700}", { kind: "dir", spec: { mode: "0700" } }],
  files: ["{content: a}", { kind: "file", spec: { content: "a" } }],
  symlinks: ["y", { kind: "symlink", spec: "y" }],
};

const replacements = Object.entries(kinds).flatMap(([above, [over, entry]]) =>
  Object.entries(kinds).map(([below, [under, kept]]): Triple => {
    const base = `${below}: {/first: ${under}, /x: ${under}, /last: ${under}}`;
    const expected = [
      ["/first", kept],
      ["/x", entry],
      ["/last", kept],
    ];
    return [`let ${above} replace ${below} in place`, base, `${above}: {/x: ${over}}`, expected];
  }),
);

describe("destinations", () => {
  triples(
    ({ entries }) => entries,
    [
      [
        "add up",
        "mounts: {/a: ro}",
        "mounts: {/b: rw}",
        [
          ["/a", mount("ro")],
          ["/b", mount("rw")],
        ],
      ],
      [
        "are replaced in place",
        "mounts: {/a: ro, /b: ro, /c: ro}",
        "mounts: {/d: ro, /b: rw}",
        [
          ["/a", mount("ro")],
          ["/b", mount("rw")],
          ["/c", mount("ro")],
          ["/d", mount("ro")],
        ],
      ],
      [
        "are replaced whole",
        "mounts: {/a: {from: /b, access: rw}}",
        "mounts: {/a: {from: /c}}",
        [["/a", mount({ from: "/c" })]],
      ],
      ["take a word against a mapping", "mounts: {/a: {from: /b}}", "mounts: {/a: ro?}", [["/a", mount("ro?")]]],
      [
        "take a mapping against a word",
        "mounts: {/a: ro?}",
        "mounts: {/a: {from: /b}}",
        [["/a", mount({ from: "/b" })]],
      ],
      ["compare normal paths", "mounts: {/a//b: ro}", "mounts: {/a/c/../b/: rw}", [["/a/b", mount("rw")]]],
      [
        "compare absolute paths",
        "mounts: {./x: ro}",
        "mounts: {'${PROJECT}/x': rw}",
        [["/home/u/proj/x", mount("rw")]],
      ],
      [
        "take a list against a mapping",
        "tmpfs: {/a: {size: 1M}, /b: {size: 1M}}",
        "tmpfs: [/b, /c]",
        [
          ["/a", { kind: "tmpfs", spec: { size: "1M" } }],
          ["/b", { kind: "tmpfs", spec: {} }],
          ["/c", { kind: "tmpfs", spec: {} }],
        ],
      ],
      [
        "follow the order of sections and keys in the document",
        "symlinks: {/s: x}\nmounts: {/m: ro}",
        "dirs: [/d2, /d1]\nmounts: {/m2: ro}\nfiles: {/f: {content: a}}",
        [
          ["/s", { kind: "symlink", spec: "x" }],
          ["/m", mount("ro")],
          ["/d2", { kind: "dir", spec: {} }],
          ["/d1", { kind: "dir", spec: {} }],
          ["/m2", mount("ro")],
          ["/f", { kind: "file", spec: { content: "a" } }],
        ],
      ],
      ...replacements,
    ],
  );

  it("belong to the layer that wrote them last", () => {
    const { entries } = effectiveOf({ files: childOf("mounts: {/a: ro, /b: ro}", "mounts: {/a: rw}") });
    expect([entries.get("/a")?.layer, entries.get("/b")?.layer]).toEqual([2, 1]);
  });
});
