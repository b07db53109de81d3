import type { Plan } from "../model/plan.gen.ts";
import type { Result } from "../model/problem.ts";
import { archForeign, archUnknown } from "./arch-problems.ts";

/** The names of one machine: the one that uname(1) prints, and how else it is called. */
const MACHINES: Readonly<Record<string, readonly string[]>> = {
  x86_64: ["amd64", "x64", "x86-64"],
  i686: ["i386", "i486", "i586", "x86", "x86-32", "x86_32", "ia32"],
  aarch64: ["arm64", "armv8"],
  armv7l: ["aarch32", "arm", "armhf", "armv7", "armv8l"],
  ppc64le: ["ppc64el", "power-isa-le", "powerpc64le"],
  riscv64: ["rv64"],
  s390x: [],
};

/** The machines whose programs a machine runs by itself, beside its own: those of 32 bits. */
const RUNS: Readonly<Record<string, string>> = { x86_64: "i686", aarch64: "armv7l" };

/**
 * The words in front of bwrap by which its command is told that it runs on another machine: setarch(8), which becomes
 * bwrap, so that no process is added. None for the machine itself.
 */
export function settleArch(
  { process: { arch } }: Pick<Plan, "process">,
  machine: string,
  find: (name: string) => Result<string>,
): Result<readonly string[]> {
  if (arch === undefined) return { value: [], problems: [] };
  const here = canonical(machine) ?? machine;
  const wanted = arch.value === machine ? here : canonical(arch.value);
  if (wanted === undefined) {
    const known = Object.keys(MACHINES);
    return { value: undefined, problems: [archUnknown({ arch: arch.value, known }, arch.origin)] };
  }
  if (wanted === here) return { value: [], problems: [] };
  if (RUNS[here] !== wanted) {
    const data = { arch: wanted, written: arch.value, machine: here, instead: RUNS[here] };
    return { value: undefined, problems: [archForeign(data, arch.origin)] };
  }
  const setarch = find("setarch");
  if (setarch.value === undefined) return { value: undefined, problems: setarch.problems };
  return { value: [setarch.value, wanted], problems: [] };
}

/** What uname(1) calls that machine; two spellings of one must not count as two. */
function canonical(name: string): string | undefined {
  const lower = name.toLowerCase();
  return Object.entries(MACHINES).find(([machine, names]) => machine === lower || names.includes(lower))?.[0];
}
