import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { closeSync, cpSync, existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough, Writable } from "node:stream";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { drain } from "../../src/execute/terminal/drain.ts";
import { type Runner, runners } from "../support/bwraps.ts";
import { processesWith } from "./harness.ts";
import {
  createRelayHarness,
  hasForeground,
  numberIn,
  type RelayHarness,
  STTY,
  settled,
  sleepOf,
  stateOf,
  until,
  writtenBy,
} from "./relay-harness.ts";

const harness: RelayHarness = createRelayHarness();
const { start, relayed, room, program } = harness;
afterEach(() => harness.closeTerminals());
afterAll(() => harness.remove());

interface Person extends Runner {
  /** Whose the terminal is: after su it is still root's. */
  readonly owner: "user" | "root";
}

const people: readonly Person[] = runners().flatMap((runner) => {
  const canBeOther = runner.user === "ordinary" && process.getuid?.() === 0;
  return (canBeOther ? (["user", "root"] as const) : (["user"] as const)).map((owner) => ({ ...runner, owner }));
});
/** Once each, for what has nothing to do with bwrap. */
const withoutBwrap = people.filter(({ bwrap }) => bwrap === people[0]?.bwrap);

const BWRAP = ["--unshare-all", "--new-session", "--die-with-parent", "--ro-bind", "/", "/", "--dev", "/dev"];
/** Makes the pty the controlling terminal of the command's own session. */
const LEADER = ["setsid", "-c"];
const sh = (script: string): string[] => [...LEADER, "sh", "-c", script];

/** A shell with job control that has the words in $RUN. It edits no lines: it would set the terminal for that. */
const inShell = (argv: readonly string[]): string[] => {
  const words = argv.map((word) => `'${word}'`).join(" ");
  return ["env", `RUN=${words}`, "PS1=$ ", "bash", "--norc", "--noprofile", "--noediting", "-i"];
};

/** Pushes a line into the terminals that it has: its descriptors', and its session's (ioctl_tty(2)). */
const ATTACK = `
import fcntl, os, termios
pushed = 0
for terminal in (0, 1, 2, os.open("/dev/tty", os.O_RDWR)):
    try:
        for byte in b"attack\\n":
            fcntl.ioctl(terminal, termios.TIOCSTI, bytes([byte]))
        pushed += 1
    except OSError:
        pass
print("pushed %d." % pushed, flush=True)
`;

describe.each(people)("a shell in $bwrap as $user in a terminal of $owner", ({ bwrap, ...person }) => {
  it("has jobs, ends with its own code, and leaves the terminal as it was", async () => {
    const shell = [bwrap, ...BWRAP, "--proc", "/proc", "--", ...LEADER, "sh", "-i"];
    const { terminal, result } = await relayed(shell, { ...person, env: { PS1: "$ " } });
    const before = terminal.settingsBefore;
    const [first, second] = [sleepOf(), sleepOf()];
    await terminal.shows("$ ");
    expect(terminal.settings()).not.toBe(before);
    terminal.type(`sleep ${first}\r`);
    await until(() => hasForeground(first));
    terminal.type("\x03");
    await terminal.shows("$ ");
    expect(processesWith(first)).toEqual([]);
    terminal.type(`sleep ${second}\r`);
    await until(() => hasForeground(second));
    terminal.type("\x1a");
    await terminal.shows("Stopped");
    terminal.type("jobs; echo listed-$((1+1))\r");
    expect(await terminal.shows("listed-2")).toMatch(/Stopped\s+.*sleep/);
    terminal.type("fg\r");
    await terminal.shows(`sleep ${second}`);
    await until(() => hasForeground(second));
    terminal.type("\x03");
    await terminal.shows("$ ");
    expect(processesWith(second)).toEqual([]);
    terminal.type("exit 3\r");
    expect(await terminal.ended).toBe(3);
    expect(result()).toMatchObject({ code: 3, signal: null, settings: before });
    expect(terminal.settings()).toBe(before);
  });
});

describe.each(withoutBwrap)("behind a relay as $user in a terminal of $owner", (person) => {
  it("a command that was killed leaves the terminal as it was", async () => {
    const { terminal, result } = await relayed(sh("stty raw -echo; echo dying; kill -9 $$"), person);
    const before = terminal.settingsBefore;
    await terminal.shows("dying");
    expect(await terminal.ended).toBe(137);
    expect(result()).toMatchObject({ signal: "SIGKILL", settings: before });
  });

  it("leaves no descriptor and no listener", async () => {
    const { terminal, result } = await relayed(sh("read line; echo $line"), person);
    terminal.type("some\r");
    await terminal.ended;
    const { before, after } = result();
    expect(before).toEqual([expect.arrayContaining([expect.any(String)]), expect.any(Array)]);
    expect(after).toEqual(before);
  });

  it("every byte passes both ways as it is", async () => {
    const bytes = Buffer.from([
      ...Array.from({ length: 256 }, (_, byte) => byte),
      ...Buffer.from("\x1b[1;31mred\x1b[0m\n\n"),
    ]);
    const { terminal, directory, result } = await relayed(
      sh(`stty raw -echo; printf ready; head -c ${bytes.length}; cat bytes`),
      person,
    );
    writeFileSync(join(directory, "bytes"), bytes);
    await terminal.shows("ready");
    terminal.type(bytes);
    expect(await terminal.ended).toBe(0);
    expect(terminal.screen()).toEqual(Buffer.concat([Buffer.from("ready"), bytes, bytes]));
    expect(result().typed).toBe(bytes.length);
  });

  it("lines end as the command's own terminal says", async () => {
    const { terminal } = await relayed(sh("printf 'a\\nb'; stty -onlcr; printf '\\nc'"), person);
    await terminal.ended;
    expect(terminal.screen().toString()).toBe("a\r\nb\nc");
  });

  it("all output arrives, also what was written last", async () => {
    const { terminal, directory } = await relayed(
      sh("stty raw; until [ -e go ]; do sleep 0.02; done; cat much"),
      person,
    );
    const much = randomBytes(5_000_000);
    writeFileSync(join(directory, "much"), much);
    writeFileSync(join(directory, "go"), "");
    await terminal.ended;
    expect(terminal.screen().length).toBe(much.length);
    expect(terminal.screen().equals(much)).toBe(true);
  });

  it("a slow terminal slows the command down", async () => {
    const { terminal, directory } = await relayed(
      sh("stty raw; echo $$ >pid; until [ -e go ]; do sleep 0.02; done; exec head -c 30000000 /dev/zero"),
      person,
    );
    const pid = await numberIn(join(directory, "pid"));
    terminal.freeze();
    writeFileSync(join(directory, "go"), "");
    await until(() => processesWith("30000000").includes(pid) && writtenBy(pid) > 0);
    expect(await settled(() => writtenBy(pid))).toBeLessThan(1_000_000);
    terminal.unfreeze();
    expect(await terminal.ended).toBe(0);
    expect(terminal.screen()).toHaveLength(30_000_000);
  });

  it("a terminal that takes nothing for a while gets everything in the end", async () => {
    const script = "until [ -e on ]; do sleep 0.02; done; head -c 24000 /dev/zero; exit 8";
    const { terminal, directory, result } = await relayed(sh(script), person);
    await until(() => result().pid !== undefined);
    terminal.freeze();
    writeFileSync(join(directory, "on"), "");
    // The command has room for that in both terminals together, but not in one.
    await until(() => result().code === 8);
    await settled(() => terminal.screen().length);
    terminal.unfreeze();
    expect(await terminal.ended).toBe(8);
    expect(terminal.screen()).toHaveLength(24_000);
  });

  it("a terminal that takes nothing is waited for, unless somebody is in a hurry", async () => {
    const script = "head -c 300000 /dev/zero & echo $! >pid; until [ -e go ]; do sleep 0.02; done; exit 8";
    const { terminal, directory, result } = await relayed(
      sh(`until [ -e on ]; do sleep 0.02; done; ${script}`),
      person,
    );
    terminal.freeze();
    writeFileSync(join(directory, "on"), "");
    const pid = await numberIn(join(directory, "pid"));
    await until(() => processesWith("300000").includes(pid) && writtenBy(pid) > 0);
    await settled(() => writtenBy(pid));
    writeFileSync(join(directory, "go"), "");
    await until(() => result().code === 8);
    process.kill(Number(result().pid), "SIGINT");
    expect(await terminal.ended).toBe(8);
    expect(result()).toMatchObject({ settings: terminal.settingsBefore });
  });

  it("a command that doesn't read what is pasted keeps nobody else waiting", async () => {
    const { terminal, directory, result } = await relayed(
      sh("stty raw -echo; printf ready; until [ -e go ]; do sleep 0.02; done; head -c 300000 | sha1sum"),
      person,
    );
    await terminal.shows("ready");
    const pasted = randomBytes(300_000);
    terminal.type(pasted);
    expect(await settled(terminal.untaken)).toBeGreaterThan(0);
    process.kill(Number(result().pid), "SIGUSR2");
    await until(() => existsSync(join(directory, "result.json.alive")));
    writeFileSync(join(directory, "go"), "");
    await terminal.shows(createHash("sha1").update(pasted).digest("hex"));
    expect(await terminal.ended).toBe(0);
  });

  it("the window's size is the command's, also when it changes", async () => {
    const script = "trap 'stty size; exit' WINCH; stty size; while :; do sleep 0.02; done";
    const { terminal } = await relayed(sh(script), { ...person, columns: 101, rows: 33 });
    await terminal.shows("33 101");
    terminal.resize(120, 40);
    await terminal.shows("40 120");
    expect(await terminal.ended).toBe(0);
  });

  it("a size that nobody knows stays unknown", async () => {
    const { terminal } = await relayed(sh("stty size"), { ...person, columns: 0, rows: 0 });
    await terminal.shows("0 0");
    expect(await terminal.ended).toBe(0);
  });

  it("the command's terminal has the settings of the caller's", async () => {
    const around = (argv: readonly string[]) => ["sh", "-c", 'stty intr ^G -echoe && exec "$@"', "sh", ...argv];
    const { terminal } = await relayed(sh("stty -a"), { ...person, around });
    await terminal.ended;
    expect(terminal.screen().toString().replaceAll("\r", "")).toBe(terminal.settings());
    expect(terminal.settings()).toMatch(/intr = \^G;[\s\S]* -echoe /);
  });

  it("what was typed before the start is the command's", async () => {
    const script = 'read line; echo "got <$line>"';
    const { terminal, result } = await relayed(sh(script), { ...person, env: { RELAY_PAUSE: "1" } });
    await terminal.shows("[opened]");
    const before = terminal.settingsBefore;
    terminal.type("early bird\r");
    await terminal.shows("early bird");
    expect(terminal.settings()).toBe(before);
    process.kill(Number(result().pid), "SIGUSR2");
    await terminal.shows("got <early bird>");
    expect(await terminal.ended).toBe(0);
  });

  it("what is typed after the end is the caller's", async () => {
    const RELAY_AFTER = 'printf "[over]"; read line; echo "after <$line>"';
    const { terminal } = await relayed(sh("exit 0"), { ...person, env: { RELAY_AFTER } });
    await terminal.shows("[over]");
    terminal.type("late bird\r");
    await terminal.shows("after <late bird>");
    expect(await terminal.ended).toBe(0);
  });

  it("without a keyboard the output alone is relayed, and the terminal stays as it is", async () => {
    const around = (argv: readonly string[]) => {
      const pipe = 'printf "a\\nb" | "$@"; echo "[$?]"; read line; echo "got <$line>"';
      return ["sh", "-c", pipe, "sh", ...argv];
    };
    const script = "cat; stty -a <&1 | grep -o -- -onlcr; until [ -e go ]; do sleep 0.02; done; exit 7";
    const { terminal, directory, result } = await relayed(["sh", "-c", script], { ...person, around });
    const before = terminal.settingsBefore;
    await terminal.shows("a\r\nb");
    expect(terminal.settings()).toBe(before);
    expect(result()).not.toHaveProperty("saved");
    terminal.type("not for the command\r");
    writeFileSync(join(directory, "go"), "");
    await terminal.shows("[7]");
    await terminal.shows("got <not for the command>");
    expect(await terminal.ended).toBe(0);
    const { before: opened, after } = result();
    expect(after).toEqual(opened);
  });

  it("suspended, the terminal is the caller's, and afterwards raw again", async () => {
    const { terminal, result } = await relayed([...LEADER, "sh", "-i"], { ...person, around: inShell });
    await terminal.shows("$ ");
    const before = terminal.settingsBefore;
    terminal.type('PS1="in> " eval "$RUN"\r');
    await terminal.shows("\nin> ");
    const during = terminal.settings();
    expect(during).not.toBe(before);
    process.kill(Number(result().pid), "SIGTSTP");
    await terminal.shows("Stopped");
    expect(terminal.settings()).toBe(before);
    terminal.type("echo outer-$((1+1))\r");
    await terminal.shows("outer-2");
    terminal.resize(90, 30);
    terminal.type("fg\r");
    await terminal.shows("fg");
    await until(() => terminal.settings().replace("rows 30; columns 90", "rows 24; columns 80") === during);
    terminal.type("stty size; echo inner-$((1+1))\r");
    expect(await terminal.shows("inner-2")).toContain("30 90");
    terminal.type("exit 5\r");
    await terminal.shows("$ ");
    terminal.type("echo code-$?; exit\r");
    await terminal.shows("code-5");
    await terminal.ended;
  });

  it("stopped, it leaves the terminal as it was, and what is typed meanwhile is read afterwards", async () => {
    const { terminal, result } = await relayed(sh('echo ready; read line; echo "got <$line>"; read line'), person);
    const before = terminal.settingsBefore;
    await terminal.shows("ready");
    const during = terminal.settings();
    const pid = Number(result().pid);
    process.kill(pid, "SIGTSTP");
    await until(() => stateOf(pid) === "T");
    expect(terminal.settings()).toBe(before);
    terminal.type("meanwhile\r");
    await terminal.shows("meanwhile");
    process.kill(pid, "SIGCONT");
    await terminal.shows("got <meanwhile>");
    expect(terminal.settings()).toBe(during);
    terminal.type("end\r");
    await terminal.ended;
    expect(terminal.screen().toString().match(/got/g)).toHaveLength(1);
  });

  it("in the background it is stopped, as whoever needs the terminal, and goes on in the foreground", async () => {
    const script = 'read line; echo "got <$line>"';
    const { terminal, directory, result } = await relayed(sh(script), { ...person, around: inShell });
    await terminal.shows("$ ");
    const before = terminal.settingsBefore;
    terminal.type('eval "$RUN &"\r');
    await until(() => existsSync(join(directory, "result.json")) && stateOf(Number(result().pid)) === "T");
    expect(terminal.settings()).toBe(before);
    terminal.type("fg\r");
    await until(() => terminal.settings() !== before);
    terminal.type("line\r");
    await terminal.shows("got <line>");
    await terminal.shows("$ ");
    terminal.type("exit\r");
    await terminal.ended;
  });

  it("who outlived the command is not waited for", async () => {
    const duration = sleepOf();
    const script = `trap '' HUP; sleep ${duration} & yes "survivor ${duration}" & exit 4`;
    const { terminal } = await relayed(sh(script), person);
    try {
      expect(await terminal.ended).toBe(4);
      const isWriting = () => processesWith("survivor").some((pid) => processesWith(duration).includes(pid));
      await until(() => !isWriting());
      expect(processesWith(duration)).toHaveLength(1);
    } finally {
      for (const pid of processesWith(duration)) process.kill(pid, "SIGKILL");
    }
  });

  it("a terminal that goes takes the command's with it", async () => {
    const script = "stty raw; trap 'echo gone >hup; exit 6' HUP; echo ready; while :; do echo; sleep 0.02; done";
    const { terminal, directory, result } = await relayed(sh(script), { ...person, env: { RELAY_HUP: "1" } });
    await terminal.shows("ready");
    // Some of it waits in sbx until the command reads.
    terminal.type(randomBytes(300_000));
    await settled(terminal.untaken);
    terminal.hangUp();
    await terminal.ended;
    expect(readFileSync(join(directory, "hup"), "utf8")).toBe("gone\n");
    expect(result()).toMatchObject({ code: 6 });
  });

  it("a terminal that goes while it is stopped takes the command's with it, too", async () => {
    const script = "trap 'echo gone >hup; exit 6' HUP; echo ready; while :; do sleep 0.02; done";
    const { terminal, directory, result } = await relayed(sh(script), { ...person, env: { RELAY_HUP: "1" } });
    await terminal.shows("ready");
    const pid = Number(result().pid);
    process.kill(pid, "SIGTSTP");
    await until(() => stateOf(pid) === "T");
    terminal.hangUp();
    await terminal.ended;
    expect(readFileSync(join(directory, "hup"), "utf8")).toBe("gone\n");
    expect(result()).toMatchObject({ code: 6 });
  });

  it("a process that exits in between leaves the terminal as it was", async () => {
    const { terminal, result } = await relayed(sh("echo ready; sleep 1; read line"), person);
    const before = terminal.settingsBefore;
    await terminal.shows("ready");
    process.kill(Number(result().pid), "SIGTERM");
    expect(await terminal.ended).toBe(9);
    expect(result()).toEqual({ settings: before });
  });

  it("what it saved is enough to restore the terminal when the process was killed", async () => {
    const { terminal, result } = await relayed(sh("echo ready; read line"), person);
    const before = terminal.settingsBefore;
    await terminal.shows("ready");
    const { saved, pid } = result() as { readonly saved: { path: string; settings: string }; readonly pid: number };
    process.kill(pid, "SIGKILL");
    expect(await terminal.ended).toBe(137);
    expect(terminal.settings()).not.toBe(before);
    expect(saved.path).toBe(terminal.path);
    expect(
      spawnSync("sh", ["-c", '"$0" "$1" <"$2"', STTY, saved.settings, saved.path], { stdio: "ignore" }).status,
    ).toBe(0);
    expect(terminal.settings()).toBe(before);
  });

  it("what is pushed into the command's terminal (TIOCSTI) never gets into the caller's", async (test) => {
    const around = (argv: readonly string[]) => [
      "sh",
      "-c",
      '"$@"; printf "[over]"; read line; echo "caller <$line>"',
      "sh",
      ...argv,
    ];
    const direct = await start(around(["python3", "-c", ATTACK]), person);
    await direct.shows("pushed ");
    if ((await direct.shows(".")) === "0") test.skip("this kernel lets nobody push (dev.tty.legacy_tiocsti)");
    // Without a relay the same program does it.
    await direct.shows("caller <attack>");

    const inside = 'python3 -c "$ATTACK"; read line; echo "command <$line>"; python3 -c "$ATTACK"';
    const { terminal } = await relayed(sh(inside), { ...person, around, env: { ATTACK } });
    // Its own terminal it may type into.
    await terminal.shows("command <attack>");
    await terminal.shows("pushed 4.");
    await terminal.shows("[over]");
    terminal.type("caller's own\r");
    await terminal.shows("caller <");
    expect(await terminal.shows(">")).toBe("caller's own");
  });
});

describe.each([...new Set(people.map(({ user }) => user))])("as %s", (user) => {
  const runWith = async (stty: string, installed: string) => {
    const file = join(room(user), "result.json");
    const terminal = await start(
      [process.execPath, join(installed, "run-relay.mjs"), stty, file, ...sh("echo never")],
      { user },
    );
    const before = terminal.settingsBefore;
    expect(await terminal.ended).toBe(125);
    expect(terminal.settings()).toBe(before);
    expect(terminal.screen().toString()).toBe("");
    return JSON.parse(readFileSync(file, "utf8"));
  };

  it("a missing library is a problem", async () => {
    const alone = room(user);
    cpSync(program, alone, { recursive: true, filter: (path) => !path.endsWith("/node_modules") });
    const problem = await runWith(STTY, alone);
    expect(problem).toMatchObject({ rule: "terminal/no-pty", severity: "error" });
    expect(problem.message).toContain("@lydell/node-pty");
    expect(problem.help).toContain("--no-flag interactive");
  });

  it("settings that can't be read are a problem", async () => {
    const problem = await runWith("/no/such/stty", program);
    expect(problem).toMatchObject({ rule: "terminal/no-settings", severity: "error" });
    expect(problem.message).toContain("ENOENT");
  });
});

it("whoever goes on writing can't keep it busy for ever", async () => {
  const endless = openSync("/dev/zero", "r");
  let length = 0;
  const out = new Writable({
    write(bytes: Buffer, _encoding, done) {
      length += bytes.length;
      setImmediate(done);
    },
  });
  await drain({ master: new PassThrough(), masterFd: endless }, out);
  closeSync(endless);
  expect(length).toBeGreaterThan(100_000);
});
