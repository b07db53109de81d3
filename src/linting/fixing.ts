import { diffProfiles } from "../diff/index.ts";
import { editText, type Parse, type Replacement, replacementOf } from "../edit/index.ts";
import type { Finding } from "../lint/index.ts";
import type { Edit } from "../model/edit.ts";
import type { Host } from "../model/host.ts";
import { hasErrors, type Problem } from "../model/problem.ts";
import type { Request } from "../pipeline.ts";
import { lintProfile } from "./index.ts";
import type { LintedProfile, LintOptions } from "./linted.ts";

/** A profile after its safe fixes. */
export interface FixedProfile {
  readonly file: string;
  readonly before: string;
  readonly after: string;
  /** What the fixes took away. */
  readonly fixed: readonly Problem[];
  /** What would be safe by itself, and is still there. */
  readonly left: readonly LeftFinding[];
  /** What is to be said of the text as it is then. */
  readonly linted: LintedProfile;
}

export interface LeftFinding {
  readonly problem: Problem;
  /** Why its fix was not made, as the end of a sentence. */
  readonly why: string;
}

/**
 * Makes the fixes of a profile's findings that are safe in the text of its file; nothing is written.
 * Each is made only if its finding is gone then, nothing else is wrong, no comment is lost, and the simulation lets nothing
 * in that it did not let in before. Undefined where there is nothing to try, or the profile is in no file.
 */
export async function fixProfile(
  request: Request,
  host: Host,
  options: LintOptions,
  linted: LintedProfile,
): Promise<FixedProfile | undefined> {
  const { source } = linted;
  if (source?.path === undefined || source.text === undefined || linted.broken) return undefined;
  if (!linted.findings.some(({ fix }) => fix?.safe)) return undefined;
  const { path: file, text: before } = source;
  const writer = await writerFor(source.directory);
  const tried = new Set<string>();
  const whyLeft = new Map<string, string>();
  const fixed: Problem[] = [];
  let text = before;
  let state = linted;
  // All of them at once, and fewer where that goes wrong: most go together, and one that doesn't is found in a few steps.
  let most = Number.POSITIVE_INFINITY;
  for (;;) {
    const open = state.findings.filter((each) => each.fix?.safe && !tried.has(keyOf(each))).slice(0, most);
    if (open.length === 0) break;
    const { made, next } = madeIn(text, open, writer);
    for (const each of open) if (made.length <= 1 || !made.includes(each)) tried.add(keyOf(each));
    for (const each of open) if (!made.includes(each)) whyLeft.set(wordsOf(each), NO_PLACE);
    if (made.length === 0) continue;
    const texts = new Map([...(options.texts ?? []), [file, next]]);
    const after = await lintProfile(request, host, { ...options, texts });
    const why = areGone(made, state, after) ? harmOf(state, after) : "it would still be found";
    if (why !== undefined) {
      for (const each of made) whyLeft.set(wordsOf(each), why);
      most = Math.max(1, Math.floor(made.length / 2));
      continue;
    }
    fixed.push(...made.map(({ problem }) => problem));
    text = next;
    state = after;
    most = Number.POSITIVE_INFINITY;
  }
  const leftOf = ({ findings }: LintedProfile, why: (finding: Finding) => string) =>
    findings.filter(({ fix }) => fix?.safe).map((each): LeftFinding => ({ problem: each.problem, why: why(each) }));
  if (fixed.length > 0 && (await breaksTheRest(request, host, options, { file, text }))) {
    const left = leftOf(linted, () => "the profile as a whole would be worse off");
    return { file, before, after: before, fixed: [], left, linted };
  }
  const left = leftOf(state, (each) => whyLeft.get(wordsOf(each)) ?? NO_PLACE);
  return { file, before, after: text, fixed, left, linted: state };
}

const NO_PLACE = "a comment would be lost, or the layout has no place for it";

/** Whether a fix for one variant, or for chosen flag sets or values, makes the file worse for who asks for others. */
async function breaksTheRest(
  request: Request,
  host: Host,
  options: LintOptions,
  { file, text }: { readonly file: string; readonly text: string },
): Promise<boolean> {
  const isOfVariant = typeof request.profile === "string" && request.profile.includes("#");
  if (!isOfVariant && request.flags === undefined && (request.set ?? []).length === 0) return false;
  const whole: Request = { profile: file };
  const before = await lintProfile(whole, host, options);
  const after = await lintProfile(whole, host, {
    ...options,
    texts: new Map([...(options.texts ?? []), [file, text]]),
  });
  return !before.broken && harmOf(before, after) !== undefined;
}

/**
 * What each finding's fix changes in the text of the linted file, made by itself. Left out is what can't be made there, and
 * what would leave its finding or break something else: another variant, say.
 */
export async function replacementsFor(
  request: Request,
  host: Host,
  options: LintOptions,
  linted: LintedProfile,
): Promise<ReadonlyMap<Finding, Replacement>> {
  const { source } = linted;
  const { text, path } = source ?? {};
  if (source === undefined || text === undefined || path === undefined || linted.broken) return new Map();
  const writer = await writerFor(source.directory);
  const holds = async (next: string, made: readonly Finding[]): Promise<boolean> => {
    const texts = new Map([...(options.texts ?? []), [path, next]]);
    const after = await lintProfile(request, host, { ...options, texts });
    return breaksOrWidens(linted, after) === undefined && areGone(made, linted, after);
  };
  const fixes = linted.findings.flatMap((finding) => {
    const next = finding.fix && writer(text, finding.fix.edits);
    return next === undefined ? [] : [{ finding, next }];
  });
  // What all of them together don't break, none does: most profiles are looked at once more, and not once for each fix.
  const { made, next } = madeIn(
    text,
    fixes.map(({ finding }) => finding),
    writer,
  );
  const isGood = made.length > 0 && (await holds(next, made));
  const found = new Map<Finding, Replacement>();
  for (const fix of fixes) {
    if ((isGood && made.includes(fix.finding)) || (await holds(fix.next, [fix.finding])))
      found.set(fix.finding, replacementOf(text, fix.next));
  }
  return found;
}

type Writer = (text: string, edits: readonly Edit[]) => string | undefined;

/** Makes edits in the text of a file, unless a comment would be lost. */
async function writerFor(directory: string | undefined): Promise<Writer> {
  const { commentsOf, load } = await import("../load/index.ts");
  let last: { readonly text: string; readonly root: ReturnType<Parse> } | undefined;
  const parse: Parse = (text) => {
    if (last?.text === text) return last.root;
    const { value, problems } = load("edited", directory, text);
    last = { text, root: hasErrors(problems) ? undefined : value?.root };
    return last.root;
  };
  return (text, edits) => {
    const after = editText(text, edits, parse);
    return after === undefined || isLess(commentsOf(text), commentsOf(after)) ? undefined : after;
  };
}

/** Findings of the same rule with the same words, wherever the lines around them have gone. */
const wordsOf = ({ problem: { rule, file, message } }: Finding): string => JSON.stringify([rule, file, message]);

const keyOf = (finding: Finding): string => wordsOf(finding) + JSON.stringify(finding.fix?.edits);

/** Makes the fixes of findings in a text; one whose layout has no place for it is left out. */
function madeIn(text: string, findings: readonly Finding[], writer: Writer) {
  const made: Finding[] = [];
  const done = new Set<string>();
  let next = text;
  for (const finding of [...findings].sort(lastFirst)) {
    // Two findings may ask for the same mask.
    const edits = (finding.fix?.edits ?? []).filter((edit) => !done.has(JSON.stringify(edit)));
    const written = writer(next, edits);
    if (written === undefined) continue;
    for (const edit of edits) done.add(JSON.stringify(edit));
    next = written;
    made.push(finding);
  }
  return { made, next };
}

/** What is taken out moves what comes behind it: that goes first. */
function lastFirst(a: Finding, b: Finding): number {
  const [one, other] = [a, b].map(({ fix }) => fix?.edits.find(({ kind }) => kind === "remove"));
  if (one?.kind !== "remove" || other?.kind !== "remove") return 0;
  return Number(other.at.at(-1)) - Number(one.at.at(-1)) || 0;
}

/** Whether there are as many fewer of these findings as were to go. */
function areGone(made: readonly Finding[], before: LintedProfile, after: LintedProfile): boolean {
  const count = (findings: readonly Finding[], words: string) =>
    findings.filter((finding) => wordsOf(finding) === words).length;
  return [...new Set(made.map(wordsOf))].every(
    (words) => count(after.findings, words) <= count(before.findings, words) - count(made, words),
  );
}

/** Whether one of the comments is not among the others. */
function isLess(comments: readonly string[], others: readonly string[]): boolean {
  const left = [...others];
  return comments.some((comment) => {
    const at = left.indexOf(comment);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** What is wrong that was not, or lets something in that was not; undefined where that is nothing. */
function harmOf(before: LintedProfile, after: LintedProfile): string | undefined {
  const known = new Set(before.findings.map(({ problem: { rule } }) => rule));
  const other = after.findings.find(({ problem }) => !known.has(problem.rule));
  return breaksOrWidens(before, after) ?? (other && `${other.problem.rule} would be found instead`);
}

function breaksOrWidens(before: LintedProfile, after: LintedProfile): string | undefined {
  const broken = "the profile could not be planned any more";
  if (after.broken || hasErrors(after.problems) || before.plans.length !== after.plans.length) return broken;
  for (const [index, plan] of before.plans.entries()) {
    const now = after.plans[index];
    if (now === undefined || now.combination !== plan.combination) return broken;
    if (diffProfiles(plan, now, plan.host).some(({ change }) => change === "widens")) return "more would be let in";
  }
  return undefined;
}
