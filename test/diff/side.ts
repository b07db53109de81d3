import { type Difference, diffPlans, diffProfiles } from "../../src/diff/index.ts";
import { planOf, type Wishes } from "../compile/case.ts";
import type { FakeMachine } from "../support/fake-host.ts";

/** A machine with something to show, to write and to hide. */
export const MACHINE: FakeMachine = {
  env: { TERM: "xterm", API_TOKEN: "canary", PATH: "/usr/bin", HOME: "/home/u" },
  files: {
    "/usr/bin/sh": "",
    "/usr/share/doc": "",
    "/usr/local/bin/tool": "",
    "/etc/passwd": "",
    "/srv/data/keys": "",
    "/srv/other/": {},
    "/home/u/.ssh/id": "",
    "/home/u/kept/": {},
    "/tmp/": {},
    "/home/u/proj/Makefile": "",
    "/home/u/proj/sub/file": "",
    "/dev/null": { type: "character" },
    "/dev/fuse": { type: "character" },
  },
};

/** What has a default is left out, unless the profile says something about it. */
const whole = (text: string): string =>
  [
    "version: 1",
    ...["devices: none", "proc: false"].filter((line) => !text.includes(line.replace(/ .*/, ""))),
    text,
  ].join("\n");

/** What becomes of one profile when another takes its place; both have nothing but what is said. */
export function change(before: string, after: string, machine: FakeMachine = MACHINE, wishes: Wishes = {}) {
  const side = (text: string) => {
    const { plan, effective, host, problems } = planOf({ ".sandbox.yml": whole(text) }, machine, wishes);
    if (plan === undefined || effective === undefined) throw new Error(JSON.stringify(problems, undefined, 1));
    return { plan, effective, host };
  };
  const [a, b] = [side(before), side(after)];
  return { plans: diffPlans(a.plan, b.plan, a.host), profiles: diffProfiles(a, b, a.host) };
}

/** Differences of plans, one line each, with what is gained (+) and lost (-). */
export const lines = (differences: readonly Difference[]): string[] =>
  differences.map(({ change: word, subject, before, after, gained, lost, here }) =>
    [
      `${word} ${subject}: ${before.text} -> ${after.text}`,
      ...gained.map((shift) => `+${shift}`),
      ...lost.map((shift) => `-${shift}`),
      ...(here ? [] : ["elsewhere"]),
    ].join(" "),
  );

export const changed = (before: string, after: string, machine?: FakeMachine): string[] =>
  lines(change(before, after, machine).plans);
