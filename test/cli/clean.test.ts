import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createJournalHarness,
  type JournalHarness,
  objects,
  type RunPlace,
  USERS,
} from "../execute/journal-harness.ts";
import { install } from "../support/sbx.ts";
import { misfits } from "../support/schemas.ts";

const installed = install();
let harness: JournalHarness;
beforeAll(() => {
  harness = createJournalHarness();
});
afterAll(() => {
  harness.remove();
  installed.remove();
});

const origin = { file: "/p/.sandbox.yml", line: 7, column: 3, route: [], chain: [] };
const mountPoint = (path: string) => ({ kind: "mount-point", path, type: "directory", origin }) as const;
const scratch = (below: string) => ({ kind: "scratch", path: "{run}/s", below, origin }) as const;

/** Leaves behind what a killed run with these mount points leaves; gives its run directory. */
async function kill(place: RunPlace, ...names: readonly string[]): Promise<string> {
  const known = existsSync(place.base) ? readdirSync(place.base) : [];
  const steps = [...names.map((name) => mountPoint(join(place.room, name))), scratch(place.room)];
  await place.run({ action: "make", steps });
  const [added = ""] = readdirSync(place.base).filter((name) => !known.includes(name));
  return join(place.base, added);
}

describe.each(USERS)("`sbx clean` of %s", (user) => {
  const room = installed.room(user);
  const clean = (place: RunPlace, ...options: string[]) => room.sbx(["clean", ...options], { env: place.env });

  it("says when there is nothing to do", async () => {
    const place = harness.place(user);
    for (const options of [[], ["--dry-run"]]) {
      expect(await clean(place, ...options)).toMatchObject({ code: 0, stdout: "nothing to clean up\n", stderr: "" });
    }
    const { code, stdout } = await clean(place, "--json");
    expect([code, JSON.parse(stdout)]).toEqual([0, { version: 1, journals: [] }]);
    expect(existsSync(place.base)).toBe(false);
  });

  it("undoes what a killed run has left, and says so line by line; first only what it would do", async () => {
    const place = harness.place(user);
    const before = objects(place.room);
    const directory = await kill(place, "a/b");
    const during = [objects(place.room), objects(place.base)];
    const fresh = join(place.room, `sbx-${directory.slice(-6)}-1`);
    const lines = (verb: string) =>
      [
        `${directory}: of a killed run`,
        `  ${verb} ${fresh} with everything in it`,
        `  ${verb} ${place.room}/a/b`,
        `  ${verb} ${place.room}/a`,
        `  ${verb} ${directory} with everything in it`,
        "",
      ].join("\n");
    const dry = await clean(place, "--dry-run");
    expect(dry).toMatchObject({ code: 0, stdout: lines("would remove"), stderr: "" });
    expect([objects(place.room), objects(place.base)]).toEqual(during);
    expect(await clean(place)).toMatchObject({ code: 0, stdout: lines("removed"), stderr: "" });
    expect([objects(place.room), objects(place.base)]).toEqual([before, []]);
    expect((await clean(place)).stdout).toBe("nothing to clean up\n");
  });

  it("says what stays and why, and ends with 1", async () => {
    const place = harness.place(user);
    const directory = await kill(place, "a", "other");
    const point = join(place.room, "a");
    renameSync(point, `${point}-away`);
    mkdirSync(point);
    const dry = await clean(place, "--dry-run");
    expect(dry.code).toBe(1);
    expect(dry.stdout).toContain("  would leave what is named below\n");
    const done = await clean(place);
    expect(done).toMatchObject({ code: 1, stderr: "" });
    const [list, problems] = done.stdout.split("\n\n");
    expect(list).toMatch(RegExp(`^${directory}: of a killed run\n`));
    expect(list).toContain(`  removed ${place.room}/other\n`);
    expect(list).toContain("  left what is named below");
    expect(problems).toBe(
      `/p/.sandbox.yml:7:3: warning[journal/not-the-same]: ${point} stays: it is not what the killed run made there\n` +
        `  help: look with \`ls -lad ${point}\`; sbx has forgotten it and will not touch it again\n`,
    );
    expect(existsSync(point)).toBe(true);
  });

  it("leaves a run alone that lives, one that can't be judged, and what it can't read", async () => {
    const place = harness.place(user);
    const child = place.start({ action: "hold", steps: [mountPoint(join(place.room, "lives"))] });
    await new Promise((resolve) => child.stdout?.once("data", resolve));
    const lives = join(place.base, readdirSync(place.base)[0] ?? "");
    const quiet = await clean(place);
    expect(quiet).toMatchObject({ code: 0, stdout: `${lives}: in use, left alone\n` });

    const broken = await kill(place, "broken");
    writeFileSync(join(broken, "journal"), "garbage\n");
    const done = await clean(place);
    expect(done.code).toBe(1);
    expect(done.stdout).toContain(`${lives}: in use, left alone\n`);
    expect(done.stdout).toContain(`${broken}: left alone, for its journal can't be understood\n`);
    expect(done.stdout).toContain("warning[journal/unreadable]: ");
    expect(done.stdout).toContain(`\`rm -r ${broken}\``);
    for (const name of ["lives", "broken"]) expect(existsSync(join(place.room, name))).toBe(true);
    child.stdin?.end("go on\n");
    await new Promise((resolve) => child.once("close", resolve));
  });

  it("is JSON that fits its schema", async () => {
    const place = harness.place(user);
    const undone = await kill(place, "a", "b");
    writeFileSync(join(place.room, "b/x"), "");
    const broken = await kill(place, "c");
    writeFileSync(join(broken, "journal"), "garbage\n");
    for (const option of ["--dry-run", "--json"]) {
      const { code, stdout } = await clean(place, option, "--json");
      const result = JSON.parse(stdout);
      expect(misfits("clean", result)).toEqual([]);
      const problems = result.journals.flatMap((journal: { problems: unknown[] }) => journal.problems);
      expect(misfits("problem", problems)).toEqual([]);
      expect(code).toBe(1);
      const state = option === "--json" ? "undone" : "would-undo";
      const found = new Map(result.journals.map((each: { directory: string }) => [each.directory, each]));
      expect(found.get(undone)).toMatchObject({
        state,
        actions: [{ kind: "remove-tree" }, { kind: "remove-empty", path: join(place.room, "a") }, { path: undone }],
        problems: [{ rule: "journal/not-empty" }],
      });
      expect(found.get(broken)).toMatchObject({ state: "unreadable", actions: [] });
    }
  });

  it("prints no control characters", async () => {
    const place = harness.place(user);
    await kill(place, "a\u001b[31m\nb");
    const { stdout } = await clean(place);
    expect(stdout).toContain(`removed ${place.room}/a\\x1b[31m\\nb\n`);
    expect(stdout).not.toContain("\u001b");
  });

  it("refuses a place where others can write", async () => {
    const place = harness.place(user);
    await kill(place, "a");
    chmodSync(place.base, 0o755);
    const done = await clean(place);
    expect(done.code).toBe(1);
    expect(done.stdout).toContain(`${place.base}: left alone\n`);
    expect(done.stdout).toContain("its mode is 755, not 700");
    expect(existsSync(join(place.room, "a"))).toBe(true);
  });

  it("takes no arguments: 2", async () => {
    expect((await clean(harness.place(user), "everything")).code).toBe(2);
    expect((await clean(harness.place(user), "--dry")).code).toBe(2);
  });

  it("finds nothing left of an `sbx run` that was killed, after a while or at once", async () => {
    const own = installed.room(user);
    const profile =
      "version: 1\nextends: [base]\nmounts: {.: rw, ./point: {from: /usr, access: ro}, /s: {scratch: true}}\n";
    own.write("p.yml", profile);
    const run = own.start(["run", "-p", "./p.yml", "--", "sh", "-c", "echo x >/s/x; echo ready; sleep 1000"]);
    await run.said("ready");
    expect(existsSync(join(own.project, "point"))).toBe(true);
    run.child.kill("SIGKILL");
    await run.done;
    // Its keeper may be at it, too.
    for (let left = 1; left > 0; ) {
      const { stdout } = await own.sbx(["clean", "--json"]);
      const { journals } = JSON.parse(stdout);
      for (const { problems } of journals) expect(problems).toEqual([]);
      left = journals.length;
    }
    expect(readdirSync(own.project)).toEqual(["p.yml"]);
    expect(readdirSync(join(own.home, "../runtime/sbx"))).toEqual([]);
  });
});

describe.runIf(process.getuid?.() === 0)("`sbx clean` as root", () => {
  it("leaves alone what belongs to other users", async () => {
    const theirs = harness.place("ordinary");
    await kill(theirs, "a");
    const before = [objects(theirs.room), objects(theirs.base)];
    const root = installed.room("root");
    // The variable is still theirs, as with sudo(8).
    const done = await root.sbx(["clean"], { env: theirs.env });
    expect(done.stdout).not.toContain(theirs.base);
    expect([objects(theirs.room), objects(theirs.base)]).toEqual(before);
  });
});
