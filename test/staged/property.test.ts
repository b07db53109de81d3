import { mkdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { runners } from "../support/bwraps.ts";
import { install } from "../support/sbx.ts";
import { picture } from "./picture.ts";
import { BUILD_DEVICES, runDirectories, stage } from "./room.ts";
import { NAMES, removeTree, stageTree, trees } from "./trees.ts";

/** Each one is a sandbox that starts; `SBX_STAGED_RUNS` for more. */
const RUNS = Number(process.env.SBX_STAGED_RUNS ?? (process.env.SBX_SOAK === "1" ? 1000 : 20));

const installed = install();
afterAll(() => removeTree(installed.directory));

/** Destinations that often meet something of the tree, or lie in each other. */
const place = fc.array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 3 }).map((names) => `/${names.join("/")}`);

const wishes = fc.record({
  root: fc.record({ from: fc.constant("./root"), access: fc.constantFrom("ro", "rw") }),
  devices: fc.constantFrom(BUILD_DEVICES, ["minimal"], ["full"], "none"),
  proc: fc.boolean(),
  tmpfs: fc.subarray(["/tmp", "/dev/shm", "/w"]),
  marked: fc.dictionary(
    place,
    fc.constantFrom({}, {}, { from: "./source" }, { from: "./file" }, { from: "/dev/zero" }),
    { maxKeys: 4 },
  ),
  files: fc.dictionary(place, fc.constant({ content: "x" }), { maxKeys: 1 }),
  network: fc.constantFrom("none", "host"),
  process: fc.record(
    {
      cwd: fc.oneof(place, fc.constant("/")),
      uid: fc.constantFrom(0, 800),
      gid: fc.constantFrom(0, 900),
    },
    { requiredKeys: ["cwd"] },
  ),
});

describe.each(runners())("a staged tree, with $bwrap, as $user", (runner) => {
  it("is what it was, to the byte, mode, link and time, after `true` with any marks, or after a refusal", async () => {
    const staged = stage(installed, runner);
    const { room, path, sentinel } = staged;
    room.directory("source");
    room.write("file", "a file\n");
    removeTree(path);
    let ran = 0;
    await fc.assert(
      fc.asyncProperty(
        trees(sentinel),
        wishes,
        fc.constantFrom(0o755, 0o700, 0o555, 0o2775),
        async (tree, wished, mode) => {
          mkdirSync(path);
          try {
            staged.putPrograms();
            stageTree(tree, path, room.uid);
            staged.setMode(mode);
            const before = [picture(path), picture(sentinel), picture(join(room.project, "source"))];
            const done = await staged.run(wished, ["/bin/true"]);
            const after = [picture(path), picture(sentinel), picture(join(room.project, "source"))];
            expect(after, done.stderr).toEqual(before);
            expect(runDirectories(staged)).toEqual([]);
            expect(done.stderr).not.toContain("warning");
            if (done.code === 0) {
              ran++;
              expect(done.stderr).toBe("");
            } else {
              expect([125, 126, 127], done.stderr).toContain(done.code);
              // What is in procfs, should /bin be one, and whom a mode keeps out is for the kernel to say.
              expect(
                done.stderr.match(/error\[|bwrap: (execvp|Can't chdir to .*: Permission denied)/g),
                done.stderr,
              ).not.toBeNull();
            }
          } finally {
            removeTree(path);
          }
        },
      ),
      { numRuns: RUNS },
    );
    // A property of refusals alone would say little.
    expect(ran).toBeGreaterThan(RUNS / 10);
  });
});
