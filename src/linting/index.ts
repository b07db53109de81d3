import { describedHost } from "../host/described.ts";
import {
  type Combined,
  type Finding,
  findingsOf,
  hasConditions,
  merged,
  RULES,
  type Rule,
  saidOf,
  TYPICAL_MACHINE,
  TYPICAL_PROJECT,
  weighed,
} from "../lint/index.ts";
import type { Effective } from "../model/effective.ts";
import type { Host } from "../model/host.ts";
import type { Source } from "../model/node.ts";
import type { Problem, Result } from "../model/problem.ts";
import { type Opened, openProfile } from "../opening.ts";
import type { Request } from "../pipeline.ts";
import { flagCombinations, variantsOf } from "./combinations.ts";
import { factsOf } from "./facts.ts";
import type { LintedPlan, LintedProfile, LintOptions } from "./linted.ts";
import { loneNetwork } from "./lone-network.ts";
import { planForRules } from "./plan-for-rules.ts";

export { fixProfile, replacementsFor } from "./fixing.ts";
export type { LintedPlan, LintedProfile, LintOptions } from "./linted.ts";

/**
 * Holds a profile to the rules: every variant of it in its default combination of flag sets, and with each flag set alone. A
 * request that names a variant or flag sets is about these. Throws a TypeError for a day or an id that is none.
 */
export async function lintProfile(request: Request, host: Host, options: LintOptions): Promise<LintedProfile> {
  refuseNonsense(options);
  const { texts } = options;
  const readText = (path: string) => texts?.get(path) ?? host.readText(path);
  const opened = await openProfile(request.profile, texts ? { ...host, readText } : host, { asFound: true });
  if (opened.value === undefined) {
    const file = typeof request.profile === "string" ? request.profile : host.cwd;
    return { ...NOTHING, file, source: undefined, broken: true, problems: opened.problems };
  }
  const { source, variant } = opened.value;
  const isNowhere = options.offline === true && source.file.startsWith("builtin:");
  const project = isNowhere ? TYPICAL_PROJECT : opened.value.project;
  const wanted = rulesOf(options.rules);
  // That an exception is for nothing is known when every rule has been asked.
  const rules = wanted.some(({ id }) => id === UNUSED) ? RULES : wanted;
  const machine = options.machine ?? (options.offline ? assumedMachine(project) : host);
  const isKnown = options.machine !== undefined || !options.offline;
  const linted = await lintCombinations({ ...opened.value, project }, request, { ...options, machine, isKnown, rules });

  const isWhole = isPlain(request) && variant === undefined && !linted.broken;
  const { findings: left, accepted } = weighed(merged(linted.found, source.file), {
    source,
    sources: distinct(
      linted.plans.flatMap(({ effective }) => effective.sources),
      ({ file }: Source) => file,
    ),
    rules: RULES,
    asked: isWhole ? rules.filter(({ needs }) => needs === undefined || isKnown).map(({ id }) => id) : undefined,
    isHeard: options.exceptions ?? true,
    today: options.today,
  });
  const isWanted = ({ problem }: Finding) => wanted === RULES || wanted.some(({ id }) => id === problem.rule);
  const findings = left.filter(isWanted);
  const problems = distinct([...opened.problems, ...linted.problems], problemKey);
  return {
    ...NOTHING,
    file: source.file,
    source,
    broken: linted.broken,
    problems,
    findings,
    accepted: accepted.filter(({ finding }) => isWanted(finding)),
    plans: linted.plans,
  };
}

/** What would be asked of nothing, or held against no day, would be called clean. */
function refuseNonsense({ rules = [], today }: LintOptions): void {
  if (!/^\d{4}-\d\d-\d\d$/.test(today)) throw new TypeError(`today is to be a day as YYYY-MM-DD, not ${today}`);
  const stranger = rules.find((id) => RULES.every((rule) => rule.id !== id));
  if (stranger !== undefined) throw new TypeError(`there is no rule ${stranger}`);
}

const UNUSED = "lint/unused-ignore";

/** Whether it is about the profile as it stands: with another value of a parameter, or other flag sets, less may be found. */
const isPlain = ({ flags, set = [] }: Request): boolean => flags === undefined && set.length === 0;

const NOTHING = { findings: [], accepted: [], plans: [] } as const;

const asked = new WeakMap<readonly string[], readonly Rule[]>();

/** The rules of these ids, looked up once for many profiles. */
function rulesOf(ids: readonly string[] | undefined): readonly Rule[] {
  if (ids === undefined || ids.length === RULES.length) return RULES;
  const rules = asked.get(ids) ?? RULES.filter(({ id }) => ids.includes(id));
  asked.set(ids, rules);
  return rules;
}

let typical: Host | undefined;

/** The machine that `--offline` assumes, the same for all profiles but for where one stands. */
function assumedMachine(project: string): Host {
  typical ??= describedHost(TYPICAL_MACHINE);
  return { ...typical, cwd: project };
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
  /** Each by what it says without the combination. */
  const problems: { readonly key: string; readonly problem: Problem }[] = [];
  let broken = false;

  const told = (
    planned: Result<Omit<LintedPlan, "combination">>,
    combination: string | undefined,
    asked: readonly Rule[],
  ): LintedPlan | undefined => {
    if (planned.value === undefined) return undefined;
    const facts = factsOf(planned.value, opened, { request, guards, machine: isKnown ? machine : undefined });
    found.push({ combination, findings: findingsOf(facts, asked) });
    const linted = { ...planned.value, combination };
    plans.push(linted);
    return linted;
  };

  /** Where the conditions of mounts are met, and where they are not. */
  const look = async (of: Opened, wish: Request, combination: string | undefined): Promise<LintedPlan | undefined> => {
    const planned = await planForRules(of, wish, { ...scene, met: true });
    for (const problem of planned.problems) {
      const key = problemKey(problem);
      if (problems.some((other) => other.key === key)) continue;
      problems.push({ key, problem: combination === undefined ? problem : saidOf(problem, combination) });
    }
    const linted = told(planned, combination, rules);
    if (linted !== undefined && hasConditions(linted.effective))
      told(await planForRules(of, wish, { ...scene, met: false }), combination, rules);
    return linted;
  };

  for (const { variant, name } of variantsOf(opened)) {
    const of = { ...opened, variant };
    const base: Request = { ...request, examples: true, known: new Map() };
    const plain = await look(of, base, name);
    broken ||= plain === undefined;
    if (plain === undefined || request.flags !== undefined) continue;
    for (const { name: flag, flags, isAlone } of flagCombinations(plain.effective)) {
      const words = `the flag set ${flag}${isAlone ? " alone" : ""}`;
      const combination = name === undefined ? words : `${name} and ${words}`;
      const network = isAlone ? undefined : loneNetwork(flag, plain.effective);
      if (network !== undefined) {
        told({ value: withNetwork(plain, network, flag), problems: [] }, combination, rules.filter(isAboutSettings));
        continue;
      }
      const before = problems.length;
      const linted = await look(of, { ...base, flags }, combination);
      // One that is made for those that are on by default need not make sense without them.
      if (linted === undefined && isAlone) problems.length = before;
      broken ||= linted === undefined && !isAlone;
    }
  }
  return { found, plans, problems: problems.map(({ problem }) => problem), broken };
}

/** The same with another network, which a flag set has brought. */
function withNetwork(
  { plan, effective, host }: LintedPlan,
  network: Effective["network"],
  flag: string,
): Omit<LintedPlan, "combination"> {
  const { value, origin } = network;
  return {
    plan: { ...plan, network: { value, origin } },
    effective: { ...effective, network, flags: [...effective.flags, flag] },
    host,
  };
}

const isAboutSettings = ({ about }: Rule): boolean => about === "settings";

const problemKey = ({ rule, file, line, column, message }: Problem): string =>
  JSON.stringify([rule, file, line, column, message]);

function distinct<T>(all: readonly T[], keyOf: (each: T) => string): T[] {
  return [...new Map(all.map((each) => [keyOf(each), each])).values()];
}
