import type { Replacement } from "./edit/index.ts";
import { type Replayed, replayJournals } from "./execute/replay.ts";
import { type Explainer, explainer as explainerOf, type PathExplanation } from "./explain/index.ts";
import { sourceText } from "./host/source-text.ts";
import { type OutlineNode, outline, planPage } from "./html/index.ts";
import type { Finding, Rule, Settled } from "./lint/index.ts";
import type { FixedProfile } from "./linting/fixing.ts";
import type { LintedProfile, LintOptions } from "./linting/index.ts";
import type { Host } from "./model/host.ts";
import type { Plan } from "./model/plan.gen.ts";
import type { Problem } from "./model/problem.ts";
import { makingOf, type Request } from "./pipeline.ts";
import { redactPlan as redact } from "./render/index.ts";
import {
  formatProblems as format,
  json,
  linesOf,
  type ReportOptions,
  escapeText as visible,
  withoutSecrets as withoutSecretsOf,
} from "./report/index.ts";
import { type Tree, tree as treeOf } from "./tree/index.ts";

export {
  type Api,
  type ApiClient,
  ApiError,
  type ApiErrorCode,
  type ErrorReply,
  JsonLinesApi,
  type JsonLinesOptions,
} from "./api/index.ts";
export type { Answer, Claim, ClaimResult, Outcome as TestOutcome, TestedProfile, TestResult } from "./claims/index.ts";
export { type Compiled, type CompileOptions, compile } from "./compiling.ts";
export {
  type Change,
  type Difference,
  diffPlans,
  diffProfiles,
  SHIFTS,
  type Shift,
} from "./diff/index.ts";
export { isFoundByName } from "./discover/index.ts";
export { twoProfiles, unlistedDirectory } from "./discover/problems.ts";
export type { Replacement } from "./edit/index.ts";
export { exitStatus } from "./execute/exit-status.ts";
export type { Executed } from "./execute/job.ts";
export { undoKilledRuns } from "./execute/killed-runs.ts";
export type { Replayed } from "./execute/replay.ts";
export type {
  Advice,
  Decider,
  Explainer,
  Explanation,
  NetworkExplanation,
  PathExplanation,
  VariableExplanation,
} from "./explain/index.ts";
export { nodeHost } from "./host/node.ts";
export { sourceText } from "./host/source-text.ts";
export {
  type Glance,
  glance,
  isUntouchedPage,
  nodesOf as planNodes,
  type OutlineAccess,
  type OutlineNode,
  settingsOf,
  variablesOf,
} from "./html/index.ts";
export type { Accepted, Example, Finding, Fix, Rule, Settled } from "./lint/index.ts";
export type { FixedProfile } from "./linting/fixing.ts";
export { guardPrograms } from "./linting/guards.ts";
export type { LintedProfile, LintOptions } from "./linting/index.ts";
export type { Effective, Leaf } from "./model/effective.ts";
export { flow } from "./model/flow.ts";
export type { Host } from "./model/host.ts";
export type { Invocation, Outcome } from "./model/invocation.ts";
export { nearest as nearestWord } from "./model/nearest.ts";
export type { Operation, Plan, Step } from "./model/plan.gen.ts";
export type { Problem, Result } from "./model/problem.ts";
export { looksSecret } from "./model/secret.ts";
export type { Origin, Place } from "./model/source.ts";
export {
  type Finish,
  type LogOptions,
  logMonitor,
  type Monitor,
  type MonitorEvent,
  monitorNamed,
  nullMonitor,
  type Pipeline,
  type Stage,
  type StageResult,
  type Tape,
  tapeMonitor,
} from "./monitor/index.ts";
export { type Planned, planProfile, type Request, refuse, resolveProfile } from "./pipeline.ts";
export {
  type Features,
  REDACTED,
  redactPlan,
  renderJson,
  renderNul,
  renderShell,
  targetNamed,
} from "./render/index.ts";
export { escapeJson, escapeText } from "./report/index.ts";
export { widthOf } from "./report/width.ts";
export type { Bind, Variable } from "./resolve/command-line.ts";
export type { FlagSwitch, Setting } from "./resolve/index.ts";
export { findBwrap, type Refused, renderBwrap, runVetted } from "./run.ts";
export { type RunPlanOptions as RunOptions, runPlan } from "./run-plan.ts";
export {
  type CompletedRun,
  Sandbox,
  type SandboxBind,
  SandboxError,
  type SandboxErrorCode,
  type SandboxOptions,
  type SandboxRunOptions,
  type SessionOptions,
} from "./sandbox/index.ts";
export { RATINGS, type Rating, type Score, type Scored, scorePlan } from "./score/index.ts";
export { builtinNames } from "./sources/builtin.ts";
export { offers } from "./sources/offers.ts";
export { type TestOptions, testProfile } from "./testing.ts";
export type { Standing, Tree } from "./tree/index.ts";

/** Problems as text for people: place, message, the line with a caret, and the next thing to type. */
export function formatProblems(problems: readonly Problem[], options: ReportOptions = {}): string {
  return format(problems, { sources: sourceText, ...options });
}

/** Problems whose words don't say what their lines keep to themselves: a value that is refused can be a password. */
export function withoutSecrets(problems: readonly Problem[]): readonly Problem[] {
  const lineAt = linesOf(sourceText);
  return problems.map((problem) => withoutSecretsOf(problem, lineAt));
}

/** Problems as JSON text, as `schema/problem.schema.json` describes it; what their lines keep to themselves is left out. */
export function problemsJson(problems: readonly Problem[]): string {
  return json.format(problems, { sources: sourceText });
}

/** Undoes what killed runs of this user have left behind on this machine, or says what would be undone. */
export function cleanUp(host: Pick<Host, "env">, options: { readonly dryRun: boolean }): Promise<Replayed[]> {
  return replayJournals(host.env, options);
}

/** What stands at each path of a plan's sandbox. Pure: the same plan and host facts give the same answers. */
export function tree(plan: Pick<Plan, "operations"> & Partial<Pick<Plan, "prepare">>, host: Host): Tree {
  return treeOf(plan.operations, host, plan.prepare);
}

/**
 * Holds a profile to the rules: every variant, in its default combination of flag sets and with each flag set alone. Reads
 * files and host facts; changes nothing. The rules are loaded with the first call.
 */
export async function lintProfile(request: Request, host: Host, options: LintOptions): Promise<LintedProfile> {
  return (await import("./linting/index.ts")).lintProfile(request, host, options);
}

/**
 * Makes the safe fixes of a linted profile in the text of its file, and writes nothing. Each is made only where the simulation
 * lets nothing more in afterwards; `left` says why others were not. Undefined where there is nothing to try.
 */
export async function fixProfile(
  request: Request,
  host: Host,
  options: LintOptions,
  linted: LintedProfile,
): Promise<FixedProfile | undefined> {
  return (await import("./linting/index.ts")).fixProfile(request, host, options, linted);
}

/**
 * What each finding's fix changes in the text of the linted file, made by itself. Left out is what can't be made there, and
 * what would leave its finding or break something else.
 */
export async function replacementsFor(
  request: Request,
  host: Host,
  options: LintOptions,
  linted: LintedProfile,
): Promise<ReadonlyMap<Finding, Replacement>> {
  return (await import("./linting/index.ts")).replacementsFor(request, host, options, linted);
}

/** The rules of the linter, and the dangers that need none. */
export async function lintRules(): Promise<{ readonly rules: readonly Rule[]; readonly settled: readonly Settled[] }> {
  const { RULES, SETTLED } = await import("./lint/index.ts");
  return { rules: RULES, settled: SETTLED };
}

/** What sbx reports besides findings of rules, by its id. */
export async function problemKinds() {
  return (await import("./report/kinds.ts")).PROBLEM_KINDS;
}

/**
 * What absolute paths are in a plan's sandbox, why, and what to write to change it. For a plan of {@link compile} in the
 * same process the answers also name entries that lost to a later layer, and the file to write to.
 */
export function explain(plan: Plan, paths: readonly string[], host: Host): PathExplanation[] {
  return paths.map(explainer(plan, host).path);
}

/** Answers more questions about one plan: variables, the network, every mount point. */
export function explainer(plan: Plan, host: Host): Explainer {
  return explainerOf(plan, { host, effective: makingOf(plan)?.planned.effective });
}

/** The places of a plan that matter, as a tree: what stands at each, with which access, and who decides. */
export function outlinePlan(plan: Plan, host: Host): OutlineNode {
  return outline(plan, tree(plan, host), host);
}

/**
 * A plan as one page for the browser that needs nothing else; without values of secret-looking variables. `sha256` gives a
 * digest in base64: `(text) => createHash("sha256").update(text).digest("base64")`.
 */
export function planHtml(plan: Plan, host: Host, sha256: (text: string) => string): string {
  return planPage(redact(plan), outlinePlan(plan, host), { sha256, visible });
}
