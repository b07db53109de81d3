import type { Rlimit, SettledLimits } from "../../model/limits.ts";
import type { Problem } from "../../model/problem.ts";
import { textOf } from "../processes.ts";
import { giveUp, type Warn } from "./fallible.ts";

/** The soft and the hard limit. */
interface Pair {
  readonly soft: number;
  readonly hard: number;
}

interface Resource {
  /** The option of prlimit(1). */
  readonly option: string;
  /** Its row in `/proc/PID/limits`. */
  readonly row: string;
  pairOf(value: number): Pair;
}

const exactly = (value: number): Pair => ({ soft: value, hard: value });

/** At the soft limit the kernel sends SIGXCPU, which a program may pass over; at the hard one SIGKILL. */
function seconds(ms: number): Pair {
  // 0 would be taken for 1 (do_prlimit in kernel/sys.c).
  const soft = Math.max(1, Math.ceil(ms / 1000));
  return { soft, hard: soft + 1 };
}

const RESOURCES: Readonly<Record<Rlimit["name"], Resource>> = {
  cpuTime: { option: "cpu", row: "Max cpu time", pairOf: seconds },
  openFiles: { option: "nofile", row: "Max open files", pairOf: exactly },
  fileSize: { option: "fsize", row: "Max file size", pairOf: exactly },
  core: { option: "core", row: "Max core file size", pairOf: exactly },
};

/**
 * Puts its limits on a process that has done nothing of the command yet; what it starts inherits them. Not on bwrap from
 * its start: that is the caller's own program, and needs what it needs. A problem unless they are seen to hold.
 */
export function applyRlimits({ rlimits }: SettledLimits, pid: number, warn: Warn = () => {}): Problem | undefined {
  if (rlimits === undefined) return undefined;
  const before = limitsOf(pid);
  const targets = rlimits.limits.map((limit) => {
    const { option, row, pairOf } = RESOURCES[limit.name];
    const { soft, hard } = pairOf(limit.value);
    // A hard limit goes down only (setrlimit(2)): where the machine's is stricter, that is what holds.
    const most = before.get(row)?.hard ?? Number.POSITIVE_INFINITY;
    return { limit, option, row, pair: { soft: Math.min(soft, most), hard: Math.min(hard, most) } };
  });
  const said = run(rlimits.prlimit, [
    ...["--pid", String(pid)],
    ...targets.map(({ option, pair }) => `--${option}=${numberText(pair.soft)}:${numberText(pair.hard)}`),
  ]);
  const after = limitsOf(pid);
  for (const { limit, row, pair } of targets) {
    const found = after.get(row);
    if (found !== undefined && found.soft <= pair.soft && found.hard <= pair.hard) continue;
    const why = said ?? `it is still ${found ? numberText(found.hard) : "unknown"} (/proc/${pid}/limits)`;
    const problem = giveUp([limit], { why }, warn);
    if (problem) return problem;
  }
  return undefined;
}

/** Which of these limits ended the command, by its exit code: 128 + SIGXCPU, 128 + SIGXFSZ. */
export function struckRlimit({ rlimits }: SettledLimits, exitCode: number | undefined): Rlimit | undefined {
  const name = exitCode === 152 ? "cpuTime" : exitCode === 153 ? "fileSize" : undefined;
  return rlimits?.limits.find((limit) => limit.name === name);
}

/** What prlimit(1) complains of; undefined when it does not. */
function run(prlimit: string, args: readonly string[]): string | undefined {
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  const { error, status, stderr } = spawnSync(prlimit, args, {
    env: { LC_ALL: "C" },
    stdio: ["ignore", "ignore", "pipe"],
    encoding: "utf8",
  });
  if (error) return error.message;
  return status === 0 ? undefined : stderr.trim() || `prlimit ended with ${status}`;
}

function limitsOf(pid: number): Map<string, Pair> {
  const rows = textOf(`/proc/${pid}/limits`).matchAll(/^(Max [a-z ]+?) {2,}(\S+) +(\S+)/gm);
  return new Map([...rows].map(([, row = "", soft, hard]) => [row, { soft: numberOf(soft), hard: numberOf(hard) }]));
}

const numberOf = (text: string | undefined): number => (text === "unlimited" ? Number.POSITIVE_INFINITY : Number(text));
const numberText = (value: number): string => (Number.isFinite(value) ? String(value) : "unlimited");
