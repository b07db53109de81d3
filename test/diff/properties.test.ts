import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diffPlans } from "../../src/diff/index.ts";
import type { Host } from "../../src/model/host.ts";
import { isWithin } from "../../src/model/path.ts";
import type { Plan } from "../../src/model/plan.gen.ts";
import { tree } from "../../src/tree/index.ts";
import { NAMES, possible, profileOf, type Sandbox, sandboxes, type Wish } from "../compile/wishes.ts";
import { planned, TOP } from "./worlds.ts";

const RUNS = { numRuns: process.env.SBX_SOAK === "1" ? 2000 : 60 };

interface Pair {
  readonly a: Plan;
  readonly b: Plan;
  readonly host: Host;
}

/** As much of it as goes together, so that there is a plan. */
const settled = (wished: Sandbox): Sandbox => possible(wished, (some) => planned(some).plan !== undefined);

function planOf(wished: Sandbox): { readonly plan: Plan; readonly host: Host } {
  const { plan, host, problems } = planned(wished);
  if (plan === undefined) throw new Error(JSON.stringify(problems));
  return { plan, host };
}

/** Two sandboxes over the same files: unlike ones, and some that share most of what they want. */
const pairs: fc.Arbitrary<Pair> = fc
  .tuple(sandboxes, sandboxes, fc.constantFrom("other", "more", "less", "guards"))
  .map(([one, two, how]) => {
    const first = settled(one);
    const second = settled(
      {
        other: { ...two, files: first.files },
        more: { ...first, wishes: [...first.wishes, ...two.wishes.slice(0, 2)] },
        less: { ...first, wishes: first.wishes.slice(1) },
        guards: { ...first, mask: two.mask, protect: two.protect },
      }[how],
    );
    const { plan, host } = planOf(first);
    return { a: plan, b: planOf(second).plan, host };
  });

/** Every path up to four names deep below the places where there is something. */
const PATHS = ["/", TOP, "/s"].flatMap((top) => {
  let level = [top];
  const all = [top];
  for (let depth = 0; depth < 4; depth++) {
    level = level.flatMap((path) => [...NAMES, "a.new", "own"].map((name) => `${path === "/" ? "" : path}/${name}`));
    all.push(...level);
  }
  return all;
});

/** What a tree answers, and whether what is written reaches the host. */
function answering({ operations, prepare }: Plan, host: Host): (path: string) => string {
  const shown = tree(operations, host, prepare);
  return (path) => {
    const { type, access, content, host: behind, target, mount, decidedBy } = shown.look(path);
    // A link is its text, whoever made it.
    if (content === "link") return JSON.stringify([type, target]);
    const cover = operations[mount];
    const isLayer = cover?.kind === "overlay" && behind !== undefined;
    const isFresh = content === "tmpfs" && cover?.kind === "bind";
    const isFile = content === "generated" && operations[decidedBy]?.kind === "file";
    return JSON.stringify([type, access, content, behind, isLayer, isFresh, isFile]);
  };
}

describe("two sandboxes", () => {
  it("are no different when they are the same", () => {
    fc.assert(
      fc.property(sandboxes.map(settled), (wished) => {
        const { plan, host } = planOf(wished);
        expect(diffPlans(plan, plan, host)).toEqual([]);
      }),
      RUNS,
    );
  });

  it("are no different when their entries stand in another order", () => {
    fc.assert(
      fc.property(sandboxes.map(settled), fc.infiniteStream(fc.nat()), (wished, numbers) => {
        const { plan, host } = planOf(wished);
        const shuffled = <T>(list: readonly T[]): T[] =>
          list
            .map((item) => ({ item, at: numbers.next().value as number }))
            .sort((x, y) => x.at - y.at)
            .map(({ item }) => item);
        const placeOf = (wish: Wish) => {
          const { mask, protect, root, ...sections } = profileOf({ ...wished, wishes: [wish] }, TOP, true);
          return Object.values(sections).flatMap((section) => Object.keys(section))[0];
        };
        // The first of two wishes for one place is the one that counts.
        const isFirst = (wish: Wish, index: number) =>
          wished.wishes.findIndex((other) => placeOf(other) === placeOf(wish)) === index;
        const wishes = wished.wishes.filter(isFirst);
        const other = planned({
          ...wished,
          wishes: shuffled(wishes),
          mask: shuffled(wished.mask),
          protect: shuffled(wished.protect),
        });
        fc.pre(other.plan !== undefined && other.plan.operations.length === plan.operations.length);
        expect(diffPlans(plan, other.plan as Plan, host)).toEqual([]);
      }),
      RUNS,
    );
  });

  it("are classed the other way round when compared the other way round", () => {
    fc.assert(
      fc.property(pairs, ({ a, b, host }) => {
        const mirrored = diffPlans(b, a, host).map(({ gained, lost, before, after, ...rest }) => ({
          ...rest,
          change: gained.length > 0 ? (lost.length > 0 ? "widens" : "narrows") : lost.length > 0 ? "widens" : "neutral",
          gained: lost,
          lost: gained,
          before: after,
          after: before,
        }));
        const bySubject = (x: { subject: string }, y: { subject: string }) => (x.subject < y.subject ? -1 : 1);
        expect([...diffPlans(a, b, host)].sort(bySubject)).toEqual(mirrored.sort(bySubject));
      }),
      RUNS,
    );
  });

  it("show the same everywhere exactly when no path is told", () => {
    let alike = 0;
    let unlike = 0;
    fc.assert(
      fc.property(pairs, ({ a, b, host }) => {
        const told = diffPlans(a, b, host).filter(({ area, here }) => here && area === "path");
        const [before, after] = [answering(a, host), answering(b, host)];
        const differs = (path: string) => before(path) !== after(path);
        const differing = PATHS.filter(differs);
        if (differing.length === 0) alike += 1;
        else unlike += 1;
        expect(told.filter(({ subject }) => !differs(subject))).toEqual([]);
        // Each lies in a region that is told, or leads to one and exists for that alone.
        const isTold = (path: string) => told.some(({ subject }) => isWithin(subject, path) || isWithin(path, subject));
        expect(differing.filter((path) => !isTold(path))).toEqual([]);
      }),
      RUNS,
    );
    expect(alike).toBeGreaterThan(0);
    expect(unlike).toBeGreaterThan(0);
  });
});
