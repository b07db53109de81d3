import { lstatSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import picomatch from "picomatch";
import { expect } from "vitest";
import { parseMountinfo } from "../../src/model/mountinfo.ts";
import { isWithin } from "../../src/model/path.ts";
import type { Plan } from "../../src/model/plan.gen.ts";
import type { Tree, Walk } from "../../src/tree/index.ts";
import type { Report, Room, Seen } from "./real-run.ts";
import { NAMES, pick, type Sandbox } from "./wishes.ts";

/** What is to be found at a path, with what the host has there before anything runs. */
export interface Expected {
  readonly type: string;
  readonly access: string;
  readonly target: string | undefined;
  readonly content: string | undefined;
}

export function expected(walk: Walk): Expected {
  const content = walk.type === "file" && walk.host !== undefined ? contentOf(walk.host) : undefined;
  const { access, target } = walk;
  return { type: walk.loop ? "absent" : walk.type, access, target, content };
}

export function compare(at: string, seen: Seen, { type, access, target, content }: Expected): void {
  if (type === "unknown") return;
  if (seen.error !== undefined) {
    expect({ at, found: seen.error, type: "absent" }).toEqual({ at, found: seen.error, type });
    return;
  }
  expect({ at, type: seen.type, target: seen.target }).toEqual({ at, type, target });
  if (seen.type === "link") return;
  // A mode can forbid what a mount would allow: a mount point that was made on the host is 0444.
  const wanted = access === "rw" || access === "device";
  if (seen.denied !== "EACCES") {
    expect({ at, writable: seen.denied === undefined }).toEqual({ at, writable: wanted });
  }
  if (content !== undefined && access !== "masked") {
    expect({ at, content: seen.content }).toEqual({ at, content });
  }
}

const MOUNTS: ReadonlySet<string> = new Set(["bind", "overlay", "tmpfs", "file", "mask", "pin", "protect"]);

/** Every mount of the plan that nothing covers is one, and as writable as the tree says. */
export function compareMounts({ mountinfo }: Report, { operations }: Plan, shown: Tree): void {
  const mounts = parseMountinfo(mountinfo);
  operations.forEach(({ at, kind, present }, index) => {
    const { access, mount } = shown.look(at);
    if (!present || !MOUNTS.has(kind) || mount !== index || at === "/" || access === "device") return;
    const found = mounts.findLast(({ point }) => point === at);
    expect([at, kind, found?.readOnly]).toEqual([at, kind, access !== "rw"]);
  });
}

/** Everything that an operation is at, what leads there and what could lie below. */
export function interesting({ operations }: Plan, room: Room): string[] {
  const below = (at: string) => [at, ...NAMES.map((name) => `${at === "/" ? "" : at}/${name}`)];
  const all = [...operations.map(({ at }) => at), room.host, "/s"].filter(
    (at) => isWithin("/s", at) || isWithin(at, room.host) || isWithin(room.host, at),
  );
  return [...new Set(all.flatMap(below).flatMap(below))].slice(0, 150);
}

/** Every path in the sandbox under which an entry could show a host path, hidden or not. */
export const views = ({ operations }: Plan, path: string): string[] =>
  operations.flatMap((operation) => {
    if (operation.kind !== "bind" || !operation.present || !isWithin(operation.source, path)) return [];
    return [`${operation.at === "/" ? "" : operation.at}${path.slice(operation.source.length)}`];
  });

export const realOf = (path: string, room: Room): string | undefined => attempt(() => realpathSync(room.host + path));

/** Every path on the host, sorted; node's own recursive listing would follow links. */
export function listing(room: Room): string[] {
  const below = (directory: string): string[] =>
    readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
      const path = `${directory}/${entry.name}`;
      return entry.isDirectory() ? [path, ...below(path)] : [path];
    });
  return below(room.host).sort();
}

/** What must be the same afterwards: what is protected, sbx's own, and all that no entry makes writable. */
export function untouchable(wished: Sandbox, { operations }: Plan, room: Room, kept: readonly string[]) {
  const writable = operations.flatMap((operation) =>
    operation.kind === "bind" && operation.present && operation.access === "rw" ? [operation.source] : [],
  );
  return Object.keys(wished.files)
    .map((path) => room.host + path)
    .filter((path) => attempt(() => lstatSync(path).isFile()))
    .filter((path) => kept.some((top) => isWithin(top, path)) || !writable.some((source) => isWithin(source, path)))
    .map((path) => ({ path, ino: lstatSync(path).ino, content: contentOf(path) }));
}

/** The content of what is masked is nowhere to be read, before and after. */
export function hidesAll({ before, after }: Report, wished: Sandbox, room: Room): void {
  const known = Object.keys(wished.files);
  const masked = wished.mask
    .flatMap((what) => {
      if (typeof what === "number") return [pick(wished.files, what)];
      const matches = picomatch(what);
      return known.filter((path) => matches(path));
    })
    .flatMap((path) => realOf(path, room) ?? []);
  for (const path of known) {
    const at = room.host + path;
    if (wished.files[path]?.text === undefined || ![...masked, room.own].some((top) => isWithin(top, at))) continue;
    const content = `content of ${path}`;
    expect([path, before.includes(content), after.includes(content)]).toEqual([path, false, false]);
  }
}

export const contentOf = (path: string): string | undefined => attempt(() => readFileSync(path, "utf8"));

function attempt<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}
