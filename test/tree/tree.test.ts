import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Operation } from "../../src/model/plan.gen.ts";
import { DEFAULT_ORIGIN } from "../../src/model/source.ts";
import { growTree, tree } from "../../src/tree/index.ts";
import { type FakeFile, type FakeMachine, fakeHost } from "../support/fake-host.ts";
import { naive } from "./naive.ts";

const rest = { present: true, origin: DEFAULT_ORIGIN } as const;
const bind = (source: string, at: string, access: "ro" | "rw" | "dev" = "ro"): Operation => ({
  kind: "bind",
  at,
  source,
  access,
  missing: "fail",
  ...rest,
});
const tmpfs = (at: string): Operation => ({ kind: "tmpfs", at, mode: "0755", ...rest });
const dir = (at: string): Operation => ({ kind: "dir", at, mode: "0755", implied: false, ...rest });
const link = (at: string, target: string): Operation => ({ kind: "symlink", at, target, ...rest });
const mask = (at: string, type: "directory" | "file"): Operation => ({ kind: "mask", at, source: at, type, ...rest });

const NAMES = ["a", "b", "c"];
const name = fc.constantFrom(...NAMES);
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => `/${names.join("/")}`);
const anyPath = fc.oneof({ weight: 1, arbitrary: fc.constant("/") }, { weight: 9, arbitrary: path });
const target = fc
  .tuple(fc.boolean(), fc.array(fc.constantFrom(...NAMES, "..", "."), { minLength: 1, maxLength: 3 }))
  .map(([absolute, parts]) => `${absolute ? "/" : ""}${parts.join("/")}`);

/** Files whose parents are directories: what is below a file or a link is left out. */
const files = fc
  .dictionary(
    path,
    fc.oneof(
      { weight: 5, arbitrary: fc.constant<FakeFile>({ type: "directory" }) },
      { weight: 2, arbitrary: fc.constant<FakeFile>({ text: "x" }) },
      { weight: 2, arbitrary: target.map((text): FakeFile => ({ target: text })) },
    ),
    { maxKeys: 14 },
  )
  .map((chosen) => {
    const whole: Record<string, FakeFile> = {};
    for (const at of Object.keys(chosen).sort()) {
      const parts = at.split("/").slice(1, -1);
      const above = parts.map((_, index) => `/${parts.slice(0, index + 1).join("/")}`);
      if (above.some((parent) => whole[parent] !== undefined && whole[parent].type !== "directory")) continue;
      for (const parent of above) whole[parent] ??= { type: "directory" };
      whole[at] ??= chosen[at] as FakeFile;
    }
    return whole;
  });

const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(anyPath, anyPath, fc.constantFrom("ro", "rw"))
      .map(([source, at, access]) => bind(source, at, access as "ro" | "rw")),
  },
  { weight: 2, arbitrary: path.map(tmpfs) },
  { weight: 2, arbitrary: path.map(dir) },
  { weight: 2, arbitrary: fc.tuple(path, target).map(([at, text]) => link(at, text)) },
  {
    weight: 1,
    arbitrary: fc.tuple(anyPath, path).map(([source, at]): Operation => ({ kind: "overlay", at, source, ...rest })),
  },
  {
    weight: 1,
    arbitrary: path.map((at): Operation => ({ kind: "file", at, content: "x", mode: "0444", ...rest })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(path, fc.constantFrom("directory", "file")).map(([at, type]) => mask(at, type as "file")),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom("pin", "protect"), path, path)
      .map(([kind, source, at]): Operation => ({ kind: kind as "pin", at, source, ...rest })),
  },
  { weight: 1, arbitrary: anyPath.map((at): Operation => ({ kind: "remount-ro", at, ...rest })) },
);

/** A host, and operations that bwrap could do on it, in this order. */
const sandbox = fc.tuple(files, fc.array(operation, { maxLength: 14 })).map(([chosen, wished]) => {
  const model = naive(chosen);
  const operations = wished.filter((each) => model.apply(each));
  return { files: chosen, operations };
});

const machineOf = (chosen: Readonly<Record<string, FakeFile>>): FakeMachine => ({ home: "/", files: chosen });

/** Up to four names deep, so that everything that a sandbox can show is looked at. */
const PATHS = [""];
for (let depth = 1; depth <= 4; depth += 1) {
  const deepest = PATHS.filter((each) => each.split("/").length === depth);
  PATHS.push(...deepest.flatMap((each) => NAMES.map((name) => `${each}/${name}`)));
}

describe("the tree, against a second model that does what the kernel does", () => {
  it.each([true, false])("finds the same at every path (following a last link: %s)", (last) => {
    fc.assert(
      fc.property(sandbox, ({ files: chosen, operations }) => {
        const model = naive(chosen);
        for (const each of operations) model.apply(each);
        const shown = tree(operations, fakeHost(machineOf(chosen)));
        for (const each of PATHS) {
          const at = each === "" ? "/" : each;
          const expected = model.find(at, last);
          const { type, access, content, host, target: text, path: where, loop } = shown.walk(at, { last });
          if (expected === undefined) {
            expect([at, loop ? "absent" : type]).toEqual([at, "absent"]);
          } else {
            const found = { path: where, type, access, content, host, target: text };
            expect({ at, ...found }).toEqual({ at, ...expected });
          }
        }
      }),
    );
  });

  it("knows every place where a host path shows", () => {
    fc.assert(
      fc.property(sandbox, ({ files: chosen, operations }) => {
        const model = naive(chosen);
        for (const each of operations) model.apply(each);
        const shown = tree(operations, fakeHost(machineOf(chosen)));
        for (const host of ["/", ...Object.keys(chosen)]) {
          const places = shown.places(host).map((place) => place.path);
          expect([host, places.sort()]).toEqual([host, model.places(host)]);
        }
      }),
    );
  });

  it("gives the same answers whether it was grown or built at once", () => {
    fc.assert(
      fc.property(sandbox, path, ({ files: chosen, operations }, at) => {
        const host = fakeHost(machineOf(chosen));
        const growing = growTree(host);
        for (const each of operations) {
          growing.walk(at);
          growing.add(each);
        }
        expect(growing.walk(at)).toEqual(tree(operations, host).walk(at));
      }),
    );
  });

  it("is not changed by operations that are not present", () => {
    fc.assert(
      fc.property(sandbox, fc.array(operation, { maxLength: 5 }), path, ({ files: chosen, operations }, more, at) => {
        const host = fakeHost(machineOf(chosen));
        const absent = more.map((each) => ({ ...each, present: false }));
        const told = (all: readonly Operation[]) => {
          const shown = tree(all, host);
          const { mount, decidedBy, path } = shown.walk(at);
          return { mount, decidedBy, shadowed: shown.shadowed({ path, decidedBy }) };
        };
        expect(told([...operations, ...absent])).toEqual(told(operations));
      }),
    );
  });
});
