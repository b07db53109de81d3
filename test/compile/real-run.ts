import { spawnSync } from "node:child_process";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile } from "../../src/compile/index.ts";
import { nodeHost } from "../../src/host/node.ts";
import { load } from "../../src/load/index.ts";
import type { Host } from "../../src/model/host.ts";
import type { Invocation } from "../../src/model/invocation.ts";
import type { Plan, Step } from "../../src/model/plan.gen.ts";
import type { Problem } from "../../src/model/problem.ts";
import { resolve } from "../../src/resolve/index.ts";
import { library } from "../../src/sources/index.ts";
import { typed, validate, validateFragment } from "../../src/validate/index.ts";
import type { FakeFile } from "../support/fake-host.ts";
import { OWN } from "./wishes.ts";

/** A directory on this machine that a sandbox is made from, thrown away afterwards. */
export interface Room {
  readonly directory: string;
  /** Where the files lie. */
  readonly host: string;
  /** sbx's own directory, with a secret in it. */
  readonly own: string;
  remove(): void;
}

export function makeRoom(files: Readonly<Record<string, FakeFile>>): Room {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "sbx-real-")));
  const host = join(directory, "h");
  for (const path of [host, join(directory, "run")]) mkdirSync(path);
  for (const [path, { type, target }] of Object.entries(files).sort()) {
    const at = host + path;
    if (target !== undefined) symlinkSync(target.replace(/^\//, `${host}/`), at);
    else if (type === "directory") mkdirSync(at);
    // Every file says whose it is.
    else writeFileSync(at, `content of ${path}`);
  }
  return { directory, host, own: host + OWN, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

/** What a plain fragment of a profile comes to on this machine. */
export function planHere(
  profile: object,
  room: Room,
): { readonly plan: Plan | undefined; readonly problems: readonly Problem[]; readonly host: Host } {
  const host = nodeHost({ cwd: room.host, home: room.directory });
  const profiles = library(host, { load, validate });
  const { value: source, problems } = profiles.openText(
    "object",
    room.host,
    JSON.stringify({ version: 1, ...profile }),
  );
  if (source === undefined) throw new Error(JSON.stringify(problems, undefined, 1));
  const typedFragment: Parameters<typeof resolve>[1]["typedFragment"] = (node, file, route) => {
    const wrong = validateFragment(node, file, { route });
    return { value: wrong.length > 0 ? undefined : typed(node, "fragment"), problems: wrong };
  };
  const request = { source, variant: undefined, flags: [], set: [], project: room.host };
  const resolved = resolve(request, { host, lookup: profiles.lookup, typedFragment });
  if (resolved.value === undefined) return { plan: undefined, problems: resolved.problems, host };
  const compiled = compile(resolved.value, host, { directories: [room.own] });
  return { plan: compiled.value, problems: [...resolved.problems, ...compiled.problems], host };
}

/** What the probe found inside. */
export interface Report {
  readonly seen: Readonly<Record<string, { readonly itself: Seen; readonly followed: Seen }>>;
  readonly mountinfo: string;
  /** The content of every file that could be read, before and after it tried to break out. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

export type Seen =
  | { readonly error: string }
  | {
      readonly error?: never;
      readonly type: string;
      readonly dev: number;
      readonly ino: number;
      readonly target?: string;
      readonly denied?: string;
      readonly content?: string;
    };

export const PROBE = readFileSync(fileURLToPath(new URL("probe.js", import.meta.url)), "utf8");

/** Does the steps, runs the call, and says what it wrote, or why it failed. */
export function runHere(invocation: Invocation, plan: Plan, room: Room): { output: string; error: string } {
  const places = new Map<string, string>();
  for (const step of plan.prepare) perform(step, room, places);
  const args = invocation.args.map((word) => {
    const name = /^\{run\}\/[^/]+/.exec(word)?.[0];
    return name === undefined ? word : (places.get(name) ?? word) + word.slice(name.length);
  });
  const stdio: ("ignore" | "pipe" | number)[] = ["ignore", "pipe", "pipe"];
  for (const { fd, content } of invocation.inputs) {
    const file = join(room.directory, "run", `input-${fd}`);
    if (typeof content !== "string") throw new Error("the test has no variables");
    writeFileSync(file, content);
    stdio[fd] = openSync(file, "r");
  }
  for (let fd = 0; fd < stdio.length; fd += 1) stdio[fd] ??= "ignore";
  const done = spawnSync(invocation.file, args, { stdio, env: {}, cwd: "/", encoding: "utf8", maxBuffer: 2 ** 26 });
  for (const fd of stdio) if (typeof fd === "number") closeSync(fd);
  const failed = done.status !== 0 || done.stderr !== "";
  return {
    output: done.stdout,
    error: failed ? `${done.status} ${done.signal} ${done.error ?? ""} ${done.stderr}` : "",
  };
}

function perform(step: Step, room: Room, places: Map<string, string>): void {
  switch (step.kind) {
    case "make-directory":
      mkdirSync(step.path, { recursive: true, mode: Number.parseInt(step.mode, 8) });
      return;
    case "make-file":
      makeFile(step.path);
      return;
    case "mount-point":
      if (step.type === "directory") mkdirSync(step.path, { recursive: true });
      else makeFile(step.path);
      return;
    case "scratch": {
      const path = mkdtempSync(join(room.directory, "run", "scratch-"));
      places.set(step.path, path);
      return;
    }
    case "mount-tmpfs":
    case "make-node":
    case "start-api":
    case "copy-hard-links":
      throw new Error(`the test can't do ${step.kind}`);
  }
}

function makeFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  try {
    writeFileSync(path, "", { flag: "wx", mode: 0o444 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
