import { freshMark, processesWith } from "./processes.ts";
import type { Chapter, Kept } from "./promise.ts";

const expiring = (promise: string, script: string): Kept => ({
  promise,
  proof: `\`--timeout 300ms\` and \`${script}\``,
  seen: "exit code 124, what was said until then, nobody left",
  async look({ room }) {
    const mark = freshMark();
    const argv = ["sh", "-c", `echo said; ${script}`, mark];
    const { code, stdout } = await room.sbx(["run", "-p", "base", "--timeout", "300ms", "--", ...argv]);
    const said = stdout.startsWith("said\n") ? "what was said until then" : JSON.stringify(stdout);
    return `exit code ${code}, ${said}, ${processesWith(mark).length === 0 ? "nobody left" : "survivors"}`;
  },
});

export const time: Chapter = {
  title: "Time",
  text:
    "`limits.time` and `--timeout` are total time on the monotonic clock, from the first step on the host. It stands still " +
    "while the run is suspended. When it is over everything in the sandbox is killed.",
  promises: [
    expiring("A silent command is ended", "sleep 1000"),
    expiring("so is one that talks all the time", "while :; do echo on; sleep 0.01; done"),
    expiring("one that has closed its output", "exec >&- 2>&-; sleep 1000"),
    expiring("and one that ignores every signal", 'trap "" TERM INT HUP QUIT; while :; do sleep 0.01; done'),
    {
      promise: "Who is in time is left alone",
      proof: "`limits: {time: 1h}` and `exit 7`",
      seen: "exit code 7",
      async look({ room }) {
        room.write("p.yml", "version: 1\nextends: [base]\nlimits: {time: 1h}\n");
        const { code } = await room.sbx(["run", "-p", "./p.yml", "--", "sh", "-c", "exit 7"]);
        return `exit code ${code}`;
      },
    },
    {
      promise: "The message names the limit and its place",
      proof: "`limits: {time: 300ms}` in the profile",
      seen: "`p.yml:3:10: error[limit/time]`",
      async look({ room }) {
        room.write("p.yml", "version: 1\nextends: [base]\nlimits: {time: 300ms}\n");
        const { stderr } = await room.sbx(["run", "-p", "./p.yml", "--", "sleep", "1000"]);
        return `\`${/^\S+: error\[[\w/]+\]/.exec(stderr)?.[0] ?? stderr}\``;
      },
    },
  ],
};
