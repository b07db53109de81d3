import { childrenOf, familyOf, statOf, textOf } from "../../src/execute/processes.ts";
import { inTerminal, type Terminal } from "../support/pty.ts";
import { freshMark, processesWith, until } from "./processes.ts";
import type { Chapter, Kept, World } from "./promise.ts";

/** Runs sbx at a terminal, hands it to the test, and gives what that says. */
async function at(
  { room, user }: World,
  args: readonly string[],
  look: (terminal: Terminal) => Promise<string>,
): Promise<string> {
  const { argv, env } = room.call(args);
  const terminal = await inTerminal(argv, { user, cwd: room.project, env, columns: 100, rows: 30 });
  try {
    return await look(terminal);
  } finally {
    await terminal.close();
  }
}

const SHELL = ["shell", "-p", "base", "--env", "PS1=prompt: ", "--", "sh", "-i"];

/** A session with a shell: what is typed when which words have come, and the exit code. */
const session = (
  promise: string,
  proof: string,
  seen: string,
  look: (terminal: Terminal) => Promise<string>,
): Kept => ({
  promise,
  proof,
  seen,
  look: (world) => at(world, SHELL, look),
});

/** Waits until the shell's job runs in the foreground: what is typed then is for it. */
async function runs(terminal: Terminal, name: string): Promise<void> {
  const jobs = () =>
    familyOf(terminal.child.pid ?? 0).filter((pid) => {
      const stat = statOf(pid);
      return stat !== undefined && stat.group === stat.foreground && execName(pid) === name && stat.state !== "T";
    });
  await until(() => jobs().length > 0);
}

const execName = (pid: number): string => textOf(`/proc/${pid}/comm`).trim();

const INJECT = [
  "import fcntl, sys, termios",
  "try:",
  "    for c in 'echo injected\\n': fcntl.ioctl(int(sys.argv[1]), termios.TIOCSTI, c.encode())",
  "    print('typed')",
  "except OSError as error: print('refused', error.errno)",
].join("\n");

export const terminal: Chapter = {
  title: "Terminal",
  text:
    "With `session: auto`, a run at a terminal gets a terminal of its own (a pty), relayed to the caller's; so does " +
    "`sbx shell`. Without one at both ends, or with `session: new`, the command has a session without a terminal.",
  promises: [
    session(
      "^C ends the job in the foreground, not the shell",
      "`sleep 1000`, ^C, `echo $?`",
      "130, the shell lives",
      async (it) => {
        await it.shows("prompt: ");
        it.type("sleep 1000\r");
        await runs(it, "sleep");
        it.type("\x03");
        await it.shows("prompt: ");
        it.type("echo =$?=\r");
        await it.shows("=130=");
        it.type("exit\r");
        return (await it.ended) === 0 || (await it.ended) === 130
          ? "130, the shell lives"
          : `exit code ${await it.ended}`;
      },
    ),
    session(
      "^Z, `jobs` and `fg` work",
      "`sleep 1000`, ^Z, `jobs`, `fg`, ^C, `exit 3`",
      "stopped, listed, continued, exit code 3",
      async (it) => {
        await it.shows("prompt: ");
        it.type("sleep 1000\r");
        await runs(it, "sleep");
        it.type("\x1a");
        await it.shows("Stopped");
        await it.shows("prompt: ");
        it.type("jobs\r");
        await it.shows("Stopped");
        await it.shows("prompt: ");
        it.type("fg\r");
        await runs(it, "sleep");
        it.type("\x03");
        await it.shows("prompt: ");
        it.type("exit 3\r");
        return `stopped, listed, continued, exit code ${await it.ended}`;
      },
    ),
    session(
      "Its size is the caller's, also when that changes",
      "`stty size`, then a resize",
      "30 100, then 20 70",
      async (it) => {
        await it.shows("prompt: ");
        it.type("stty size\r");
        await it.shows("30 100");
        await it.shows("prompt: ");
        it.type("trap 'stty size; exit' WINCH; while :; do sleep 0.01; done\r");
        await runs(it, "sleep");
        it.resize(70, 20);
        await it.shows("20 70");
        await it.ended;
        return "30 100, then 20 70";
      },
    ),
    session(
      "Afterwards the caller's terminal is as it was",
      "`stty -a` before and after a session that leaves its own in raw mode",
      "the same",
      async (it) => {
        const before = it.settings();
        await it.shows("prompt: ");
        it.type("stty raw -echo; exit\r");
        await it.ended;
        return it.settings() === before ? "the same" : it.settings();
      },
    ),
    session(
      "also when the command is killed",
      "SIGKILL to the shell, `stty -a` before and after",
      "the same, exit code 137",
      async (it) => {
        const before = it.settings();
        await it.shows("prompt: ");
        it.type("stty raw -echo; kill -KILL $$\r");
        const code = await it.ended;
        return `${it.settings() === before ? "the same" : it.settings()}, exit code ${code}`;
      },
    ),
    {
      promise: "and when sbx is",
      proof: "SIGKILL to sbx, `stty -a` before and after",
      seen: "the same",
      look: (world) =>
        at(world, SHELL, async (it) => {
          const before = it.settings();
          await it.shows("prompt: ");
          it.child.kill("SIGKILL");
          await it.ended;
          await until(() => it.settings() === before);
          return "the same";
        }),
    },
    {
      promise: "A terminal that is closed ends the run",
      proof: "the window closed during a session, with a child that ignores SIGHUP",
      seen: "exit code 129, nobody left",
      look: (world) => {
        const mark = freshMark();
        const script = `sh -c 'trap "" HUP; sleep 1000; : ${mark}' & echo ready; wait`;
        return at(world, ["run", "-p", "base", "--", "sh", "-c", script, mark], async (it) => {
          await it.shows("ready");
          it.hangUp();
          return `exit code ${await it.ended}, ${processesWith(mark).length === 0 ? "nobody left" : "survivors"}`;
        });
      },
    },
    {
      promise: "A session works without a process namespace, too",
      proof: "`namespaces: {pid: false}` and `user: true`, a shell, `exit 3`",
      seen: "exit code 3",
      look: (world) => {
        world.room.write("p.yml", "version: 1\nextends: [base]\nnamespaces: {pid: false}\nproc: false\n");
        const shell = ["shell", "-p", "./p.yml", "--env", "PS1=prompt: ", "--", "sh", "-i"];
        return at(world, shell, async (it) => {
          await it.shows("prompt: ");
          it.type("exit 3\r");
          return `exit code ${await it.ended}`;
        });
      },
    },
    {
      promise: "^Z stops a command that is no shell, and sbx with it; SIGCONT lets both go on",
      proof: "a loop that prints, ^Z, SIGCONT, ^C",
      seen: "both stopped, both going on, exit code 130",
      look: async (world) => {
        const loop = "while :; do echo tick; sleep 0.01; done";
        const { line, env } = world.room.call(["run", "-p", "base", "--", "sh", "-c", loop]);
        // Behind a shell with job control: without one nobody could ever continue it.
        const it = await inTerminal(["bash", "--norc", "-i"], {
          user: world.user,
          cwd: world.room.project,
          env: { ...env, PS1: "outer: " },
        });
        try {
          await it.shows("outer: ");
          it.type(`${line}\r`);
          await it.shows("tick\r\ntick");
          it.type("\x1a");
          await it.shows("Stopped");
          const [sbx = 0] = childrenOf(it.child.pid ?? 0);
          // sbx, bwrap twice, and the shell, or its child where that one waits for it in the kernel (vfork(2)).
          const still = familyOf(sbx).filter((pid) => statOf(pid)?.state === "T");
          const stopped = still.length >= 4 ? "both stopped" : "not stopped";
          it.type("fg\r");
          await it.shows("tick\r\ntick");
          it.type("\x03");
          await it.shows("outer: ");
          it.type("echo =$?=\r");
          await it.shows("=130=");
          it.type("exit\r");
          return `${stopped}, both going on, exit code 130`;
        } finally {
          await it.close();
        }
      },
    },
    {
      promise: "The command can't type into the caller's terminal (TIOCSTI, CVE-2017-5226)",
      proof: "the attack on descriptor 0, in a shell of the caller's",
      seen: "typed into its own terminal, nothing run outside",
      look: (world) => attack(world, ["run", "-p", "base"]),
    },
    {
      promise: "not even with CAP_SYS_ADMIN in the caller's own user namespace (root), and with `session: new`",
      proof: "the same with `capabilities: keep`, `namespaces: {user: false}`",
      seen: "typed into its own terminal, nothing run outside",
      look: (world) => {
        const admin = "capabilities: keep\nnamespaces: {user: false, nested: true}\nprocess: {session: new}\n";
        world.room.write("p.yml", `version: 1\nextends: [base]\n${world.user === "root" ? admin : ""}`);
        return attack(world, ["run", "-p", "./p.yml"]);
      },
    },
    {
      promise: "With `session: new` there is no terminal to open",
      proof: "`echo x > /dev/tty` inside, sbx at a terminal",
      seen: "refused",
      look: (world) => {
        world.room.write("p.yml", "version: 1\nextends: [base]\nprocess: {session: new}\n");
        return at(world, ["run", "-p", "./p.yml", "--", "sh", "-c", "echo x >/dev/tty || echo refused"], async (it) => {
          await it.ended;
          return /\brefused\b/.test(it.screen().toString()) ? "refused" : it.screen().toString();
        });
      },
    },
  ],
};

/** A shell outside would run what the attack types into its terminal. */
async function attack({ room, user }: World, args: readonly string[]): Promise<string> {
  const { line, env } = room.call([...args, "--", "python3", "-c", INJECT, "0"]);
  const script = room.write("outer.sh", `stty -echo\n${line}\necho over\nread -r typed\necho "outside: [$typed]"\n`);
  const it = await inTerminal(["sh", script], { user, cwd: room.project, env });
  try {
    const inside = (await it.shows("over")).includes("typed") ? "typed into its own terminal" : it.screen().toString();
    it.type("nothing\r");
    const outside = (await it.shows("]")).includes("[nothing") ? "nothing run outside" : it.screen().toString();
    await it.ended;
    return `${inside}, ${outside}`;
  } finally {
    await it.close();
  }
}
