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
  /** What is to be said of the text as it is then. */
  readonly linted: LintedProfile;
}

/**
 * Makes the fixes of a profile's findings that are safe, one after the other, in the text of its file; nothing is written.
 * Each is made only if its finding is gone then, nothing else is wrong, no comment is lost, and the simulation lets nothing
 * in that it did not let in before. Undefined where nothing was, or the profile is in no file.
 */
export async function fixProfile(
  request: Request,
  host: Host,
  options: LintOptions,
  linted: LintedProfile,
): Promise<FixedProfile | undefined> {
  const { source } = linted;
  if (source?.path === undefined || source.text === undefined || linted.broken) return undefined;
  const { path: file, text: before } = source;
  const writer = await writerFor(source.directory);
  const tried = new Set<string>();
  const fixed: Problem[] = [];
  let text = before;
  let state = linted;
  for (;;) {
    const finding = state.findings.find((each) => each.fix?.safe && !tried.has(keyOf(each)));
    if (finding?.fix === undefined) break;
    tried.add(keyOf(finding));
    const next = writer(text, finding.fix.edits);
    if (next === undefined) continue;
    const after = await lintProfile(request, host, { ...options, texts: new Map([[file, next]]) });
    if (isWorse(state, after) || after.findings.some((each) => isSame(each, finding))) continue;
    fixed.push(finding.problem);
    text = next;
    state = after;
  }
  return fixed.length === 0 ? undefined : { file, before, after: text, fixed, linted: state };
}

/** What a fix changes in the text of the linted file; undefined where it can't be made there. */
export async function replacementFor({ source }: LintedProfile, { fix }: Finding): Promise<Replacement | undefined> {
  if (fix === undefined || source?.text === undefined || source.path === undefined) return undefined;
  const after = (await writerFor(source.directory))(source.text, fix.edits);
  return after === undefined ? undefined : replacementOf(source.text, after);
}

type Writer = (text: string, edits: readonly Edit[]) => string | undefined;

/** Makes edits in the text of a file, unless a comment would be lost. */
async function writerFor(directory: string | undefined): Promise<Writer> {
  const { commentsOf, load } = await import("../load/index.ts");
  const parse: Parse = (text) => {
    const { value, problems } = load("edited", directory, text);
    return hasErrors(problems) ? undefined : value?.root;
  };
  return (text, edits) => {
    const after = editText(text, edits, parse);
    return after === undefined || isLess(commentsOf(text), commentsOf(after)) ? undefined : after;
  };
}

/** The same finding, wherever the lines around it have gone. */
const isSame = (a: Finding, b: Finding): boolean =>
  a.problem.rule === b.problem.rule && a.problem.file === b.problem.file && a.problem.message === b.problem.message;

const keyOf = ({ problem: { rule, file, message }, fix }: Finding): string =>
  JSON.stringify([rule, file, message, fix?.edits]);

/** Whether one of the comments is not among the others. */
function isLess(comments: readonly string[], others: readonly string[]): boolean {
  const left = [...others];
  return comments.some((comment) => {
    const at = left.indexOf(comment);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** Whether something is wrong that was not, or anything is let in that was not. */
function isWorse(before: LintedProfile, after: LintedProfile): boolean {
  if (after.broken || hasErrors(after.problems) || before.plans.length !== after.plans.length) return true;
  const known = new Set(before.findings.map(({ problem: { rule } }) => rule));
  if (after.findings.some(({ problem }) => !known.has(problem.rule))) return true;
  return before.plans.some((plan, index) => {
    const now = after.plans[index];
    if (now === undefined || now.combination !== plan.combination) return true;
    return diffProfiles(plan, now, plan.host).some(({ change }) => change === "widens");
  });
}
