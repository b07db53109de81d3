import type { CgroupLimit } from "../../model/limits.ts";
import { below, parentOf } from "../../model/path.ts";
import { textOf } from "../processes.ts";

/** A file of a cgroup and what is written there. */
export interface Setting {
  readonly file: string;
  readonly text: string;
  /** Whether what the file says is as strict as was asked for. */
  holds(read: string): boolean;
  /** What it means that there is no such file. */
  readonly missing?: "nothing" | "swap-not-counted";
  /** Whether something above this directory is as strict, where the kernel refuses what is less strict than that. */
  holdsAbove?(directory: string): boolean;
}

/** What holds a limit, in the order in which it is written; the value in base units. */
export function settingsOf(version: 1 | 2, name: CgroupLimit["name"], value: number): readonly Setting[] {
  switch (name) {
    case "memory":
      return version === 2 ? memoryV2(value) : memoryV1(value);
    case "tasks":
      return [{ file: "pids.max", text: String(value), holds: atMost(value) }];
    case "cpus":
      return version === 2 ? cpusV2(value) : cpusV1(value);
  }
}

/** The kernel rounds down to pages; `max` does not hold. */
const atMost =
  (value: number): Setting["holds"] =>
  (read) =>
    /^\d+\s*$/.test(read) && Number(read) <= value;

const exactly =
  (text: string): Setting["holds"] =>
  (read) =>
    read.trim() === text;

const memoryV2 = (bytes: number): Setting[] => [
  { file: "memory.max", text: String(bytes), holds: atMost(bytes) },
  { file: "memory.swap.max", text: "0", holds: exactly("0"), missing: "swap-not-counted" },
];

const memoryV1 = (bytes: number): Setting[] => [
  // Before Linux 5.11 cgroups further in count only if this is set before they are made.
  { file: "memory.use_hierarchy", text: "1", holds: exactly("1"), missing: "nothing" },
  // Where memory and swap together are not counted (the last one), this keeps the kernel from swapping for the limit.
  { file: "memory.swappiness", text: "0", holds: exactly("0"), missing: "nothing" },
  { file: "memory.limit_in_bytes", text: String(bytes), holds: atMost(bytes) },
  // Never less than memory alone, hence after it.
  { file: "memory.memsw.limit_in_bytes", text: String(bytes), holds: atMost(bytes), missing: "swap-not-counted" },
];

/** Microseconds of a period: the kernel's own of 100 ms, or a second where the share of that would be less than 1 ms. */
function shareOf(cpus: number): { readonly quota: number; readonly period: number } {
  const period = cpus < 0.01 ? 1_000_000 : 100_000;
  return { quota: Math.round(cpus * period), period };
}

function cpusV2(cpus: number): Setting[] {
  const { quota, period } = shareOf(cpus);
  const holds: Setting["holds"] = (read) => ratioOf(read.split(" ")) <= quota / period;
  return [{ file: "cpu.max", text: `${quota} ${period}`, holds }];
}

function cpusV1(cpus: number): Setting[] {
  const { quota, period } = shareOf(cpus);
  const holdsAbove = (directory: string): boolean => {
    const [own, length] = ["cpu.cfs_quota_us", "cpu.cfs_period_us"].map((file) => textOf(below(directory, file)));
    if (!own) return false;
    const isStricter = Number(own) > 0 && ratioOf([own, length]) <= quota / period;
    return isStricter || holdsAbove(parentOf(directory));
  };
  return [
    { file: "cpu.cfs_period_us", text: String(period), holds: exactly(String(period)) },
    { file: "cpu.cfs_quota_us", text: String(quota), holds: exactly(String(quota)), holdsAbove },
  ];
}

const ratioOf = ([quota, period]: readonly (string | undefined)[]): number => Number(quota) / Number(period);
