import fc from "fast-check";
import picomatch from "picomatch";
import { describe, expect, it } from "vitest";
import { ancestors, isWithin } from "../../src/model/path.ts";
import type { Operation, Plan } from "../../src/model/plan.gen.ts";
import { realpath } from "../../src/model/realpath.ts";
import type { FakeFile, FakeMachine } from "../support/fake-host.ts";
import { type Naive, naive } from "../tree/naive.ts";
import { type Planned, PROJECT, planOf } from "./case.ts";
import { OWN, pick, possible, profileOf, type Sandbox, sandboxes } from "./wishes.ts";

const TOP = "/h";
/** A plan is costly enough that 20,000 of each would take hours. */
const RUNS = { numRuns: process.env.SBX_SOAK === "1" ? 2000 : 60 };

/** The made up files below /h, where sbx's own configuration lies too. */
function machineOf(files: Sandbox["files"]): FakeMachine {
  const moved = Object.entries(files).map(([path, file]): [string, FakeFile] => {
    const target = file.target?.replace(/^\//, `${TOP}/`);
    return [TOP + path, { ...file, ...(target === undefined ? {} : { target }) }];
  });
  return { env: { XDG_CONFIG_HOME: `${TOP}/own` }, files: { "/h/": {}, ...Object.fromEntries(moved) } };
}

function planned(wished: Sandbox): Planned {
  const profile = { version: 1, devices: "none", proc: "false", ...profileOf(wished, TOP, true) };
  return planOf({ ".sandbox.yml": JSON.stringify(profile) }, machineOf(wished.files));
}

/** The second model of the sandbox that a plan makes, its steps done. */
function built(wished: Sandbox, plan: Plan): Naive {
  const files: Record<string, FakeFile> = { [TOP]: { type: "directory" }, [`${PROJECT}/.sandbox.yml`]: { text: "" } };
  for (const [path, file] of Object.entries(machineOf(wished.files).files ?? {})) {
    if (path !== "/h/") files[path] = file as FakeFile;
  }
  for (const step of plan.prepare) {
    if (step.kind === "make-directory" || (step.kind === "mount-point" && step.type === "directory")) {
      files[step.path] ??= { type: "directory" };
    } else if (step.kind === "make-file" || step.kind === "mount-point") files[step.path] ??= { text: "" };
  }
  for (const path of Object.keys(files)) {
    for (const above of ancestors(path)) if (above !== "/") files[above] ??= { type: "directory" };
  }
  const model = naive(files);
  for (const operation of plan.operations) {
    // `--dir` is content with a directory that a step has made.
    const isThere = operation.kind === "dir" && model.find(operation.at, false)?.type === "directory";
    if (!operation.present || isThere) continue;
    expect([operation.kind, operation.at, model.apply(withoutRunPath(operation))]).toEqual([
      operation.kind,
      operation.at,
      true,
    ]);
  }
  return model;
}

const withoutRunPath = (operation: Operation): Operation => {
  const { at, present, origin } = operation;
  const isRun = "source" in operation && operation.source.startsWith("{run}/");
  return isRun ? { kind: "tmpfs", at, mode: "0755", present, origin } : operation;
};

const worlds = sandboxes.map((wished) => possible(wished, (some) => planned(some).plan !== undefined));

function planFor(wished: Sandbox): { plan: Plan; host: Planned["host"] } {
  const { plan, problems, host } = planned(wished);
  if (plan === undefined) throw new Error(JSON.stringify(problems));
  return { plan, host };
}

describe("any plan", () => {
  it("is one that bwrap can do from the first operation to the last", () => {
    fc.assert(
      fc.property(worlds, (wished) => void built(wished, planFor(wished).plan)),
      RUNS,
    );
  });

  it("shows nothing of what is masked, by whatever way", () => {
    fc.assert(
      fc.property(worlds, (wished) => {
        const { plan, host } = planFor(wished);
        const model = built(wished, plan);
        const files = Object.keys(wished.files).map((path) => TOP + path);
        const matching = (what: number | string): string[] => {
          if (typeof what === "number") return [TOP + pick(wished.files, what)];
          const matches = picomatch(TOP + what);
          return files.filter((path) => matches(path));
        };
        const real = wished.mask
          .flatMap(matching)
          .map((path) => realpath(host, path))
          .flatMap(({ path, stat }) => (stat === undefined ? [] : [path]));
        for (const hidden of [...real, TOP + OWN]) {
          for (const path of files.filter((each) => isWithin(hidden, each))) {
            expect([path, model.places(path)]).toEqual([path, []]);
          }
        }
      }),
      RUNS,
    );
  });

  it("lets nothing that is protected be written, replaced or moved away on the host", () => {
    fc.assert(
      fc.property(worlds, (wished) => {
        const { plan, host } = planFor(wished);
        const model = built(wished, plan);
        const files = Object.keys(wished.files).map((path) => TOP + path);
        const real = wished.protect
          .map((index) => realpath(host, TOP + pick(wished.files, index)))
          .flatMap(({ path, stat }) => (stat === undefined ? [] : [path]));
        for (const kept of [...real, TOP + OWN]) {
          for (const path of files.filter((each) => isWithin(kept, each))) {
            for (const place of model.places(path)) {
              const { access, layered } = model.standing(place);
              expect([path, place, layered || access !== "rw"]).toEqual([path, place, true]);
            }
          }
          // A directory on the way can be renamed unless it is a mount point, or its parent is read-only.
          for (const above of ancestors(kept)) {
            for (const place of model.places(above)) {
              const { access, layered, isMountPoint } = model.standing(place);
              expect([above, place, layered || access !== "rw" || isMountPoint]).toEqual([above, place, true]);
            }
          }
        }
      }),
      RUNS,
    );
  });

  it("has parents before children, each destination without links, and is the same every time", () => {
    fc.assert(
      fc.property(worlds, (wished) => {
        const { plan } = planFor(wished);
        const places = plan.operations.filter(({ present }) => present).map(({ at }) => at);
        places.forEach((at, index) => {
          const child = places.findIndex((other) => other !== at && isWithin(at, other));
          expect([at, child === -1 || child > places.indexOf(at)]).toEqual([at, true]);
          expect(places.slice(index + 1).filter((other) => other !== at && isWithin(other, at))).toEqual([]);
        });
        expect(planFor(wished).plan).toEqual(plan);
      }),
      RUNS,
    );
  });

  it("lists every path that its steps make on the host, once", () => {
    fc.assert(
      fc.property(worlds, (wished) => {
        const { plan, host } = planFor(wished);
        const made = plan.prepare.map((step) => ("path" in step ? step.path : step.socket));
        expect(plan.footprint.map(({ path }) => path)).toEqual(made);
        expect(new Set(made).size).toBe(made.length);
        for (const path of made.filter((each) => each.startsWith("/"))) {
          expect([path, host.lstat(path)]).toEqual([path, undefined]);
          for (const above of ancestors(path)) {
            const there = host.lstat(above)?.type === "directory" || made.includes(above);
            expect([path, above, there]).toEqual([path, above, true]);
          }
        }
      }),
      RUNS,
    );
  });
});
