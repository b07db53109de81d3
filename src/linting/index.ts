import { describedHost } from "../host/described.ts";
import {
  type Combined,
  type Finding,
  findingsOf,
  merged,
  RULES,
  type Rule,
  TYPICAL_MACHINE,
  weighed,
} from "../lint/index.ts";
import type { Host } from "../model/host.ts";
import type { Source } from "../model/node.ts";
import type { Problem } from "../model/problem.ts";
import { type Opened, openProfile } from "../opening.ts";
import type { Request } from "../pipeline.ts";
import type { FlagSwitch } from "../resolve/index.ts";
import { loneFlags, variantsOf } from "./combinations.ts";
import { factsOf } from "./facts.ts";
import type { LintedPlan, LintedProfile, LintOptions } from "./linted.ts";
import { planForRules } from "./plan-for-rules.ts";

export { fixProfile, replacementFor } from "./fixing.ts";
export type { LintedPlan, LintedProfile, LintOptions } from "./linted.ts";

/**
 * Holds a profile to the rules: every variant of it in its default combination of flag sets, and with each flag set alone. A
 * request that names a variant or flag sets is about these.
 */
export async function lintProfile(request: Request, host: Host, options: LintOptions): Promise<LintedProfile> {
  const { texts } = options;
  const readText = (path: string) => texts?.get(path) ?? host.readText(path);
  const opened = await openProfile(request.profile, texts ? { ...host, readText } : host, { asFound: true });
  if (opened.value === undefined) {
    const file = typeof request.profile === "string" ? request.profile : host.cwd;
    return { ...NOTHING, file, source: undefined, broken: true, problems: opened.problems };
  }
  const { source, project, variant } = opened.value;
  const rules = RULES.filter(({ id }) => options.rules?.includes(id) ?? true);
  const machine = options.machine ?? (options.offline ? assumedMachine(project) : host);
  const isKnown = options.machine !== undefined || !options.offline;
  const linted = await lintCombinations(opened.value, request, { ...options, machine, isKnown, rules });

  const isWhole = request.flags === undefined && variant === undefined && !linted.broken;
  const { findings: left, accepted } = weighed(merged(linted.found, source.file), {
    source,
    sources: distinct(
      linted.plans.flatMap(({ effective }) => effective.sources),
      ({ file }: Source) => file,
    ),
    rules: RULES,
    asked: isWhole ? rules.filter(({ needs }) => needs === undefined || isKnown).map(({ id }) => id) : undefined,
    today: options.today,
  });
  const isAsked = ({ problem: { rule } }: Finding) => rules.some(({ id }) => id === rule);
  const findings = left.filter(isAsked);
  const problems = distinct([...opened.problems, ...linted.problems], problemKey);
  return {
    ...NOTHING,
    file: source.file,
    source,
    broken: linted.broken,
    problems,
    findings,
    accepted,
    plans: linted.plans,
  };
}

const NOTHING = { findings: [], accepted: [], plans: [] } as const;

const machines = new Map<string, Host>();

/** The machine that `--offline` assumes, with the project in it. Profiles of one directory come one after the other. */
function assumedMachine(project: string): Host {
  const known = machines.get(project) ?? describedHost({ ...TYPICAL_MACHINE, cwd: project });
  machines.clear();
  machines.set(project, known);
  return known;
}

type Scene = Required<Pick<LintOptions, "machine">> &
  Pick<LintOptions, "guards"> & {
    readonly rules: readonly Rule[];
    /** Whether rules may ask the machine. */
    readonly isKnown: boolean;
  };

interface Linted {
  readonly found: readonly Combined[];
  readonly plans: readonly LintedPlan[];
  readonly problems: readonly Problem[];
  readonly broken: boolean;
}

async function lintCombinations(opened: Opened, request: Request, scene: Scene): Promise<Linted> {
  const { machine, isKnown, rules, guards = {} } = scene;
  const found: Combined[] = [];
  const plans: LintedPlan[] = [];
  const problems: Problem[] = [];
  let broken = false;

  const lint = async (
    variant: string | undefined,
    flags: readonly FlagSwitch[],
    combination: string | undefined,
  ): Promise<LintedPlan | undefined> => {
    const planned = await planForRules({ ...opened, variant }, { ...request, flags, examples: true }, machine);
    problems.push(...planned.problems);
    broken ||= planned.value === undefined;
    if (planned.value === undefined) return undefined;
    const facts = factsOf(planned.value, opened, { request, guards, machine: isKnown ? machine : undefined });
    found.push({ combination, findings: findingsOf(facts, rules) });
    const linted = { ...planned.value, combination };
    plans.push(linted);
    return linted;
  };

  for (const { variant, name } of variantsOf(opened)) {
    const plain = await lint(variant, request.flags ?? [], name);
    if (plain === undefined || request.flags !== undefined) continue;
    for (const lone of loneFlags(plain.effective)) {
      const words = `the flag set ${lone.name} alone`;
      await lint(variant, lone.flags, name === undefined ? words : `${name} and ${words}`);
    }
  }
  return { found, plans, problems, broken };
}

const problemKey = ({ rule, file, line, column, message }: Problem): string =>
  JSON.stringify([rule, file, line, column, message]);

function distinct<T>(all: readonly T[], keyOf: (each: T) => string): T[] {
  return [...new Map(all.map((each) => [keyOf(each), each])).values()];
}
