import { accessSync, constants, lstatSync, readFileSync, realpathSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseMountinfo } from "../../src/host/mountinfo.ts";
import { probeBwrap } from "../../src/host/probe.ts";
import { isWithin } from "../../src/model/path.ts";
import type { Plan } from "../../src/model/plan.gen.ts";
import { bwrap as target } from "../../src/render/index.ts";
import { tree } from "../../src/tree/index.ts";
import type { FakeFile } from "../support/fake-host.ts";
import { makeRoom, PROBE, planHere, type Report, type Room, runHere, type Seen } from "./real-run.ts";
import { showOperation } from "./show.ts";

/** The bwrap on PATH and those of SBX_TEST_BWRAPS (absolute paths, separated by colons). */
function bwraps(): string[] {
  const named = (process.env.SBX_TEST_BWRAPS ?? "").split(":").filter(Boolean);
  const onPath = (process.env.PATH ?? "").split(":").map((directory) => `${directory}/bwrap`);
  const first = onPath.filter(isExecutable).slice(0, 1);
  return [...new Set([...first, ...named].map((file) => realpathSync(file)))];
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const RUNS = process.env.SBX_SOAK === "1" ? 1500 : 25;

const NAMES = ["a", "b", "c d"];
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
    const whole: Record<string, FakeFile> = { "/own": { type: "directory" }, "/own/secret": { text: "" } };
    for (const at of Object.keys(chosen).sort()) {
      const parts = at.split("/").slice(1, -1);
      const above = parts.map((_, index) => `/${parts.slice(0, index + 1).join("/")}`);
      if (above.some((parent) => whole[parent] !== undefined && whole[parent].type !== "directory")) continue;
      for (const parent of above) whole[parent] ??= { type: "directory" };
      whole[at] ??= chosen[at] as FakeFile;
    }
    return whole;
  });

interface Wish {
  readonly kind: "mount" | "tmpfs" | "dir" | "file" | "link";
  /** Below /s, or at the same path as on the host. */
  readonly same: boolean;
  readonly at: string;
  readonly from: number;
  readonly access: string;
  readonly missing: string;
  readonly target: string;
}

const wish: fc.Arbitrary<Wish> = fc.record({
  kind: fc.constantFrom("mount", "mount", "mount", "mount", "tmpfs", "dir", "file", "link"),
  same: fc.boolean(),
  at: relative(0, 3),
  from: fc.nat(),
  access: fc.constantFrom("ro", "rw", "rw", "cow"),
  missing: fc.constantFrom("skip", "create", "skip"),
  target: linkTarget,
});

const sandbox = fc.record({
  files,
  wishes: fc.array(wish, { minLength: 1, maxLength: 6 }),
  mask: fc.array(fc.nat(), { maxLength: 2 }),
  protect: fc.array(fc.nat(), { maxLength: 2 }),
});
type Sandbox = typeof sandbox extends fc.Arbitrary<infer T> ? T : never;

/** What is needed to run the probe, and what was wished for. */
function profileOf({ files: machine, wishes, mask, protect }: Sandbox, room: Room, cow: boolean): object {
  const known = Object.keys(machine);
  const pick = (index: number) => room.host + (known[index % known.length] ?? "");
  const sections: Record<string, Record<string, unknown>> = {
    mounts: {},
    tmpfs: {},
    dirs: {},
    files: {},
    symlinks: {},
  };
  const taken = new Set<string>();
  for (const { kind, same, at, from, access, missing, target: text } of wishes) {
    const source = at === "" ? room.host : pick(from);
    const place = same && kind === "mount" ? source : `${same ? room.host : "/s"}${at}`;
    if (taken.has(place)) continue;
    taken.add(place);
    const set = (section: string, value: unknown) => {
      (sections[section] as Record<string, unknown>)[place] = value;
    };
    if (kind === "tmpfs") set("tmpfs", {});
    else if (kind === "dir") set("dirs", {});
    else if (kind === "file") set("files", { content: "generated" });
    else if (kind === "link") set("symlinks", text.replace(/^\//, "/s/"));
    else {
      // A source that isn't there yet, now and then.
      const wanted = missing === "create" && from % 3 === 0 ? `${source}.new` : source;
      const given = access === "cow" && !cow ? "ro" : access;
      set("mounts", { from: same ? (wanted === source ? place : source) : wanted, access: given, missing });
    }
  }
  const system = Object.fromEntries(["/usr", "/bin", "/lib", "/lib64"].map((path) => [path, "ro?"]));
  const escaped = (path: string) => path.replace(/[\\*?[\]{}()]/g, "\\$&");
  return {
    ...sections,
    mounts: { ...sections.mounts, ...system, "/probe/node": { from: process.execPath } },
    mask: mask.map((index) => escaped(pick(index))),
    protect: protect.map((index) => ({ path: escaped(pick(index)), missing: "skip" })),
  };
}

const MOUNTS: ReadonlySet<string> = new Set([
  "bind",
  "overlay",
  "tmpfs",
  "proc",
  "dev",
  "file",
  "mask",
  "pin",
  "protect",
]);

describe.each(bwraps())("a sandbox of %s", (file) => {
  const probed = probeBwrap(file, "/nonexistent").value;
  if (probed === undefined) throw new Error(`${file} is no bwrap`);
  const features = { name: file, file, options: new Set(probed.options) };

  it("is what the tree says, keeps what is masked hidden and what is protected as it was", () => {
    fc.assert(
      fc.property(sandbox, (wished) => {
        const room = makeRoom(wished.files);
        try {
          checkOne(possible(wished, room), room);
        } finally {
          room.remove();
        }
      }),
      { numRuns: RUNS },
    );
  });

  const cow = features.options.has("--tmp-overlay");

  /** As much of what is wished for as goes together. */
  function possible(wished: Sandbox, room: Room): Sandbox {
    let kept: Sandbox = { ...wished, wishes: [], mask: [], protect: [] };
    const consider = (more: Sandbox): void => {
      if (planHere(profileOf(more, room, cow), room).plan !== undefined) kept = more;
    };
    for (const each of wished.wishes) consider({ ...kept, wishes: [...kept.wishes, each] });
    for (const each of wished.mask) consider({ ...kept, mask: [...kept.mask, each] });
    for (const each of wished.protect) consider({ ...kept, protect: [...kept.protect, each] });
    return kept;
  }

  function checkOne(wished: Sandbox, room: Room): void {
    const first = planHere(profileOf(wished, room, cow), room);
    if (first.plan === undefined) throw new Error(JSON.stringify(first.problems));
    const paths = interesting(first.plan, room);
    const protectedPaths = wished.protect.map((index) =>
      realOf(Object.keys(wished.files)[index % Object.keys(wished.files).length] ?? "", room),
    );
    const wishes = {
      paths,
      roots: ["/s", room.directory],
      targets: [...protectedPaths, room.own].flatMap((path) =>
        path === undefined ? [] : views(first.plan as Plan, path),
      ),
    };
    const profile = profileOf(wished, room, cow);
    const probe = {
      "/probe/probe.js": { content: PROBE.replaceAll("${", () => "$${") },
      "/probe/wishes.json": { content: JSON.stringify(wishes) },
    };
    const whole = { ...profile, files: { ...(profile as { files: object }).files, ...probe } };
    const { plan, problems, host } = planHere(whole, room);
    if (plan === undefined) throw new Error(JSON.stringify(problems));
    const rendered = target.render(plan, features, ["/probe/node", "/probe/probe.js"]);
    if (rendered.value === undefined) throw new Error(JSON.stringify(rendered.problems));

    const shown = tree(plan.operations, host);
    const untouched = snapshot(wished, plan, room, protectedPaths);
    const expected = Object.fromEntries(
      paths.map((at) => [at, { itself: expect_(shown.walk(at, { last: false })), followed: expect_(shown.walk(at)) }]),
    );
    const { report, error } = runHere(rendered.value, plan, room);
    if (error !== "")
      throw new Error([error, ...plan.operations.map((each) => showOperation(each).slice(0, 200))].join("\n"));
    if (report === undefined) throw new Error("no report");

    for (const at of paths) {
      const seen = report.seen[at];
      if (seen === undefined) throw new Error(`nothing about ${at}`);
      compare(at, seen.itself, expected[at]!.itself);
      compare(at, seen.followed, expected[at]!.followed);
    }
    compareMounts(report, plan, shown);
    hidesAll(report, wished, room);
    for (const { path, ino, content } of untouched) {
      expect({ path, ino: lstatSync(path).ino, content: contentOf(path) }).toEqual({ path, ino, content });
    }
  }

  interface Expected {
    readonly type: string;
    readonly access?: string;
    readonly target?: string | undefined;
    readonly host?: string | undefined;
    readonly same?: { readonly dev: number; readonly ino: number; readonly content: string | undefined } | undefined;
  }

  /** What is to be found, with what the host has there now: the probe will change it. */
  function expect_(walk: ReturnType<ReturnType<typeof tree>["walk"]>): Expected {
    if (walk.loop) return { type: "absent" };
    const stat = walk.host === undefined ? undefined : attempt(() => lstatSync(walk.host as string));
    const content = walk.type === "file" && walk.host !== undefined ? contentOf(walk.host) : undefined;
    return {
      type: walk.type,
      access: walk.access,
      target: walk.target,
      host: walk.host,
      same: stat && { dev: stat.dev, ino: stat.ino, content },
    };
  }

  function compare(at: string, seen: Seen, expected: Expected): void {
    if (expected.type === "unknown") return;
    if (seen.error !== undefined) {
      expect({ at, found: seen.error, type: "absent" }).toEqual({ at, found: seen.error, type: expected.type });
      return;
    }
    expect({ at, type: seen.type, target: seen.target }).toEqual({ at, type: expected.type, target: expected.target });
    if (seen.type === "link") return;
    // A mode can forbid what a mount would allow: a mount point that was made on the host is 0444.
    const writable = seen.denied === undefined;
    const wanted = expected.access === "rw" || expected.access === "device";
    if (seen.denied !== "EACCES") expect({ at, writable }).toEqual({ at, writable: wanted });
    if (expected.same === undefined || expected.access === "masked") return;
    if (seen.type === "file") expect({ at, content: seen.content }).toEqual({ at, content: expected.same.content });
  }
});

function attempt<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}

const contentOf = (path: string): string | undefined => attempt(() => readFileSync(path, "utf8"));
const realOf = (path: string, room: Room): string | undefined => attempt(() => realpathSync(room.host + path));

/** Everything that an operation is at, what leads there and what could lie below. */
function interesting(plan: Plan, room: Room): string[] {
  const below = (at: string) => [at, ...NAMES.map((name) => `${at === "/" ? "" : at}/${name}`)];
  const all = [...plan.operations.map(({ at }) => at), room.host, "/s"].filter(
    (at) => isWithin("/s", at) || isWithin(at, room.host) || isWithin(room.host, at),
  );
  return [...new Set(all.flatMap(below).flatMap(below))].slice(0, 150);
}

/** Every path in the sandbox under which an entry could show a host path, hidden or not. */
const views = (plan: Plan, path: string): string[] =>
  plan.operations.flatMap((operation) => {
    if (operation.kind !== "bind" || !operation.present || !isWithin(operation.source, path)) return [];
    return [operation.at + path.slice(operation.source.length)];
  });

/** What must be the same afterwards: what is protected, sbx's own, and all that no entry makes writable. */
function snapshot(wished: Sandbox, plan: Plan, room: Room, protectedPaths: readonly (string | undefined)[]) {
  const writable = plan.operations.flatMap((operation) =>
    operation.kind === "bind" && operation.present && operation.access === "rw" ? [operation.source] : [],
  );
  const every = Object.keys(wished.files).map((path) => room.host + path);
  const guarded = [...protectedPaths.filter((path) => path !== undefined), room.own];
  return every
    .filter((path) => attempt(() => lstatSync(path).isFile()) && realpathSync(path) === path)
    .filter((path) => guarded.some((top) => isWithin(top, path)) || !writable.some((source) => isWithin(source, path)))
    .map((path) => ({ path, ino: lstatSync(path).ino, content: contentOf(path) }));
}

/** The content of what is masked is nowhere to be read, before and after. */
function hidesAll({ before, after }: Report, wished: Sandbox, room: Room): void {
  const known = Object.keys(wished.files);
  const masked = wished.mask.map((index) => realOf(known[index % known.length] ?? "", room)).filter(Boolean);
  const hidden = known.filter((path) => {
    const at = room.host + path;
    return wished.files[path]?.text !== undefined && [...masked, room.own].some((top) => isWithin(top as string, at));
  });
  for (const path of hidden) {
    expect([path, before.includes(`content of ${path}`), after.includes(`content of ${path}`)]).toEqual([
      path,
      false,
      false,
    ]);
  }
}

/** Every mount of the plan that nothing covers is one, and as writable as the tree says. */
function compareMounts({ mountinfo }: Report, plan: Plan, shown: ReturnType<typeof tree>): void {
  const mounts = parseMountinfo(mountinfo);
  plan.operations.forEach((operation, index) => {
    if (!operation.present || !MOUNTS.has(operation.kind) || shown.look(operation.at).mount !== index) return;
    if (operation.at === "/") return;
    const found = mounts.findLast(({ point }) => point === operation.at);
    expect([operation.at, found !== undefined]).toEqual([operation.at, true]);
    const { access } = shown.look(operation.at);
    // procfs itself is mounted writable; what may be written there is up to the kernel.
    if (operation.kind === "proc" || access === "device") return;
    expect([operation.at, operation.kind, found?.readOnly]).toEqual([operation.at, operation.kind, access !== "rw"]);
  });
}
