import { defineProblem } from "../../model/problem.ts";

/** A word of a shell line. */
const word = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** How a process ended, as Node tells it. */
export interface ServerEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const how = ({ code, signal }: ServerEnd): string => (signal === null ? `exit code ${code}` : signal);

/** As one writes it in a profile. */
const duration = (ms: number): string => (ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`);

const longer = (ms: number): string => duration(Math.max(1000, 3 * ms));

export const addressTooLong = defineProblem<{ name: string; path: string; bytes: number; most: number }>({
  id: "api/address",
  severity: "error",
  when: "The path of an api's socket is longer than the kernel lets an address be (unix(7)).",
  message: ({ name, path, bytes, most }) =>
    `the socket of the api ${name} would be ${path}: ${bytes} bytes, and an address has ${most} at most`,
  help: () => "give the api a shorter name, or set XDG_RUNTIME_DIR to a shorter directory of your own with mode 0700",
});

export const programUnusable = defineProblem<{ name: string; file: string; why: string }>({
  id: "api/program",
  severity: "error",
  when: "The program of an api can't be started: it is not there, not executable, or not named by an absolute path.",
  message: ({ name, file, why }) => `can't start the api ${name}: ${file} ${why}`,
  help: ({ file }) =>
    file.startsWith("/")
      ? `look with \`ls -l ${word(file)}\``
      : `write its path: \`command -v ${word(file)}\` tells it`,
});

export const serverNotStarted = defineProblem<{ name: string; reason: string }>({
  id: "api/not-started",
  severity: "error",
  when: "The system refuses what starting an api's server takes: another process, a descriptor, /bin/sh.",
  message: ({ name, reason }) => `can't start the server of the api ${name}: ${reason}`,
  help: () => "try `/bin/sh -c true`, and see the limits of this shell with `ulimit -a`",
});

export const endedEarly = defineProblem<{ name: string; command: readonly string[] } & ServerEnd>({
  id: "api/ended-early",
  severity: "error",
  when: "The server of an api ended before it listened on its socket; what it said is on standard error.",
  message: ({ name, ...end }) => `the server of the api ${name} ended before it listened on its socket (${how(end)})`,
  help: ({ command, code }) =>
    code === 0
      ? "a server has to stay in the foreground: look for its option that keeps it from becoming a daemon"
      : `see what it said on standard error, or try it: \`${command.map(word).join(" ")}\``,
});

export const notReady = defineProblem<{ name: string; ms: number; why: string; isTold: boolean }>({
  id: "api/not-ready",
  severity: "error",
  when: "The server of an api did not listen on its socket within `ready`, and was ended.",
  message: ({ name, ms, why }) => `the server of the api ${name} did not listen within ${duration(ms)}: ${why}`,
  help: ({ ms, isTold }) =>
    isTold
      ? `see that it listens on the path of \`{socket}\`, or give it longer: \`ready: ${longer(ms)}\``
      : "its `command` lacks the word `{socket}`, which stands for the path that it has to listen on",
});

export const brokenOff = defineProblem<{ name: string }>({
  id: "api/broken-off",
  severity: "error",
  when: "The run was told to end while the server of an api was being started.",
  message: ({ name }) => `the start of the api ${name} was broken off: the run was told to end`,
});

export const serverDied = defineProblem<{ name: string } & ServerEnd>({
  id: "api/died",
  severity: "warning",
  when: "The server of an api ended by itself while the sandbox was there; from then on nobody answered.",
  message: ({ name, ...end }) => `the server of the api ${name} ended while the sandbox was running (${how(end)})`,
  help: () => "what it said is on standard error",
});

export const serverLeft = defineProblem<{ name: string; group: number }>({
  id: "api/survivor",
  severity: "warning",
  when: "A process of an api's server is still there although it was killed.",
  message: ({ name, group }) => `the server of the api ${name} was killed but has not ended (process group ${group})`,
  help: ({ group }) => `see what is left of it: \`ps -eo pid,pgid,stat,wchan,args | grep -w ${group}\``,
});
