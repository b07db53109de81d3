import fc from "fast-check";
import type { FakeFile } from "../support/fake-host.ts";

/** The names of everything that is made up. */
export const NAMES = ["a", "b", "c d"];
/** Below the made up files: where sbx keeps something of its own. */
export const OWN = "/own/sbx";

const relative = (minLength: number, maxLength: number) =>
  fc
    .array(fc.constantFrom(...NAMES), { minLength, maxLength })
    .map((names) => names.map((name) => `/${name}`).join(""));
const linkTarget = fc
  .tuple(fc.boolean(), fc.array(fc.constantFrom(...NAMES, ".."), { minLength: 1, maxLength: 3 }))
  .map(([absolute, parts]) => `${absolute ? "/" : ""}${parts.join("/")}`);

/** Files of a machine; every parent is a directory, and sbx has a directory of its own. */
const files = fc
  .dictionary(
    relative(1, 3),
    fc.oneof(
      { weight: 4, arbitrary: fc.constant<FakeFile>({ type: "directory" }) },
      { weight: 4, arbitrary: fc.constant<FakeFile>({ text: "" }) },
      { weight: 1, arbitrary: linkTarget.map((text): FakeFile => ({ target: text })) },
    ),
    { minKeys: 4, maxKeys: 12 },
  )
  .map((chosen) => {
    const whole: Record<string, FakeFile> = {
      "/own": { type: "directory" },
      [OWN]: { type: "directory" },
      [`${OWN}/secret`]: { text: "" },
    };
    for (const at of Object.keys(chosen).sort()) {
      const parts = at.split("/").slice(1, -1);
      const above = parts.map((_, index) => `/${parts.slice(0, index + 1).join("/")}`);
      if (above.some((parent) => whole[parent] !== undefined && whole[parent].type !== "directory")) continue;
      for (const parent of above) whole[parent] ??= { type: "directory" };
      whole[at] ??= chosen[at] as FakeFile;
    }
    return whole;
  });

export interface Wish {
  readonly kind: "mount" | "scratch" | "tmpfs" | "dir" | "file" | "link";
  /** At the same path as on the host, or below /s. */
  readonly same: boolean;
  readonly at: string;
  readonly from: number;
  readonly access: "ro" | "rw" | "cow";
  readonly missing: "skip" | "create";
  readonly target: string;
}

const wish: fc.Arbitrary<Wish> = fc.record({
  kind: fc.constantFrom("mount", "mount", "mount", "mount", "mount", "scratch", "tmpfs", "dir", "file", "link"),
  same: fc.boolean(),
  at: relative(0, 3),
  from: fc.nat(),
  access: fc.constantFrom("ro", "rw", "rw", "cow"),
  missing: fc.constantFrom("skip", "create", "skip"),
  target: linkTarget,
});

/** Something to hide: a path by its number, or a pattern. */
const mask = fc.oneof(fc.nat(), fc.nat(), fc.constantFrom("/**/a", "/*/b", "/b/*", "/{a,b}/c*"));

/** Files, and what is wanted of them; most of it can't be had all at once. */
export const sandboxes = fc.record({
  files,
  root: fc.option(fc.record({ from: fc.nat(), access: fc.constantFrom("ro" as const, "rw" as const) }), { freq: 3 }),
  wishes: fc.array(wish, { minLength: 1, maxLength: 6 }),
  mask: fc.array(mask, { maxLength: 2 }),
  protect: fc.array(fc.nat({ max: 12 }), { maxLength: 3 }),
});

export interface Sandbox {
  readonly files: Readonly<Record<string, FakeFile>>;
  readonly root: { readonly from: number; readonly access: "ro" | "rw" } | null;
  readonly wishes: readonly Wish[];
  readonly mask: readonly (number | string)[];
  readonly protect: readonly number[];
}

/** The path of the file with that number. */
export function pick(files: Sandbox["files"], index: number): string {
  const known = Object.keys(files);
  return known[index % known.length] ?? "";
}

/** The profile that says so, for files that lie below `top`. */
export function profileOf(wished: Sandbox, top: string, cow: boolean): Readonly<Record<string, object>> {
  const sections: Record<string, Record<string, unknown>> = {
    mounts: {},
    tmpfs: {},
    dirs: {},
    files: {},
    symlinks: {},
  };
  const taken = new Set<string>();
  for (const each of wished.wishes) {
    const source = each.at === "" ? top : top + pick(wished.files, each.from);
    const place = each.same && each.kind === "mount" ? source : `${each.same ? top : "/s"}${each.at}`;
    if (taken.has(place)) continue;
    taken.add(place);
    const [section, value] = entryOf(each, source, cow);
    (sections[section] as Record<string, unknown>)[place] = value;
  }
  const escaped = (path: string) => path.replace(/[\\*?[\]{}()]/g, "\\$&");
  const hidden = (what: number | string) =>
    typeof what === "string" ? escaped(top) + what : escaped(top + pick(wished.files, what));
  return {
    ...sections,
    ...(wished.root && {
      root: { from: top + pick(wished.files, wished.root.from), access: wished.root.access },
    }),
    mask: wished.mask.map(hidden),
    protect: wished.protect.map((index) => ({ path: escaped(top + pick(wished.files, index)), missing: "skip" })),
  };
}

function entryOf({ kind, same, from, access, missing, target }: Wish, source: string, cow: boolean) {
  switch (kind) {
    case "tmpfs":
    case "dir":
      return [kind === "dir" ? "dirs" : "tmpfs", {}] as const;
    case "file":
      return ["files", { content: "generated" }] as const;
    case "link":
      return ["symlinks", target.replace(/^\//, "/s/")] as const;
    case "scratch":
      return ["mounts", { scratch: true }] as const;
    case "mount": {
      // A source that isn't there yet, now and then.
      const wanted = !same && missing === "create" && from % 3 === 0 ? `${source}.new` : source;
      return ["mounts", { from: wanted, access: access === "cow" && !cow ? "ro" : access, missing }] as const;
    }
  }
}

/** As much of what is wished for as goes together. */
export function possible(wished: Sandbox, isPossible: (some: Sandbox) => boolean): Sandbox {
  let kept: Sandbox = { ...wished, root: null, wishes: [], mask: [], protect: [] };
  const consider = (more: Sandbox): void => {
    if (isPossible(more)) kept = more;
  };
  if (wished.root) consider({ ...kept, root: wished.root });
  for (const each of wished.wishes) consider({ ...kept, wishes: [...kept.wishes, each] });
  for (const each of wished.mask) consider({ ...kept, mask: [...kept.mask, each] });
  for (const each of wished.protect) consider({ ...kept, protect: [...kept.protect, each] });
  return kept;
}
