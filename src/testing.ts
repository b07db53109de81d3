import {
  type ClaimResult,
  type Claims,
  type CommandClaim,
  type Ended,
  notTried,
  readClaims,
  type SettingClaim,
  simulate,
  type TestedProfile,
  type TestResult,
  testsOf,
  together,
  type WrittenTest,
  weighCommand,
  weighPath,
  weighSetting,
  whoRuns,
} from "./claims/index.ts";
import { undoKilledRuns } from "./execute/killed-runs.ts";
import { nodeHost } from "./host/node.ts";
import type { Host } from "./model/host.ts";
import { hasErrors, type Problem } from "./model/problem.ts";
import { type Opened, openProfile } from "./opening.ts";
import { type Caller, type Planned, planOpened, type Request, refuse } from "./pipeline.ts";
import { tree } from "./tree/index.ts";
import { type Trial, trial } from "./trial.ts";

/** How a profile is held to its tests. */
export interface TestOptions {
  /** Whether each claim is tried in a real sandbox as well. */
  readonly live?: boolean;
  readonly allowedApis?: ReadonlySet<string>;
  /** What the user types for a profile that may not run because it was found and not named. */
  readonly insist?: (opened: Opened) => string;
  /** A command that undoes what is left when this process is killed. */
  readonly cleaner?: readonly string[];
  /** Told of the signal that sbx was stopped with; the tests that are left then are not looked at. */
  readonly onStopped?: (signal: NodeJS.Signals) => void;
}

/** Holds a profile to its own tests: each claim is asked of the simulation, and with `live` of the real sandbox, too. */
export async function testProfile(request: Request, host: Host, options: TestOptions = {}): Promise<TestedProfile> {
  const left = options.live ? await undoKilledRuns(host.env) : [];
  const opened = await openProfile(request.profile, host);
  const asked = typeof request.profile === "string" ? request.profile : host.cwd;
  if (opened.value === undefined) {
    return { file: asked, variant: undefined, problems: [...left, ...opened.problems], broken: true, tests: [] };
  }
  const { source, variant } = opened.value;
  const tests: TestResult[] = [];
  const written = testsOf(source);
  // Without a test the profile is read all the same: that it makes a plan is what there is to say.
  const untested = written.length > 0 ? [] : (await planOpened(opened.value, request, host)).problems;
  let now = host;
  let stopped = false;
  for (const test of written) {
    if (stopped) break;
    const onStopped = (signal: NodeJS.Signals) => {
      stopped = true;
      options.onStopped?.(signal);
    };
    tests.push(await runTest(test, opened.value, request, now, { ...options, onStopped }));
    // What a command did to the host is there for the next one; facts are remembered.
    if (options.live) now = machineNow(now);
  }
  const problems = [...left, ...opened.problems, ...untested];
  return { file: source.file, variant, problems, broken: hasErrors(untested), tests };
}

async function runTest(
  test: WrittenTest,
  opened: Opened,
  request: Request,
  host: Host,
  options: TestOptions,
): Promise<TestResult> {
  const variant = test.variant?.name ?? opened.variant;
  const flags = [...(request.flags ?? []), ...test.flags.map(({ name, spot }) => ({ name, on: true, spot }))];
  const base = {
    name: test.name,
    spot: test.spot,
    variant,
    flags: test.flags.map(({ name }) => name),
    durationMs: 0,
    claims: [],
  };
  const { value: planned, problems } = await planOpened(
    { ...opened, variant },
    { ...request, flags, test: test.name },
    host,
  );
  const placed = problems.map((problem) => inTest(problem, test));
  const read = planned?.effective.test && readClaims(planned.effective.test, test, opened.source);
  const noticed = [...placed, ...(read?.problems ?? [])];
  if (planned === undefined || read?.value === undefined) return { ...base, outcome: "broken", problems: noticed };

  const tried = options.live ? await tryOut(test, planned, read.value, host, options) : undefined;
  const claims = weigh(read.value, planned, host, tried?.trial, tried?.ended);
  const all = [...noticed, ...(tried?.problems ?? [])];
  return {
    ...base,
    variant: planned.effective.variant ?? variant,
    outcome: together([...claims.map(({ outcome }) => outcome), ...(tried?.isBroken ? ["broken" as const] : [])]),
    claims,
    problems: all,
    durationMs: tried?.durationMs ?? 0,
  };
}

interface Tried {
  readonly trial: Trial | undefined;
  readonly ended: Ended | undefined;
  readonly problems: readonly Problem[];
  readonly isBroken: boolean;
  readonly durationMs: number;
}

const UNTRIED: Ended = { code: undefined, how: "", stdout: "", stderr: "", truncated: false };

/** One sandbox that is looked into, and one for the command. */
async function tryOut(
  test: WrittenTest,
  planned: Planned,
  { claims, argv }: Claims,
  host: Host,
  options: TestOptions,
): Promise<Tried> {
  const { allowedApis = new Set(), insist = () => "sbx test --live FILE" } = options;
  const caller: Caller = { allowedApis, insist: insist(planned.opened) };
  const refused = refuse(planned, host, caller);
  if (hasErrors(refused)) {
    return { trial: undefined, ended: UNTRIED, problems: refused, isBroken: true, durationMs: 0 };
  }
  const { look, run } = trial(planned.plan, host, whoRuns(planned.plan, host), options);
  const paths = claims.flatMap((claim) => ("path" in claim ? [claim.path] : []));
  const looked = claims.some(({ kind }) => kind !== "exit" && kind !== "stdout") ? await look(paths) : undefined;
  const mayRun = argv !== undefined && looked?.failure === undefined;
  const ran = mayRun ? await run(argv) : undefined;
  const failure = looked?.failure ?? (ran?.ended.code === undefined ? ran?.ended.how : undefined);
  const problems = [...refused, ...(looked?.problems ?? []), ...(ran?.problems ?? [])];
  const isTold = failure === undefined || hasErrors(problems);
  return {
    trial: looked?.trial,
    ended: ran?.ended ?? UNTRIED,
    problems: isTold ? problems : [...problems, notTried({ why: failure }, test.spot)],
    isBroken: failure !== undefined,
    durationMs: (looked?.durationMs ?? 0) + (ran?.durationMs ?? 0),
  };
}

function weigh(
  { claims }: Claims,
  { plan }: Planned,
  host: Host,
  found: Trial | undefined,
  ended: Ended | undefined,
): ClaimResult[] {
  const shown = tree(plan.operations, host, plan.prepare);
  const who = whoRuns(plan, host);
  return claims.map((claim) => {
    if (isCommand(claim)) return weighCommand(claim, ended);
    if (isSetting(claim)) return weighSetting(claim, plan, host, found?.settings);
    const simulated = simulate(shown, host, who, claim.path);
    return weighPath(claim, { tree: shown, host }, simulated, found?.seen.get(claim.path));
  });
}

type AnyClaim = Claims["claims"][number];
const isCommand = (claim: AnyClaim): claim is CommandClaim => claim.kind === "exit" || claim.kind === "stdout";
const isSetting = (claim: AnyClaim): claim is SettingClaim => claim.kind === "env" || claim.kind === "network";

/** What nobody typed is a mistake of the test that asked for it. */
function inTest(problem: Problem, { variant }: WrittenTest): Problem {
  if (problem.file !== "command-line" || problem.line !== 0 || variant === undefined) return problem;
  return { ...problem, ...variant.spot, endLine: problem.endLine, endColumn: problem.endColumn };
}

/** The machine as it is now, to the same caller. */
function machineNow({ home, cwd, uid, gid, user, env }: Host): Host {
  return nodeHost({ home, cwd, uid, gid, user, env });
}
