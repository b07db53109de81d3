import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { statOf } from "../../src/execute/processes.ts";
import type { Room } from "../support/sbx.ts";
import { freshMark, processesWith, until } from "./processes.ts";
import type { Chapter, Kept } from "./promise.ts";

/** Children in the background and in a session of their own, all of them deaf to SIGTERM. */
const family = (mark: string, main: string) => {
  const sleeper = `sh -c 'trap "" TERM INT HUP QUIT; sleep 1000; : ${mark}'`;
  return ["sh", "-c", `${sleeper} & setsid ${sleeper} & ${main}`, mark];
};

const stop = (name: string, code: number): Kept => ({
  promise: `SIG${name} reaches the command, which may end in its own way; the exit code says what ended the run`,
  proof: `\`trap "echo bye; exit 44" ${name}\` in the command`,
  seen: `\`bye\`, exit code ${code}, nobody left`,
  async look({ room }) {
    const mark = freshMark();
    const main = `trap "echo bye; exit 44" ${name}; echo ready; while :; do sleep 0.01; done`;
    const run = room.start(["run", "-p", "base", "--", ...family(mark, main)]);
    await run.said("ready");
    run.child.kill(`SIG${name}` as NodeJS.Signals);
    const { code: seen, stdout } = await run.done;
    return `\`${stdout.split("\n")[1]}\`, exit code ${seen}, ${left(mark)}`;
  },
});

const left = (mark: string) => {
  const pids = processesWith(mark);
  return pids.length === 0 ? "nobody left" : `left: ${pids.join(" ")}`;
};

/** A profile with everything that has to be undone: a mount point, a scratch directory, a file of the run's own. */
function untidyProfile(room: Room): string {
  room.directory("data");
  room.write(
    "p.yml",
    "version: 1\nextends: [base]\nmounts: {.: rw, ./made/deep: {from: ./data, access: ro}, /scratch: {scratch: true}}\n" +
      "process: {killAfter: 200ms}\n",
  );
  return "./p.yml";
}

/** What a run left in the project and in its run directory. */
function traces(room: Room): string {
  const base = join(room.project, "../../runtime/sbx");
  const runs = existsSync(base) ? readdirSync(base) : [];
  const made = existsSync(join(room.project, "made")) ? ["made"] : [];
  return [...runs, ...made].join(" ") || "nothing";
}

function describe(mark: string, room: Room): string {
  const base = join(room.project, "../../runtime/sbx");
  const journals = (existsSync(base) ? readdirSync(base) : []).map((name) => {
    const files = readdirSync(join(base, name));
    return [name, files, files.includes("journal") ? readFileSync(join(base, name, "journal"), "utf8") : ""];
  });
  const processes = processesWith(mark).map((pid) => [readFileSync(`/proc/${pid}/cmdline`, "utf8"), statOf(pid)]);
  const keepers = processesWith("sbx-keeper").map((pid) => [
    readFileSync(`/proc/${pid}/cmdline`, "utf8").slice(-120),
    statOf(pid),
  ]);
  return JSON.stringify({ journals, processes, keepers, cleaners: processesWith("sbx.cjs\0clean").length });
}

const MOMENTS = 50;

export const signals: Chapter = {
  title: "Signals",
  text:
    "TERM, INT, HUP and QUIT end the sandbox: the signal goes to the command first (INT, QUIT and HUP to its process " +
    "group, as a terminal does), and after `process.killAfter` (5 s) everything in it is killed. Everything is cleaned up " +
    "before sbx ends.",
  promises: [
    stop("TERM", 143),
    stop("INT", 130),
    stop("HUP", 129),
    stop("QUIT", 131),
    {
      promise: "Who does not end in time is killed, with everybody in the sandbox",
      proof: "SIGTERM to a command that ignores it, `killAfter: 200ms`",
      seen: "exit code 143, nobody left",
      async look({ room }) {
        const mark = freshMark();
        const main = 'trap "" TERM; echo ready; while :; do sleep 0.01; done';
        const run = room.start(["run", "-p", untidyProfile(room), "--", ...family(mark, main)]);
        await run.said("ready");
        run.child.kill("SIGTERM");
        return `exit code ${(await run.done).code}, ${left(mark)}`;
      },
    },
    {
      promise: "A second request kills at once",
      proof: "SIGINT twice to a command that ignores it, with `killAfter: 1h`",
      seen: "exit code 130, nobody left",
      async look({ room }) {
        const mark = freshMark();
        room.write("p.yml", "version: 1\nextends: [base]\nprocess: {killAfter: 1h}\n");
        const main = 'trap "echo heard" INT; echo ready; while :; do sleep 0.01; done';
        const run = room.start(["run", "-p", "./p.yml", "--", ...family(mark, main)]);
        await run.said("ready");
        run.child.kill("SIGINT");
        await run.said("heard");
        run.child.kill("SIGINT");
        return `exit code ${(await run.done).code}, ${left(mark)}`;
      },
    },
    {
      promise: "At whatever moment it comes, nothing stays: no process, no mount point, no scratch directory",
      proof: `SIGTERM at ${MOMENTS} random moments from start to end, to a command with deaf children`,
      seen: `${MOMENTS} times nobody and nothing left`,
      async look({ room }) {
        const profile = untidyProfile(room);
        const seen = new Map<string, number>();
        for (let round = 0; round < MOMENTS; round++) {
          const mark = freshMark();
          const run = room.start(["run", "-p", profile, "--", ...family(mark, "sleep 0.03")]);
          await sleep(Math.random() * 120);
          run.child.kill("SIGTERM");
          const { code, signal } = await run.done;
          // Before it listens there is nothing to clean up, and the signal does what it always does.
          const expected = code === 0 || code === 143 || signal === "SIGTERM";
          const what = `${left(mark)}, ${traces(room)} left${expected ? "" : ` (exit code ${code})`}`;
          seen.set(what, (seen.get(what) ?? 0) + 1);
        }
        if (seen.size === 1 && seen.has("nobody left, nothing left")) return `${MOMENTS} times nobody and nothing left`;
        return JSON.stringify([...seen]);
      },
    },
    {
      promise: "Not even SIGKILL of sbx leaves something",
      proof: "SIGKILL at 20 random moments",
      seen: "20 times nobody and nothing left",
      async look({ room }) {
        const profile = untidyProfile(room);
        for (let round = 0; round < 20; round++) {
          const mark = freshMark();
          const run = room.start(["run", "-p", profile, "--", ...family(mark, "sleep 0.03")]);
          await sleep(Math.random() * 120);
          run.child.kill("SIGKILL");
          await until(() => run.child.signalCode !== null || run.child.exitCode !== null);
          // The keeper kills, and undoes what is left: soon, but nothing tells when.
          for (let look = 0; look < 2000 && !(processesWith(mark).length === 0 && traces(room) === "nothing"); look++) {
            await sleep(5);
          }
          const what = `${left(mark)}, ${traces(room)} left`;
          if (what !== "nobody left, nothing left")
            return `round ${round}: ${what}: ${run.child.exitCode} ${describe(mark, room)}`;
        }
        return "20 times nobody and nothing left";
      },
    },
    ...(["USR1", "USR2", "WINCH"] as const).map(
      (name): Kept => ({
        promise: `SIG${name} is handed on to the command`,
        proof: `\`trap "exit 5" ${name}\` in the command`,
        seen: "exit code 5",
        async look({ room }) {
          const script = `trap "exit 5" ${name}; echo ready; while :; do sleep 0.01; done`;
          const run = room.start(["run", "-p", "base", "--", "sh", "-c", script]);
          await run.said("ready");
          run.child.kill(`SIG${name}`);
          return `exit code ${(await run.done).code}`;
        },
      }),
    ),
    {
      promise: "SIGTSTP freezes every process in the sandbox, and SIGCONT lets them go on",
      proof: "two loops that count, one of them in a session of its own",
      seen: "standing still, all stopped; then counting again",
      async look({ room }) {
        const mark = freshMark();
        room.write("p.yml", "version: 1\nextends: [base]\nmounts: {.: rw}\n");
        const loop = (name: string) => `while :; do printf x >>${name}; sleep 0.01; done`;
        const script = `setsid bash -c '${loop("a")}' ${mark} & ${loop("b")}`;
        const run = room.start(["run", "-p", "./p.yml", "--", "bash", "-c", script, mark]);
        const files = ["a", "b"].map((name) => join(room.project, name));
        const counts = () => files.map((file) => (existsSync(file) ? readFileSync(file).length : 0));
        await until(() => counts().every((count) => count > 2));
        run.child.kill("SIGTSTP");
        await until(() => statOf(run.child.pid ?? 0)?.state === "T");
        const before = counts();
        await sleep(100);
        const still = counts().join() === before.join() ? "standing still" : "counting on";
        const all = processesWith(mark).every((pid) => statOf(pid)?.state === "T") ? "all stopped" : "not all stopped";
        run.child.kill("SIGCONT");
        await until(() => counts().every((count, index) => count > (before[index] ?? 0)));
        run.child.kill("SIGTERM");
        await run.done;
        return `${still}, ${all}; then counting again`;
      },
    },
  ],
};
