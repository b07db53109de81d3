import { closeSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runners } from "../support/bwraps.ts";
import { createHarness, type Harness, jobOf } from "./harness.ts";

let harness: Harness;
beforeAll(() => {
  harness = createHarness();
});
afterAll(() => harness.remove());

it("finds a bwrap to test with", () => {
  expect(runners()).not.toEqual([]);
});

describe.each(runners())("$bwrap, as $user", ({ bwrap, user }) => {
  const sh = (script: string) => ["sh", "-c", script];

  it.each([
    ["exit 0", 0],
    ["exit 42", 42],
    ["kill -9 $$", 137],
  ])("passes on the end of `%s`", async (script, code) => {
    const done = await harness.run(user, jobOf(bwrap, sh(script)));
    expect(done.outcome).toMatchObject({ ended: "exit", exitCode: code, problems: [], cleanup: [] });
    expect(done.code).toBe(code);
    expect(done.leaked).toBe(0);
  });

  it("knows a set-up that failed from a command that did", async () => {
    const done = await harness.run(user, jobOf(bwrap, ["true"], { args: ["--bind", "/no-such-place", "/mnt"] }));
    expect(done.outcome).toMatchObject({ ended: "never-ran", problems: [], cleanup: [] });
    expect(done.outcome).not.toHaveProperty("exitCode");
    expect(done.stderr).toContain("bwrap: ");
    expect(done.code).toBe(125);
  });

  it("knows a command that can't be executed", async () => {
    const done = await harness.run(user, jobOf(bwrap, ["/no/such/command"]));
    expect(done.outcome.ended).toBe("never-ran");
    expect(done.stderr).toContain("execvp /no/such/command");
    expect(done.code).toBe(125);
  });

  it("lets no inherited descriptor into the sandbox", async () => {
    const secret = harness.room(user);
    writeFileSync(join(secret, "key"), "top secret");
    const [directory, file] = [openSync(secret, "r"), openSync(join(secret, "key"), "r")];
    // 3 has the number that an input wants, 4 the next free one.
    const descriptors = { 3: file, 4: file, 9: directory, 251: directory };
    const script = "cd /proc/self/fd && echo *; cat /data; cat /proc/1/root/proc/self/fd/251/key";
    const change = { args: ["--ro-bind-data", "3", "/data"], inputs: [{ fd: 3, content: "an input" }] };
    const tree = ["--tmpfs", "/tmp", "--ro-bind-data", "3", "/tmp/data"];
    const job = jobOf(bwrap, sh(script.replaceAll("/data", "/tmp/data")), { ...change, args: tree });
    const done = await harness.run(user, job, { descriptors });
    closeSync(directory);
    closeSync(file);
    // The shell expands `*` itself: 3 is the directory that it reads.
    expect(done.stdout).toBe("0 1 2 3\nan input");
    expect(done.stderr).not.toContain("Exceeded");
    expect(done.outcome.ended).toBe("exit");
  });

  it("passes the descriptors that the profile names, and no others", async () => {
    const room = harness.room(user);
    writeFileSync(join(room, "seven"), "seven");
    const file = openSync(join(room, "seven"), "r");
    const job = jobOf(bwrap, sh("cat <&7; test -e /proc/self/fd/8 && echo eight"), { process: { passFds: [7] } });
    const done = await harness.run(user, job, { descriptors: { 7: file, 8: file } });
    closeSync(file);
    expect(done.stdout).toBe("seven");
  });

  it("feeds inputs of any size", async () => {
    const content = "0123456789abcdef".repeat(65_536);
    const inputs = [
      { fd: 4, content },
      { fd: 3, content: ["--setenv\0SECRET\0", { from: "TOKEN" }, "\0"] },
      { fd: 6, content: "" },
    ];
    const args = ["--args", "3", "--tmpfs", "/tmp", "--ro-bind-data", "4", "/tmp/big", "--file", "6", "/tmp/empty"];
    const job = jobOf(bwrap, sh('cat /tmp/big /tmp/empty; echo "$SECRET"'), { args, inputs });
    const done = await harness.run(user, job, { env: { TOKEN: "t0ken" } });
    expect(done.stdout.length).toBe(content.length + 6);
    expect(done.stdout).toBe(`${content}t0ken\n`);
  });

  it("does not mind a bwrap that dies before it has read its inputs", async () => {
    const inputs = [{ fd: 3, content: "x".repeat(1_000_000) }];
    const done = await harness.run(user, jobOf(bwrap, ["true"], { args: ["--no-such-option"], inputs }));
    expect(done.outcome.ended).toBe("never-ran");
  });

  it("gives bwrap exactly the planned environment", async () => {
    const coverage = harness.room(user);
    const env = {
      PATH: "/usr/bin:/bin",
      PLAIN: "a b",
      PASSED: { from: "HOST_PASSED" },
      EMPTY: { from: "HOST_EMPTY" },
      GONE: { from: "HOST_GONE" },
      JOINED: { from: "HOST_PASSED", prepend: ["/x", "/y"] },
      ALONE: { from: "HOST_EMPTY", prepend: ["/x"] },
    };
    const host = { HOST_PASSED: "p", HOST_EMPTY: "", SECRET: "s", NODE_V8_COVERAGE: coverage };
    const done = await harness.run(user, jobOf(bwrap, sh("cat /proc/1/environ; echo; exec env -0"), { env }), {
      env: host,
    });
    const expected = ["ALONE=/x", "EMPTY=", "JOINED=/x:/y:p", "PASSED=p", "PATH=/usr/bin:/bin", "PLAIN=a b"];
    const [first = "", command = ""] = done.stdout.split("\n");
    // bwrap itself sets PWD, and shells set these.
    const isNew = (line: string) => line !== "" && !/^(PWD|OLDPWD|_|SHLVL)=/.test(line);
    const list = (text: string) => text.split("\0").filter(isNew).sort();
    expect(list(first)).toEqual(expected);
    expect(list(command)).toEqual(expected);
  });

  it("gives an empty standard input when the profile says none", async () => {
    const room = harness.room(user);
    writeFileSync(join(room, "in"), "from outside");
    const file = openSync(join(room, "in"), "r");
    const descriptors = { 0: file };
    const none = await harness.run(user, jobOf(bwrap, ["cat"]), { descriptors });
    const inherited = await harness.run(user, jobOf(bwrap, ["cat"], { process: { stdin: "inherit" } }), {
      descriptors,
    });
    closeSync(file);
    expect([none.stdout, inherited.stdout]).toEqual(["", "from outside"]);
  });

  it("ends with the command, whoever still holds its output", async () => {
    const script = "sleep 1000 & exec 2>&- ; echo done";
    const args = ["--share-net"];
    const done = await harness.run(user, jobOf(bwrap, sh(script), { args }));
    expect(done.outcome).toMatchObject({ ended: "exit", exitCode: 0 });
    expect(done.stdout).toBe("done\n");
  });
});

describe("refuses before anything is done", () => {
  const { bwrap = "", user = "ordinary" } = runners()[0] ?? {};
  const touched = (room: string) =>
    ({ kind: "make-directory", path: join(room, "made"), mode: "0755", origin }) as const;
  const origin = { file: "/p/.sandbox.yml", line: 3, column: 1, route: ["mounts", "/x"], chain: [] };

  it("a directory as standard input, which is fine when it is not passed on", async () => {
    const room = harness.room(user);
    const directory = openSync("/", "r");
    const job = (stdin: "inherit" | "none") => jobOf(bwrap, ["true"], { process: { stdin }, prepare: [touched(room)] });
    const refused = await harness.run(user, job("inherit"), { descriptors: { 0: directory } });
    expect(refused.outcome).toMatchObject({ ended: "never-ran", problems: [{ rule: "execute/directory-descriptor" }] });
    expect(refused.code).toBe(125);
    expect(() => mkdirSync(join(room, "made"))).not.toThrow();
    const fine = await harness.run(user, job("none"), { descriptors: { 0: directory } });
    expect(fine.outcome).toMatchObject({ ended: "exit", exitCode: 0 });
    closeSync(directory);
  });

  it("passed descriptors that are closed, directories, or taken", async () => {
    const [directory, file] = [openSync("/", "r"), openSync("/dev/null", "r")];
    const job = jobOf(bwrap, ["true"], {
      process: { passFds: [0, 5, 6, 7] },
      args: ["--tmpfs", "/tmp", "--file", "7", "/tmp/x"],
      inputs: [{ fd: 7, content: "" }],
    });
    const done = await harness.run(user, job, { descriptors: { 5: directory, 7: file } });
    closeSync(directory);
    closeSync(file);
    expect(done.outcome.problems.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([
      expect.stringMatching(/^execute\/pass-fd: can't pass descriptor 5: it is a directory/),
      "execute/pass-fd: can't pass descriptor 6: it is not open",
      expect.stringMatching(/^execute\/pass-fd: can't pass descriptor 7: bwrap gets an input/),
    ]);
    expect(done.outcome.problems.every(({ help }) => help)).toBe(true);
  });

  it("to pass what Node opened for itself", async () => {
    const file = openSync("/dev/null", "r");
    const options = { descriptors: { 7: file } };
    const numbers = Array.from({ length: 40 }, (_, index) => index + 3);
    const asked = await harness.run(user, jobOf(bwrap, ["true"], { process: { passFds: numbers } }), options);
    const refused = asked.outcome.problems.map(({ data }) => data.fd);
    expect(refused).not.toContain(7);
    // What is left are files, such as Node's own /dev/null: no event queue, no pipe.
    const passFds = numbers.filter((fd) => !refused.includes(fd));
    const given = await harness.run(
      user,
      jobOf(bwrap, ["ls", "-l", "/proc/self/fd"], { process: { passFds } }),
      options,
    );
    closeSync(file);
    expect(given.stdout).toMatch(/ 7 -> \/dev\/null$/m);
    expect(given.stdout).not.toMatch(/anon_inode|pipe:/);
  });

  it.each([
    ["/no/such/bwrap", "/", /\/no\/such\/bwrap: no such file/],
    ["/etc/passwd", "/", /\/etc\/passwd: permission denied/],
    [bwrap, "/no/such/directory", /\/no\/such\/directory: no such file/],
  ])("a start of %s in %s", async (file, cwd, reason) => {
    const job = jobOf(file, ["true"]);
    const done = await harness.run(user, { ...job, invocation: { ...job.invocation, cwd } });
    expect(done.outcome).toMatchObject({ ended: "never-ran", problems: [{ rule: "execute/not-started" }] });
    expect(done.outcome.problems[0]?.message).toMatch(reason);
  });

  it("a command line that the kernel finds too long", async () => {
    const done = await harness.run(user, jobOf(bwrap, ["echo", "x".repeat(200_000)]));
    expect(done.outcome).toMatchObject({ ended: "never-ran", problems: [{ rule: "execute/not-started" }] });
  });
});
