import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { explainer, type PathExplanation } from "../../src/explain/index.ts";
import { type Planned, PROJECT, planOf } from "../compile/case.ts";
import { NAMES, possible, profileOf, type Sandbox, sandboxes } from "../compile/wishes.ts";
import type { FakeFile } from "../support/fake-host.ts";
import { random } from "../support/random.ts";

type Profile = Readonly<Record<string, unknown>>;

/** Where the made up files lie. */
const TOP = "/h";

/** Fields laid over those of a profile, as whoever follows advice would write them: mappings and lists grow. */
function laid(under: unknown, over: unknown): unknown {
  if (Array.isArray(under) && Array.isArray(over)) return [...under, ...over];
  if (typeof under !== "object" || typeof over !== "object" || under === null || over === null) return over;
  const both: Record<string, unknown> = { ...under };
  for (const [key, value] of Object.entries(over)) both[key] = key in both ? laid(both[key], value) : value;
  return both;
}

function planned(governing: Profile, parent: Profile | undefined, files: Sandbox["files"]): Planned {
  const machine: Record<string, string | FakeFile> = { [`${TOP}/`]: { type: "directory" } };
  for (const [path, file] of Object.entries(files)) {
    machine[TOP + path] = file.target?.startsWith("/") ? { target: TOP + file.target } : file;
  }
  const text = (profile: Profile) => JSON.stringify({ version: 1, ...profile });
  const profiles: Record<string, string> = { ".sandbox.yml": text(governing) };
  if (parent !== undefined) profiles["parent.yml"] = text(parent);
  return planOf(profiles, { files: machine });
}

function explained({ plan, host, effective }: Planned, path: string): PathExplanation {
  if (plan === undefined) throw new Error("no plan");
  return explainer(plan, { host, effective }).path(path);
}

const somePaths = (plan: NonNullable<Planned["plan"]>, files: Sandbox["files"], seed: number): string[] => {
  const below = random(seed);
  const tops = [...plan.operations.map(({ at }) => at), ...Object.keys(files).map((path) => TOP + path), TOP, "/s"];
  return Array.from({ length: 10 }, () => {
    const top = tops[below(tops.length)] ?? "/";
    return below(2) === 0 ? top : `${top === "/" ? "" : top}/${NAMES[below(NAMES.length)]}`;
  });
};

describe("advice", () => {
  it.each(["the profile itself", "a profile that it extends"])(
    "that is followed makes the path what it promises, the entries being those of %s",
    (where) => {
      const isParent = where !== "the profile itself";
      const build = (profile: Profile, add: Profile, files: Sandbox["files"]) =>
        isParent
          ? planned({ extends: ["./parent.yml"], ...add }, profile, files)
          : planned(laid(profile, add) as Profile, undefined, files);
      let followed = 0;
      fc.assert(
        fc.property(sandboxes, fc.nat(), (wished, seed) => {
          const profile = (some: Sandbox) => profileOf(some, TOP, true);
          const kept = possible(wished, (some) => build(profile(some), {}, some.files).plan !== undefined);
          const before = build(profile(kept), {}, kept.files);
          if (before.plan === undefined) throw new Error(JSON.stringify(before.problems));
          for (const path of somePaths(before.plan, kept.files, seed)) {
            const found = explained(before, path);
            for (const advice of found.advice) {
              expect([advice.file, advice.add === undefined]).toEqual([
                advice.edit === undefined ? `${PROJECT}/.sandbox.yml` : advice.file,
                advice.edit !== undefined,
              ]);
              if (advice.add === undefined) continue;
              const after = build(profile(kept), advice.add, kept.files);
              expect({ advice, problems: told(after) }).toEqual({ advice, problems: [] });
              expect({ path, advice, access: explained(after, path).access }).toEqual({
                path,
                advice,
                access: advice.to,
              });
              followed += 1;
            }
          }
        }),
        { numRuns: 150 },
      );
      expect(followed).toBeGreaterThan(100);
    },
  );
});

const told = ({ problems }: Planned): string[] =>
  problems.filter(({ severity }) => severity === "error").map(({ message }) => message);
