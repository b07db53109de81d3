import { lstatSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { explainer } from "../../src/explain/index.ts";
import { probeBwrap } from "../../src/host/probe.ts";
import { bwrap as target } from "../../src/render/index.ts";
import { tree } from "../../src/tree/index.ts";
import { disagreements, TRIES, type Tried } from "../explain/agree.ts";
import { bwraps } from "../support/bwraps.ts";
import { randomPaths } from "./random-paths.ts";
import {
  compare,
  compareMounts,
  contentOf,
  expected,
  hidesAll,
  interesting,
  listing,
  realOf,
  untouchable,
  views,
} from "./real-checks.ts";
import { makeRoom, PROBE, planHere, type Report, type Room, runHere } from "./real-run.ts";
import { showOperation } from "./show.ts";
import { NAMES, pick, possible, profileOf, type Sandbox, sandboxes } from "./wishes.ts";

/** Each one is a bwrap that starts, looks and attacks; `SBX_REAL_RUNS` for more. */
const RUNS = Number(process.env.SBX_REAL_RUNS ?? (process.env.SBX_SOAK === "1" ? 500 : 25));

// A variable in a profile, in a program nothing of the kind.
const written = (program: string) => program.replaceAll("${", () => "$${");
/** How many paths of each are explained, and tried inside. */
const PATHS = 200;
/** What the probe needs to run. */
const SYSTEM = {
  ...Object.fromEntries(["/usr", "/bin", "/lib", "/lib64"].map((path) => [path, "ro?"])),
  "/probe/node": { from: process.execPath },
};

const identify = (path: string): string | undefined => {
  const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return stat && `${stat.dev}:${stat.ino}`;
};

describe.each(bwraps())("a sandbox of %s", (file) => {
  let compared = 0;
  const probed = probeBwrap(file, "/nonexistent").value;
  if (probed === undefined) throw new Error(`${file} is no bwrap`);
  const features = { name: file, file, options: new Set(probed.options) };

  const profile = (wished: Sandbox, room: Room): Readonly<Record<string, object>> => {
    const made = profileOf(wished, room.host, features.options.has("--tmp-overlay"));
    return { ...made, mounts: { ...made.mounts, ...SYSTEM } };
  };
  const isPossible = (wished: Sandbox, room: Room) => planHere(profile(wished, room), room).plan !== undefined;

  it("is what the tree says and explains, keeps what is masked hidden and what is protected as it was", () => {
    fc.assert(
      fc.property(sandboxes, fc.nat(), (wished, seed) => {
        const room = makeRoom(wished.files);
        try {
          check(
            possible(wished, (some) => isPossible(some, room)),
            room,
            seed,
          );
        } finally {
          room.remove();
        }
      }),
      { numRuns: RUNS },
    );
    // Of procfs and the like nothing is claimed; of most of it something must be.
    expect(compared).toBeGreaterThan(RUNS * PATHS * 0.8);
    if (RUNS > 25) console.log(`${file}: ${compared} paths explained and tried`);
  });

  function check(wished: Sandbox, room: Room, seed: number): void {
    const wanted = profile(wished, room);
    const first = planHere(wanted, room);
    if (first.plan === undefined) throw new Error(JSON.stringify(first.problems));
    const entries = first.plan;
    const paths = interesting(entries, room);
    const kept = [...wished.protect.flatMap((index) => realOf(pick(wished.files, index), room) ?? []), room.own];
    const roots = ["/s", room.directory, "/own", ...NAMES.map((name) => `/${name}`)];
    const wishes = { paths, roots, targets: kept.flatMap((path) => views(entries, path)) };
    const asked = randomPaths(entries, room, seed, PATHS);
    const probe = {
      "/probe/probe.js": { content: written(PROBE) },
      "/probe/wishes.json": { content: JSON.stringify(wishes) },
      "/probe/tries.js": { content: written(TRIES) },
      "/probe/paths.json": { content: JSON.stringify(asked) },
    };
    const { plan, problems, host } = planHere({ ...wanted, files: { ...wanted.files, ...probe } }, room);
    if (plan === undefined) throw new Error(JSON.stringify(problems));
    const run = (command: readonly string[]): string => {
      const { value, problems: refused } = target.render(plan, features, command);
      if (value === undefined) throw new Error(JSON.stringify(refused));
      const { output, error } = runHere(value, plan, room);
      // What is planned without a problem starts.
      const told = () => [error, ...plan.operations.map((each) => showOperation(each).slice(0, 200))].join("\n");
      if (error !== "") throw new Error(told());
      return output;
    };

    const shown = tree(plan.operations, host);
    const before = untouchable(wished, plan, room, kept);
    const facts = paths.map((at) => ({
      at,
      itself: expected(shown.walk(at, { last: false })),
      followed: expected(shown.walk(at)),
    }));
    const standing = listing(room);
    run(["/bin/true"]);
    expect(listing(room).filter((path) => !standing.includes(path))).toEqual(
      plan.footprint.flatMap(({ path }) => (path.startsWith(`${room.host}/`) ? [path] : [])).sort(),
    );
    const { path: explained } = explainer(plan, { host });
    const tried: Tried = JSON.parse(run(["/probe/node", "/probe/tries.js", "/probe/paths.json"]));
    const { found, compared: told } = disagreements(asked.map(explained), tried, identify);
    expect(found).toEqual([]);
    compared += told;
    const report: Report = JSON.parse(run(["/probe/node", "/probe/probe.js"]));

    for (const { at, itself, followed } of facts) {
      const seen = report.seen[at];
      if (seen === undefined) throw new Error(`nothing about ${at}`);
      compare(at, seen.itself, itself);
      compare(at, seen.followed, followed);
    }
    compareMounts(report, plan, shown);
    hidesAll(report, wished, room);
    for (const { path, ino, content } of before) {
      expect({ path, ino: lstatSync(path).ino, content: contentOf(path) }).toEqual({ path, ino, content });
    }
  }
});
