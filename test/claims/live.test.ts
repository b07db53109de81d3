import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Host, nodeHost } from "../../src/index.ts";
import { bwraps } from "../support/bwraps.ts";
import { shortly, testOf } from "./profile.ts";

/** A project whose path has no link in it. */
let directory = "";
let runtime = "";
let before: string | undefined;
beforeAll(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), "sbx-claims-")));
  // Tests may run below /tmp, which others can write to; sbx asks only what lies in between.
  chmodSync(directory, 0o755);
  runtime = realpathSync(mkdtempSync(join(tmpdir(), "sbx-claims-")));
  before = process.env.XDG_RUNTIME_DIR;
  process.env.XDG_RUNTIME_DIR = runtime;
  mkdirSync(join(directory, "src"));
  mkdirSync(join(directory, "keys"));
  writeFileSync(join(directory, "keys/id"), "key");
  writeFileSync(join(directory, ".env"), "SECRET=1");
  writeFileSync(join(directory, "Makefile"), "all:\n");
  writeFileSync(join(directory, "run.sh"), "");
  chmodSync(join(directory, "run.sh"), 0o555);
  symlinkSync("/usr/bin/env", join(directory, "away"));
  symlinkSync("src", join(directory, "near"));
  symlinkSync("/no/such/place", join(directory, "dangling"));
});
afterAll(() => {
  if (before === undefined) delete process.env.XDG_RUNTIME_DIR;
  else process.env.XDG_RUNTIME_DIR = before;
  for (const path of [directory, runtime]) rmSync(path, { recursive: true, force: true });
});

const SYSTEM = { "/usr": "ro", "/bin": "ro", "/lib": "ro?", "/lib64": "ro?" };
const profile = () => ({
  mounts: { ...SYSTEM, ".": "rw", "/node": { from: "/dev/null", access: "ro" } },
  mask: [".env", "keys"],
  protect: ["Makefile"],
  tmpfs: ["/tmp"],
  files: { "/etc/empty": { content: "" } },
  env: { set: { CI: "1", TMPDIR: "/tmp" } },
  flags: { net: { network: "host" } },
});

describe.each(bwraps())("a claim, tried with %s", (bwrap) => {
  const here = (): Host =>
    nodeHost({ env: { ...process.env, SBX_BWRAP: bwrap } as Record<string, string>, cwd: directory });
  const tried = async (test: Readonly<Record<string, unknown>>, fields: object = profile()) =>
    testOf({ ...fields }, test, here(), { live: true });

  it.each<[string, readonly string[], readonly string[]]>([
    ["hidden", [".env", "keys", "keys/id", "/nope", "dangling"], ["src", "/tmp", "near"]],
    ["absent", ["/nope", "keys/id", "dangling", "/dev/kmsg"], [".env", "/tmp", "away"]],
    ["masked", [".env", "keys"], ["/nope", "src", "/tmp"]],
    ["readable", ["src", "near", "away", "Makefile", "/dev/null"], ["/nope", "/node"]],
    ["readonly", ["/usr/bin/env", "away", "Makefile"], ["src", "/tmp", "/dev/null", "run.sh"]],
    ["writable", ["src", ".", "/tmp", "/dev/null", "near"], ["Makefile", "/usr", "keys", ".env", "/nope", "run.sh"]],
    ["device", ["/dev/null", "/dev/zero", "/dev/urandom"], ["/usr", "/dev/kmsg", "/node"]],
  ])("%s", async (kind, good, bad) => {
    for (const [paths, outcome] of [
      [good, "holds"],
      [bad, "fails"],
    ] as const) {
      const { claims, problems } = await tried({ [kind]: paths });
      expect(problems).toEqual([]);
      expect(claims.map(({ claim, outcome, tried }) => ["path" in claim && claim.path, outcome, tried?.holds])).toEqual(
        paths.map((path) => [path.startsWith("/") ? path : join(directory, path), outcome, outcome === "holds"]),
      );
    }
  });

  it("needs nothing in the sandbox: no shell, no program, no procfs", async () => {
    const bare = { mounts: { "/only": { from: "Makefile" } }, proc: false, tmpfs: ["/t"] };
    const { claims, outcome } = await tried(
      {
        readonly: ["/only"],
        writable: ["/t", "/"],
        absent: ["/usr", "/bin/sh", "/proc"],
        network: "none",
        env: { CI: false },
      },
      bare,
    );
    expect([outcome, claims.filter(({ tried }) => tried?.holds !== true)]).toEqual(["holds", []]);
  });

  it("an empty file that the profile writes is no mask", async () => {
    const { claims } = await tried({ readable: ["/etc/empty"], masked: ["/etc/empty"] });
    expect(claims.map(shortly)).toEqual(["readable /etc/empty: holds", "masked /etc/empty: fails test/masked"]);
  });

  it("env and network", async () => {
    const good = await tried({ env: { CI: "1", HOME: false, PWD: directory, TMPDIR: "/tmp" }, network: "none" });
    expect(good.claims.map(shortly)).toEqual([
      "env CI: holds",
      "env HOME: holds",
      "env PWD: holds",
      "env TMPDIR: holds",
      "network: holds",
    ]);
    // bwrap is started without what would act on bwrap itself: there the simulation speaks alone.
    expect(good.claims.map(({ tried }) => tried?.holds)).toEqual([true, true, true, undefined, true]);
    const bad = await tried({ env: { CI: "2", HOME: "/", PWD: false }, network: "host" });
    expect(new Set(bad.claims.map(({ outcome }) => outcome))).toEqual(new Set(["fails"]));
    const open = await tried({ network: "host", flags: ["net"] });
    expect(open.claims.map(({ tried }) => tried?.holds)).toEqual([true]);
  });

  it("what env and PWD are claimed to be is what a command finds", async () => {
    const script = 'test "$CI $TMPDIR $PWD $(pwd)" = "1 /tmp $1 $1"';
    const { outcome, claims } = await tried({ run: ["/bin/sh", "-c", script, "sh", directory] });
    expect([outcome, claims.map(shortly)]).toEqual(["holds", ["exit: holds"]]);
  });

  it("what can be read and written is what a command can read and write", async () => {
    const readable = ["src", "away", "Makefile", "/etc/empty", "/tmp", "/dev/null"].map((path) => `test -r ${path}`);
    const writable = ["src", ".", "/tmp", "near"].map((path) => `test -w ${path}`);
    const not = ["Makefile", "/usr", "keys", ".env", "run.sh"].map((path) => `! test -w ${path}`);
    const script = [...readable, ...writable, ...not, "! test -e keys/id", "! test -s .env"].join(" && ");
    expect((await tried({ run: ["/bin/sh", "-c", script] })).claims.map(shortly)).toEqual(["exit: holds"]);
  });

  it("a command: its exit code, what it writes, and nothing to read", async () => {
    const sh = (script: string) => ["/bin/sh", "-c", script];
    const good = await tried({ run: sh("cat; echo out; echo err >&2; exit 3"), exit: 3, stdout: "out\n" });
    expect(good.claims.map(shortly)).toEqual(["exit: holds", "stdout: holds"]);
    const bad = await tried({ run: sh("echo out; echo why >&2; exit 3"), stdout: "out" });
    expect(bad.claims.map(({ problem }) => problem?.message)).toEqual([
      "the command ended with 3; the test wants 0: why",
      'the command wrote "out\\n"; the test wants "out"',
    ]);
    expect((await tried({ run: ["no-such-program"], exit: 127 })).outcome).toBe("holds");
    expect((await tried({ run: ["no-such-program"] })).outcome).toBe("fails");
    const slow = { ...profile(), limits: { time: "1s" } };
    expect((await tried({ run: sh("sleep 60"), exit: 124 }, slow)).outcome).toBe("holds");
  });

  it("that simulation and sandbox disagree is a defect of sbx, told with both answers", async () => {
    const host = here();
    const path = join(directory, "src");
    // Somebody tells the simulation that nothing is there: the very thing that a wrong tree would say.
    const lying: Host = { ...host, lstat: (asked) => (asked === path ? undefined : host.lstat(asked)) };
    const { outcome, claims } = await testOf(
      profile(),
      { absent: ["src"], hidden: ["src"], writable: ["src"] },
      lying,
      {
        live: true,
      },
    );
    expect([outcome, claims.map(shortly)]).toEqual([
      "defect",
      ["absent", "hidden", "writable"].map((kind) => `${kind} ${path}: defect test/defect`),
    ]);
    const [first] = claims;
    expect([first?.simulated?.holds, first?.tried?.holds]).toEqual([true, false]);
    expect(first?.problem?.message).toMatch(
      /^sbx contradicts itself about .*nothing is there.*the running sandbox that it is/,
    );
    expect((await testOf(profile(), { writable: ["src"] }, lying)).outcome).toBe("fails");
  });

  it("a sandbox that can't be made leaves nothing tried", async () => {
    const host = nodeHost({
      env: { ...process.env, SBX_BWRAP: "/no/such/bwrap" } as Record<string, string>,
      cwd: directory,
    });
    const { outcome, claims, problems } = await testOf(profile(), { hidden: [".env"], run: ["true"] }, host, {
      live: true,
    });
    expect(outcome).toBe("broken");
    expect(claims.map(({ tried, outcome }) => [tried, outcome])).toEqual([
      [undefined, "holds"],
      [undefined, "broken"],
    ]);
    expect(problems.length).toBeGreaterThan(0);
  });

  it("leaves nothing behind but what the profile says is to stay", async () => {
    await tried(
      { writable: ["src"], run: ["/bin/sh", "-c", ": > src/made"] },
      { ...profile(), tmpfs: ["/tmp", "./scratch"] },
    );
    expect(existsSync(join(directory, "scratch"))).toBe(false);
    expect(existsSync(join(directory, "src/made"))).toBe(true);
  });
});
