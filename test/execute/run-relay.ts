import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readdirSync, readlinkSync, renameSync, writeFileSync, writeSync } from "node:fs";
import { isatty } from "node:tty";
import { openRelay } from "../../src/execute/terminal/index.ts";

// A process that does nothing but run one command behind a relay: `run-relay STTY RESULT.json COMMAND…`.
const [stty = "", result = "", file, ...args] = process.argv.slice(2);
const { RELAY_PAUSE, RELAY_AFTER, RELAY_HUP } = process.env;
if (!result || !file) throw new Error("usage: run-relay STTY RESULT.json COMMAND…");

// What Node opens for its first child and its first signal, and keeps, is no leak.
process.on("SIGCONT", keep).off("SIGCONT", keep);
await once(spawn("true"), "exit");
const before = [descriptors(), listeners()];
const terminals = ([0, 1, 2] as const).filter((fd) => isatty(fd));
const relay = await openRelay({ terminals, stty });
if ("rule" in relay) {
  tell(relay);
  process.exit(125);
}
tell({ saved: relay.saved, pid: process.pid });
if (RELAY_PAUSE) {
  const signalled = once(process, "SIGUSR2");
  const alive = setInterval(() => {}, 1 << 30);
  writeSync(1, "[opened]");
  await signalled;
  clearInterval(alive);
}
// bwrap closes what it is not to have; here /dev/null takes that place: who holds the master sees no hang-up.
const nothing = openSync("/dev/null", "r+");
const stdio = Array.from({ length: relay.master + 1 }, (_, fd) => {
  if (fd > 2) return fd === relay.master ? nothing : "ignore";
  return isatty(fd) ? relay.slave : fd;
});
const child = spawn(file, args, { stdio });
closeSync(nothing);
const ended = once(child, "exit");
let typed = 0;
relay.begin((bytes) => {
  typed += bytes.length;
});
process.on("SIGTSTP", () => {
  relay.suspend();
  process.kill(process.pid, "SIGSTOP");
  relay.resume();
});
const hurry = new AbortController();
process.on("SIGINT", () => hurry.abort());
process.on("SIGUSR2", () => writeFileSync(`${result}.alive`, ""));
if (RELAY_HUP) process.on("SIGHUP", () => {});
process.on("SIGTERM", () => {
  // After the relay's own; Node itself sets the terminal back only after all of these.
  process.on("exit", () => tell({ settings: settings() }));
  process.exit(9);
});
const [code, signal] = await ended;
tell({ pid: process.pid, code });
await Promise.all([relay.finish(hurry.signal), relay.finish()]);
const settled = settings();
for (const name of ["SIGTSTP", "SIGUSR2", "SIGHUP", "SIGINT", "SIGTERM"]) process.removeAllListeners(name);
// A stream's descriptor is closed in the next turn.
await new Promise((resolve) => setImmediate(resolve));
const after = [descriptors(), listeners()];
tell({ pid: process.pid, code, signal, typed, settings: settled, before, after });
if (RELAY_AFTER) await once(spawn("sh", ["-c", RELAY_AFTER], { stdio: "inherit" }), "exit");
process.exitCode = code ?? 137;

/** Of standard input, now: Node sets terminals back on its own when it ends. */
function settings(): string {
  return spawnSync(stty, ["-a"], { stdio: ["inherit", "pipe", "ignore"], encoding: "utf8" }).stdout;
}

/** All at once: somebody looks for it. */
function tell(what: object): void {
  writeFileSync(`${result}.new`, JSON.stringify(what));
  renameSync(`${result}.new`, result);
}

function keep() {}

/** What is open, by names. */
function descriptors(): string[] {
  const targets = readdirSync("/proc/self/fd").map((fd) => {
    try {
      return `${fd} ${readlinkSync(`/proc/self/fd/${fd}`)}`;
    } catch {
      // The descriptor of the listing itself.
      return "";
    }
  });
  return targets.filter(Boolean);
}

function listeners(): string[] {
  return process.eventNames().flatMap((name) => process.listeners(name as NodeJS.Signals).map(() => String(name)));
}
