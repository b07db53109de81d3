import { lstatSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withDirectory } from "../../src/execute/directory.ts";
import { changedAt, directoryTimes, type Times } from "../../src/execute/directory-times.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "sbx-times-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const now = () => lstatSync(directory, { bigint: true }).mtimeNs;

/** Makes something in the directory; gives what that did to its time. */
const make = (name: string): Times =>
  withDirectory(directory, (opened) => {
    const before = changedAt(opened);
    mkdirSync(join(directory, name));
    return { before, after: changedAt(opened) };
  });

const remove = (times: ReturnType<typeof directoryTimes>, name: string, made: Times | undefined) =>
  withDirectory(directory, (opened) =>
    times.around(opened, { path: directory, times: made }, () => {
      rmdirSync(join(directory, name));
      return { state: "removed" };
    }),
  );

describe("the time of a directory in which something was made and removed", () => {
  // Whole seconds, what utimes(2) gets exactly, what only touch(1) does, and a time before 1970.
  it.each([1_000_000_000, 1_000_000_000.25, undefined, -1_000_000.75])("is what it was: %s", (time) => {
    if (time !== undefined) utimesSync(directory, time, time);
    const before = now();
    const made = ["a", "b", "c"].map((name) => [name, make(name)] as const);
    const times = directoryTimes();
    for (const [name, each] of made.toReversed()) remove(times, name, each);
    expect(now()).not.toBe(before);
    times.restore();
    expect(now()).toBe(before);
  });

  it.each(["before the removal", "between removals", "after it"])("stays when somebody else changed it %s", (when) => {
    utimesSync(directory, 1_000_000_000, 1_000_000_000);
    const made = [make("a"), make("b")];
    const change = (here: string) => {
      if (here === when) writeFileSync(join(directory, "theirs"), "");
    };
    const times = directoryTimes();
    change("before the removal");
    remove(times, "b", made[1]);
    change("between removals");
    remove(times, "a", made[0]);
    change("after it");
    const theirs = now();
    times.restore();
    expect(now()).toBe(theirs);
    expect(lstatSync(directory).mtimeMs).not.toBe(1e12);
  });

  it("stays when it is another directory of that name", () => {
    utimesSync(directory, 1_000_000_000, 1_000_000_000);
    const made = make("a");
    const times = directoryTimes();
    remove(times, "a", made);
    rmdirSync(directory);
    mkdirSync(directory);
    const theirs = now();
    times.restore();
    expect(now()).toBe(theirs);
  });

  it("stays when nobody knows what it was, as after a replay", () => {
    make("a");
    const times = directoryTimes();
    remove(times, "a", undefined);
    const removed = now();
    times.restore();
    expect(now()).toBe(removed);
  });
});
