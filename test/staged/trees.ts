import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import fc from "fast-check";

/** Names that the plans care about, so that trees and marks meet. */
export const NAMES = ["dev", "tmp", "proc", "m", "k", "w", "null", "shm", "etc", "bin"];

/** Something in a tree; `below` chooses one of the directories before it, `of` one of the files. */
export interface Wished {
  readonly kind: "directory" | "file" | "link" | "hard-link" | "fifo" | "device";
  readonly name: Uint8Array;
  readonly below: number;
  readonly of: number;
  readonly mode: number;
  readonly content: Uint8Array;
  readonly target: Uint8Array;
  readonly time: number;
}

const bytes = (text: string): Uint8Array => Buffer.from(text);
const isName = (name: Uint8Array): boolean =>
  !name.includes(0) && !name.includes(0x2f) && ![".", ".."].includes(Buffer.from(name).toString("latin1"));
const known = fc.constantFrom(...NAMES).map(bytes);

/** What links lead to: things in the tree, out of it, up, nowhere, round. */
const targets = (outside: string) =>
  fc.oneof(
    known,
    fc
      .constantFrom("..", "../..", "/", "/m", "/dev", "m/k", "../../../../..", "gone", outside, `../oldroot${outside}`)
      .map(bytes),
    fc.uint8Array({ minLength: 1, maxLength: 9 }).filter((target) => !target.includes(0)),
  );

const modes = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(0o755, 0o700, 0o777, 0o1777, 0o644) },
  fc.integer({ min: 0, max: 0o7777 }),
);

/** Trees of files, and links and directories of every kind. */
export const trees = (outside: string): fc.Arbitrary<readonly Wished[]> =>
  fc.array(
    fc.record({
      kind: fc.oneof(
        { weight: 4, arbitrary: fc.constant("directory" as const) },
        { weight: 6, arbitrary: fc.constantFrom("file", "link", "hard-link", "fifo", "device") },
      ),
      name: fc.oneof(known, fc.uint8Array({ minLength: 1, maxLength: 12 }).filter(isName)),
      below: fc.nat(),
      of: fc.nat(),
      mode: modes,
      content: fc.uint8Array({ maxLength: 20 }),
      target: targets(outside),
      // In seconds since 1970; before that, too.
      time: fc.integer({ min: -1_000_000_000, max: 2_000_000_000 }).map((ms) => ms + 0.25),
    }),
    { maxLength: 14 },
  );

/** Stages a tree below an existing directory; what has a name already that is taken is left out. */
export function stageTree(tree: readonly Wished[], directory: string, uid: number): void {
  const directories: Buffer[] = [Buffer.from(directory)];
  const files: Buffer[] = [];
  const made: { readonly path: Buffer; readonly wished: Wished }[] = [];
  for (const wished of tree) {
    const above = directories[wished.below % directories.length] as Buffer;
    const path = Buffer.concat([above, bytes("/"), wished.name]);
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) continue;
    const original = files[wished.of % Math.max(1, files.length)];
    if (!make(wished, path, original)) continue;
    if (wished.kind === "directory") directories.push(path);
    if (wished.kind === "file") files.push(path);
    made.push({ path, wished });
  }
  // From the inside out: a directory may get a mode that keeps even its owner from what is in it.
  for (const { path, wished } of made.toReversed()) {
    if (process.getuid?.() === 0) lchownSync(path, uid, uid);
    if (wished.kind !== "link") chmodSync(path, wished.mode);
    lutimesSync(path, wished.time, wished.time);
  }
  if (process.getuid?.() === 0) chownSync(directory, uid, uid);
  utimesSync(directory, 1_000_000_000, 1_000_000_000.5);
}

/** false when that can't be made here. */
function make(wished: Wished, path: Buffer, original: Buffer | undefined): boolean {
  // Programs take names as text only.
  const text = path.toString("utf8");
  const isText = Buffer.from(text).equals(path);
  switch (wished.kind) {
    case "directory":
      mkdirSync(path);
      return true;
    case "file":
      writeFileSync(path, wished.content);
      return true;
    case "link":
      symlinkSync(Buffer.from(wished.target), path);
      return true;
    case "hard-link":
      if (original === undefined) return false;
      linkSync(original, path);
      return true;
    case "fifo":
      if (isText) execFileSync("mkfifo", ["--", text]);
      return isText;
    case "device":
      if (!isText || process.getuid?.() !== 0) return false;
      execFileSync("mknod", ["--", text, "c", "1", "3"]);
      return true;
  }
}

/** Takes away whatever a directory holds, whatever it is called and whoever may look into it. */
export function removeTree(directory: string): void {
  execFileSync("chmod", ["-R", "u+rwx", directory]);
  execFileSync("rm", ["-rf", directory]);
}
