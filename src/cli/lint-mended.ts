import { basename } from "node:path";
import { type FixedProfile, fixProfile, type Host, type LintedProfile, lintProfile } from "../index.ts";
import { type LintWish, toldOf } from "./lint-one.ts";
import type { ToldProfile } from "./lint-report/report.ts";
import { profilesBelow } from "./profile-files.ts";

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
  const order = await parentsFirst(wishes, host);
  for (const [index, { wish }] of order.entries()) {
    const { request } = wish;
    const now: LintWish = { ...wish, options: { ...wish.options, texts } };
    const linted = await lintProfile(request, host, now.options);
    const fixed = await fixProfile(request, host, now.options, linted);
    const made = fixed && fixed.fixed.length > 0 ? fixed : undefined;
    const broken =
      made && (await brokenBy(made, [...order.slice(index + 1), ...(await unnamed(made, order, host))], host, texts));
    const failure = broken ?? (made && writes ? await written(made) : undefined);
    if (failure !== undefined) left.set(wish, failure);
    if (made === undefined || failure !== undefined) {
      told.set(wish, { ...(await toldOf(linted, now, host, fixed)), mended: 0 });
      continue;
    }
    if (!writes) changes.set(wish, await patch(made, host.cwd));
    const profile = await toldOf(writes ? made.linted : linted, now, host, made);
    texts.set(made.file, made.after);
    told.set(wish, writes ? { ...profile, mended: made.fixed.length } : profile);
  }
  const inOrder = <T>(all: ReadonlyMap<LintWish, T>): readonly T[] => wishes.flatMap((wish) => all.get(wish) ?? []);
  return { profiles: inOrder(told), changes: inOrder(changes), left: inOrder(left) };
}

/** Which of the profiles that extend this one could no longer be planned: they may show by name what it would hide. */
async function brokenBy(
  { file, after }: FixedProfile,
  others: readonly Ordered[],
  host: Host,
  texts: ReadonlyMap<string, string>,
): Promise<string | undefined> {
  for (const { wish } of others.filter(({ files }) => files.has(file))) {
    const { request, options } = wish;
    const now = await lintProfile(request, host, { ...options, texts });
    if (now.broken) continue;
    const then = await lintProfile(request, host, { ...options, texts: new Map([...texts, [file, after]]) });
    if (then.broken) return `${file} is left as it was: with its fixes ${now.file} could not be planned any more`;
  }
  return undefined;
}

/** A wish, and the files that its profile is made of. */
interface Ordered {
  readonly wish: LintWish;
  readonly files: ReadonlySet<string>;
}

async function parentsFirst(wishes: readonly LintWish[], host: Host): Promise<readonly Ordered[]> {
  const all: Ordered[] = [];
  for (const wish of wishes) all.push(await ordered(wish, host));
  // A profile has at least one file more than each of its parents.
  return all.sort((a, b) => a.files.size - b.files.size);
}

const ordered = async (wish: LintWish, host: Host): Promise<Ordered> => ({
  wish,
  files: filesOf(await lintProfile(wish.request, host, wish.options)),
});

/** The profiles of a mended one's project that extend it and were not asked about: hooks name what was changed alone. */
async function unnamed({ file, linted }: FixedProfile, named: readonly Ordered[], host: Host): Promise<Ordered[]> {
  const [project] = linted.plans.map(({ effective }) => effective.project);
  const [first] = named;
  if (project === undefined || first === undefined) return [];
  const known = new Set(named.map(({ wish }) => wish.request.profile));
  const found: Ordered[] = [];
  for (const other of profilesBelow(project)) {
    if (other === file || known.has(other) || host.lstat(other)?.type !== "file") continue;
    if (host.readText(other)?.includes(basename(file)) !== true) continue;
    const { options } = first.wish;
    found.push(await ordered({ request: { profile: other }, options, replacements: false }, host));
  }
  return found;
}

const filesOf = ({ plans }: LintedProfile): ReadonlySet<string> =>
  new Set(plans.flatMap(({ effective }) => effective.sources.map(({ file }) => file)));

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
