import { type FixedProfile, fixProfile, type Host, type LintedProfile, lintProfile } from "../index.ts";
import { type LintWish, toldOf } from "./lint-one.ts";
import type { ToldProfile } from "./lint-report/report.ts";

/** What came of linting and mending. */
export interface Mended {
  readonly profiles: readonly ToldProfile[];
  /** What was not written, as patches. */
  readonly changes: readonly string[];
  /** Which files could not be written, and why. */
  readonly left: readonly string[];
}

/**
 * Makes the safe fixes of profiles, in their files or as patches. Those that others extend come first: what is mended there
 * needs no mending where it is inherited.
 */
export async function mended(wishes: readonly LintWish[], host: Host, writes: boolean): Promise<Mended> {
  const changes = new Map<LintWish, string>();
  const left = new Map<LintWish, string>();
  const told = new Map<LintWish, ToldProfile>();
  const texts = new Map<string, string>();
  for (const wish of await parentsFirst(wishes, host)) {
    const { request, replacements } = wish;
    const options = { ...wish.options, texts };
    const linted = await lintProfile(request, host, options);
    const fixed = await fixProfile(request, host, options, linted);
    const failure = fixed && writes ? await written(fixed) : undefined;
    if (failure !== undefined) left.set(wish, failure);
    if (fixed === undefined || failure !== undefined) {
      told.set(wish, await toldOf(linted, replacements));
      continue;
    }
    texts.set(fixed.file, fixed.after);
    if (!writes) changes.set(wish, await patch(fixed, host.cwd));
    const profile = await toldOf(writes ? fixed.linted : linted, replacements);
    told.set(wish, writes ? { ...profile, mended: fixed.fixed.length } : profile);
  }
  const inOrder = <T>(all: ReadonlyMap<LintWish, T>): readonly T[] => wishes.flatMap((wish) => all.get(wish) ?? []);
  return { profiles: inOrder(told), changes: inOrder(changes), left: inOrder(left) };
}

async function parentsFirst(wishes: readonly LintWish[], host: Host): Promise<readonly LintWish[]> {
  if (wishes.length < 2) return wishes;
  const depths = new Map<LintWish, number>();
  for (const wish of wishes) depths.set(wish, depthOf(await lintProfile(wish.request, host, wish.options)));
  return [...wishes].sort((a, b) => (depths.get(a) ?? 0) - (depths.get(b) ?? 0));
}

/** A profile has at least one file more than each of its parents. */
const depthOf = ({ plans }: LintedProfile): number => plans[0]?.effective.sources.length ?? 0;

/** Writes a mended profile; gives what to say where that can't be done. */
async function written({ file, before, after }: FixedProfile): Promise<string | undefined> {
  const { replaceText } = await import("./lint-fix.ts");
  try {
    replaceText(file, before, after);
    return undefined;
  } catch (error) {
    return `${file} is left as it was: ${error instanceof Error ? error.message : error}`;
  }
}

async function patch({ file, before, after }: FixedProfile, cwd: string): Promise<string> {
  const { patchOf } = await import("./lint-diff.ts");
  const { wantsColor } = await import("./problems.ts");
  return patchOf(file, { before, after }, { cwd, color: wantsColor(process.stdout) });
}
