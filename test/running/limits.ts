import { findCgroups } from "../../src/host/cgroups.ts";
import { freshMark, processesWith } from "./processes.ts";
import type { Chapter, Kept, World } from "./promise.ts";

/** Runs a script under limits; with a sandbox's /tmp to write to. */
async function limited({ room }: World, limits: string, script: string) {
  room.write("p.yml", `version: 1\nextends: [base]\nlimits: ${limits}\n`);
  return room.sbx(["run", "-p", "./p.yml", "--", "bash", "-c", script]);
}

const rlimit = (promise: string, limits: string, script: string, seen: string): Kept => ({
  promise,
  proof: `\`limits: ${limits}\` and \`${script}\``,
  seen,
  async look(world) {
    const { code, stdout, stderr } = await limited(world, limits, script);
    const rule = /(?:error|warning|info)\[(limit\/[\w-]+)\]/.exec(stderr)?.[1];
    return [stdout.trim(), `exit code ${code}`, rule].filter(Boolean).join(", ");
  },
});

/** Why limits of a cgroup can't be tried as this user on this machine; undefined when they can. */
function whyNoCgroup({ user, room }: World): string | undefined {
  if (user !== "root") return "an ordinary user needs a systemd of their own for cgroups";
  const { parents, reasons } = findCgroups(["memory", "pids", "cpu"], { uid: room.uid, env: {} });
  return parents.memory && parents.pids ? undefined : Object.values(reasons).join(", ");
}

export const limits: Chapter = {
  title: "Limits",
  text:
    "`openFiles`, `fileSize`, `core` and `cpuTime` hold for each process (getrlimit(2)) and are always there; `memory`, " +
    "`tasks` and `cpus` hold for the whole sandbox (cgroups(7)) and need a cgroup that sbx may make: as root, or by way " +
    "of the user's systemd. What can't be enforced stops the run, unless the entry says `try`.",
  promises: [
    rlimit("`openFiles` is what the command sees", "{openFiles: 64}", "ulimit -n", "64, exit code 0"),
    rlimit(
      "A file stays below `fileSize`; who writes on is ended, and told why",
      "{fileSize: 8K}",
      "head -c 4K /dev/zero >/tmp/a && echo 4K; exec head -c 9K /dev/zero >/tmp/b",
      "4K, exit code 153, limit/struck",
    ),
    rlimit("No core file with `core: 0`", "{core: 0}", "ulimit -c", "0, exit code 0"),
    rlimit(
      "`cpuTime` ends a busy process, and the message says so",
      "{cpuTime: 1s}",
      "exec sh -c 'while :; do :; done'",
      "exit code 152, limit/struck",
    ),
    {
      promise: "`memory` ends who takes more, inside only; the message names the limit",
      proof: "`limits: {memory: 48M}` and `tail /dev/zero`",
      seen: "exit code 137, limit/struck",
      needs: whyNoCgroup,
      async look(world) {
        const { code, stderr } = await limited(world, "{memory: 48M}", "exec tail /dev/zero");
        return `exit code ${code}, ${/\[(limit\/[\w-]+)\]: limits\.memory/.exec(stderr)?.[1] ?? stderr}`;
      },
    },
    {
      promise: "`tasks` stops a fork bomb, and nobody of it is left",
      proof: "`limits: {tasks: 20}` and a shell that starts itself twice, for ever",
      seen: "limit/struck, nobody left",
      needs: whyNoCgroup,
      async look(world) {
        const mark = freshMark();
        world.room.write("p.yml", "version: 1\nextends: [base]\nlimits: {tasks: 20, time: 3s}\n");
        const bomb = "bomb() { bomb | bomb & }; bomb; sleep 0.5";
        const { stderr } = await world.room.sbx(["run", "-p", "./p.yml", "--", "bash", "-c", bomb, mark]);
        const rule = /\[(limit\/struck)\]: limits\.tasks/.exec(stderr)?.[1] ?? stderr;
        return `${rule}, ${processesWith(mark).length === 0 ? "nobody left" : "survivors"}`;
      },
    },
    {
      promise: "A limit that can't be enforced stops the run",
      proof: "`limits: {cpus: 0.0001}`, which no kernel can",
      seen: "exit code 125, nothing run",
      async look(world) {
        const { code, stdout } = await limited(world, "{cpus: 0.0001}", "echo ran");
        return `exit code ${code}, ${stdout === "" ? "nothing run" : stdout}`;
      },
    },
    {
      promise: "unless it says `try`: then a warning tells so",
      proof: "`limits: {cpus: {value: 0.0001, try: true}}`",
      seen: "exit code 0, run, a warning",
      async look(world) {
        const { code, stdout, stderr } = await limited(world, "{cpus: {value: 0.0001, try: true}}", "echo run");
        return `exit code ${code}, ${stdout.trim()}, ${stderr.includes("warning[limit/") ? "a warning" : stderr}`;
      },
    },
  ],
};
