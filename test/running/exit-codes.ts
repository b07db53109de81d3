import { childrenOf, statOf } from "../../src/execute/processes.ts";
import type { Chapter, Kept } from "./promise.ts";

/** A script of the command, and the exit code of sbx. */
const script = (promise: string, text: string, code: number): Kept => ({
  promise,
  proof: `\`sh -c '${text}'\``,
  seen: `exit code ${code}`,
  async look({ room }) {
    const done = await room.sbx(["run", "-p", "base", "--", "sh", "-c", text]);
    return /sbx|error\[/.test(done.stderr) ? `sbx said: ${done.stderr}` : `exit code ${done.code}`;
  },
});

/** A profile or command line that sbx refuses. */
const refusal = (promise: string, proof: string, profile: string, words: readonly string[], seen: string): Kept => ({
  promise,
  proof,
  seen,
  async look({ room }) {
    room.write("p.yml", `version: 1\nextends: [base]\nmounts: {.: ro}\n${profile}`);
    room.write("plain", "text\n");
    const done = await room.sbx(["run", "-p", "./p.yml", ...words]);
    const rule =
      /error\[([\w/-]+)\]/.exec(done.stderr)?.[1] ?? (done.stderr.includes("error") ? "a message" : "nothing");
    return `exit code ${done.code}, ${rule}`;
  },
});

export const exitCodes: Chapter = {
  title: "Exit codes",
  text:
    "The command's own code passes through; 124 to 127 are sbx's. The command is looked up in the planned tree before " +
    "anything is started, and bubblewrap's status descriptor tells whether it ran: bubblewrap itself says 1 for everything.",
  promises: [
    script("The command's code is sbx's", "exit 0", 0),
    script("whatever it is", "exit 42", 42),
    script("even where sbx has a meaning for it", "exit 125", 125),
    script("A signal that ends the command gives 128+n", "kill -TERM $$", 143),
    script("SIGKILL too", "kill -KILL $$", 137),
    script("and a fault", "kill -SEGV $$", 139),
    script("What a shell says of its own commands is the shell's", "no-such-command", 127),
    refusal(
      "Not found: 127, and nothing is started",
      "`no-such-command`",
      "",
      ["--", "no-such-command"],
      "exit code 127, command/not-found",
    ),
    refusal(
      "Found but not executable: 126",
      "a file without execute permission",
      "",
      ["--", "./plain"],
      "exit code 126, command/not-executable",
    ),
    refusal(
      "A broken profile: 125",
      "a profile with an unknown key",
      "mount: {}\n",
      ["--", "true"],
      "exit code 125, profile/unknown-key",
    ),
    refusal(
      "A missing source: 125",
      "a mount of what is not there",
      "files: {}\nmarked: {/x: {from: /no/such/place}}\n",
      ["--", "true"],
      "exit code 125, mount/missing-source",
    ),
    refusal(
      "Wrong usage: 125",
      "`sbx run --frobnicate`",
      "",
      ["--frobnicate", "--", "true"],
      "exit code 125, a message",
    ),
    {
      promise: "A set-up that bubblewrap can't do: 125, and the command never ran",
      proof: "a directory with a name of 300 characters",
      seen: "exit code 125, bwrap's own message, no output",
      async look({ room }) {
        room.write("long.yml", `version: 1\nextends: [base]\ndirs: [/tmp/${"x".repeat(300)}]\n`);
        const done = await room.sbx(["run", "-p", "./long.yml", "--", "echo", "ran"]);
        const message = done.stderr.includes("bwrap: ") ? "bwrap's own message" : done.stderr;
        return `exit code ${done.code}, ${message}, ${done.stdout === "" ? "no output" : done.stdout}`;
      },
    },
    {
      promise: "Somebody else ends bubblewrap: 125, a message, and no survivor",
      proof: "SIGKILL to bwrap while the command runs",
      seen: "exit code 125, `bwrap was ended by SIGKILL`, no survivor",
      async look({ room }) {
        const run = room.start(["run", "-p", "base", "--", "sh", "-c", "echo $$; setsid sleep 1000 & sleep 1000"]);
        await run.said("\n");
        const bwrap = childrenOf(run.child.pid ?? 0).find((pid) => childrenOf(pid).length > 0) ?? 0;
        const [reaper = 0] = childrenOf(bwrap);
        const inside = childrenOf(reaper);
        process.kill(bwrap, "SIGKILL");
        const done = await run.done;
        const message = done.stderr.includes("bwrap was ended by SIGKILL")
          ? "`bwrap was ended by SIGKILL`"
          : done.stderr;
        return `exit code ${done.code}, ${message}, ${survivors([reaper, ...inside])}`;
      },
    },
    {
      promise: "A reader that goes away ends the command, quietly",
      proof: "`sbx run -- yes | head -n 1`",
      seen: "`y`, nothing on standard error",
      async look({ room }) {
        const { line } = room.call(["run", "-p", "base", "--", "yes"]);
        const { stdout, stderr } = await room.run(["/bin/sh", "-c", `${line} | head -n 1`]);
        return `\`${stdout.trim()}\`, ${stderr === "" ? "nothing" : stderr} on standard error`;
      },
    },
  ],
};

function survivors(pids: readonly number[]): string {
  const alive = pids.filter((pid) => pid > 0 && isAlive(pid));
  return alive.length === 0 ? "no survivor" : `survivors: ${alive.join(" ")}`;
}

function isAlive(pid: number): boolean {
  const state = statOf(pid)?.state;
  return state !== undefined && state !== "Z" && state !== "X";
}
