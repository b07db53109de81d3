import type { EnvironmentValue } from "../model/invocation.ts";
import type { Plan } from "../model/plan.gen.ts";

/**
 * Variables that would act on bwrap itself, or that a setuid bwrap's loader strips (ld.so(8), secure-execution mode):
 * they reach the command by `--setenv`.
 */
const ACTS_ON_BWRAP =
  /^(LD_.*|MALLOC_.*|GLIBC_TUNABLES|GCONV_PATH|GETCONF_DIR|HOSTALIASES|LOCALDOMAIN|LOCPATH|NIS_PATH|NLSPATH|RESOLV_HOST_CONF|RES_OPTIONS|TMPDIR|TZDIR)$/;

export interface SplitEnvironment {
  /** What bwrap is started with, and hands on: nothing else can ever be in `/proc/1/environ`. */
  readonly process: Readonly<Record<string, EnvironmentValue>>;
  /** What bwrap sets for the command only. */
  readonly command: Readonly<Record<string, EnvironmentValue>>;
}

/** The variables that bwrap itself is not started with: its own environment says nothing of them. */
export const hiddenFromBwrap = (env: Plan["env"]): ReadonlySet<string> =>
  new Set(Object.keys(splitEnvironment(env).command));

export function splitEnvironment(env: Plan["env"]): SplitEnvironment {
  const entries = Object.entries(env).map(([name, { value }]) => [name, value] as const);
  return {
    process: Object.fromEntries(entries.filter(([name]) => !ACTS_ON_BWRAP.test(name))),
    command: Object.fromEntries(entries.filter(([name]) => ACTS_ON_BWRAP.test(name))),
  };
}
