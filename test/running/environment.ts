import { readFileSync } from "node:fs";
import { familyOf } from "../../src/execute/processes.ts";
import type { Chapter } from "./promise.ts";

const CANARY = { SECRET_CANARY: "never-to-be-seen" };
const sorted = (text: string) => text.split("\n").filter(Boolean).sort().join(" ");

export const environment: Chapter = {
  title: "Environment",
  text: "The command gets what the profile says, and PWD. Nothing else of the caller's environment is anywhere in the sandbox.",
  promises: [
    {
      promise: "Exactly what the profile says, and PWD",
      proof: "`env: {set: {A: b}}` and `env` inside",
      seen: "A=b PWD=/",
      async look({ room }) {
        room.write(
          "p.yml",
          "version: 1\nmounts: {/usr: ro}\nsymlinks: {/bin: usr/bin, /lib: usr/lib, /lib64: usr/lib64}\nenv: {set: {A: b}}\nprocess: {cwd: /}\n",
        );
        const done = await room.sbx(["run", "-p", "./p.yml", "--", "/usr/bin/env"], { env: CANARY });
        return done.code === 0 ? sorted(done.stdout) : done.stderr;
      },
    },
    {
      promise: "Nothing of the host in what other processes show",
      proof: "`cat /proc/1/environ /proc/self/environ` inside",
      seen: "no canary",
      async look({ room }) {
        const done = await room.sbx(["run", "-p", "base", "--", "cat", "/proc/1/environ", "/proc/self/environ"], {
          env: CANARY,
        });
        if (done.code !== 0 || !done.stdout.includes("PATH=")) return `exit code ${done.code}: ${done.stderr}`;
        return done.stdout.includes("CANARY") ? "the canary" : "no canary";
      },
    },
    {
      promise: "No value on the host's `ps`",
      proof: "`--env TOKEN=…`, and the command lines of all of sbx's processes",
      seen: "in the sandbox only",
      async look({ room }) {
        const profile = ["run", "-p", "base", "--env", "PASSED_TOKEN", "--env", "LD_CANARY"];
        const env = { PASSED_TOKEN: "hidden-value", LD_CANARY: "other-value" };
        const run = room.start([...profile, "--", "sh", "-c", "echo $PASSED_TOKEN $LD_CANARY; sleep 1000"], { env });
        await run.said("hidden-value other-value");
        const lines = familyOf(run.child.pid ?? 0).map((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8"));
        run.child.kill("SIGTERM");
        await run.done;
        return lines.some((line) => line.includes("-value")) ? "on a command line" : "in the sandbox only";
      },
    },
    {
      promise: "`LD_PRELOAD` and `LD_LIBRARY_PATH` are the command's, not bubblewrap's",
      proof: "both set to what does not exist",
      seen: "`/none.so /none`, exit code 0",
      async look({ room }) {
        room.write(
          "p.yml",
          "version: 1\nextends: [base]\nenv: {set: {LD_PRELOAD: /none.so, LD_LIBRARY_PATH: /none}}\n",
        );
        const done = await room.sbx([
          "run",
          "-p",
          "./p.yml",
          "--",
          "sh",
          "-c",
          'echo "$LD_PRELOAD" "$LD_LIBRARY_PATH"',
        ]);
        return `\`${done.stdout.trim()}\`, exit code ${done.code}`;
      },
    },
  ],
};
