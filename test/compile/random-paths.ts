import type { Plan } from "../../src/model/plan.gen.ts";
import { random } from "../support/random.ts";
import type { Room } from "./real-run.ts";
import { NAMES } from "./wishes.ts";

/** Of the machine itself, as far as such a sandbox shows it. */
const SYSTEM = [
  "/usr/bin/env",
  "/usr",
  "/bin",
  "/bin/sh",
  "/lib",
  "/etc",
  "/etc/passwd",
  "/dev",
  "/dev/null",
  "/dev/tty",
];
const MORE = [
  "/dev/shm",
  "/dev/stdin",
  "/dev/sda",
  "/proc",
  "/proc/self/status",
  "/proc/cpuinfo",
  "/tmp",
  "/probe",
  "/",
];

/** Paths that are there and paths that are not, of the sandbox and of the host, with links and `..` in them. */
export function randomPaths({ operations }: Plan, room: Room, seed: number, count: number): string[] {
  const below = random(seed);
  const one = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const tops = [...operations.map(({ at }) => at), ...sourcesOf(operations), room.host, "/s", "/own"];
  const names = [...NAMES, ...NAMES, "own", "sbx", "secret", "..", "absent"];
  const paths = new Set<string>([...SYSTEM, ...MORE]);
  for (let tries = 0; paths.size < count && tries < count * 20; tries += 1) {
    const top = below(8) === 0 ? one([...SYSTEM, ...MORE]) : one(tops);
    const parts = Array.from({ length: below(4) }, () => one(names));
    paths.add(`${top === "/" ? "" : top}/${parts.join("/")}`.replace(/(.)\/$/, "$1"));
  }
  return [...paths].slice(0, count);
}

const sourcesOf = (operations: Plan["operations"]): string[] =>
  operations.flatMap((operation) =>
    "source" in operation && operation.source.startsWith("/") ? [operation.source] : [],
  );
