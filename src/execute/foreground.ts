import type { Problem } from "../model/problem.ts";
import { DEFAULT_ORIGIN } from "../model/source.ts";
import { backgroundLeft } from "./problems.ts";
import { statOf } from "./processes.ts";

// SIGTTOU would stop whoever does this from the background (tcsetpgrp(3)).
const PERL = ["-MPOSIX", "-e", '$SIG{TTOU} = "IGNORE"; exit !POSIX::tcsetpgrp(0, $ARGV[0])'];
const PYTHON = [
  "-ISc",
  "import os, signal, sys; signal.signal(signal.SIGTTOU, signal.SIG_IGN); os.tcsetpgrp(0, int(sys.argv[1]))",
];

/**
 * Looks whether this process is in the foreground of its terminal, and gives what puts it back there. A shell that ran in
 * the sandbox in the caller's own session took the foreground, and can't give it back from another process namespace; the
 * next read here would fail with EIO (measured). Node can't call tcsetpgrp(3): perl or python3 does.
 */
export function holdForeground(program: string | undefined): () => Problem | undefined {
  const before = statOf(process.pid);
  if (before === undefined || before.foreground !== before.group) return () => undefined;
  const hasIt = () => [before.group, -1, undefined].includes(statOf(process.pid)?.foreground);
  return () => {
    if (hasIt()) return undefined;
    const { spawnSync } = process.getBuiltinModule("node:child_process");
    const script = program?.endsWith("perl") ? PERL : PYTHON;
    if (program) spawnSync(program, [...script, `${before.group}`], { stdio: [0, "ignore", "ignore"], env: {} });
    return hasIt() ? undefined : backgroundLeft({}, DEFAULT_ORIGIN);
  };
}
