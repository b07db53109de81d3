import type { Host } from "../model/host.ts";
import type { EnvironmentValue, Plan } from "../model/plan.gen.ts";
import type { RelatedPlace } from "../model/problem.ts";
import { looksSecret } from "../model/secret.ts";
import type { Origin } from "../model/source.ts";
import type { Claim } from "./claim.ts";
import { contradiction, otherNetwork, otherVariable } from "./problems.ts";
import type { Answer, ClaimResult } from "./result.ts";

/** A claim about what is no path. */
export type SettingClaim = Extract<Claim, { readonly kind: "env" | "network" }>;

/** What a look into the sandbox found; `undefined` where it can't be told from outside. */
export interface FoundSettings {
  readonly network: string | undefined;
  /** The variables, those aside that `unseen` names. */
  readonly variables: Readonly<Record<string, string>> | undefined;
  readonly unseen: ReadonlySet<string>;
}

/** A claim about a variable or the network, by the plan and by what was found. Values of secrets are never told. */
export function weighSetting(claim: SettingClaim, plan: Plan, host: Host, found?: FoundSettings): ClaimResult {
  if (claim.kind === "network") return weighNetwork(claim, plan, found);
  const { name, expected, spot } = claim;
  const planned = own(plan.env, name);
  const simulated = valueInside(name, plan, host);
  const isSeen = found?.variables !== undefined && !found.unseen.has(name);
  const tried = isSeen ? (name === "PWD" ? simulated : own(found.variables ?? {}, name)) : simulated;
  const answer = (value: string | undefined): Answer => ({
    holds: expected === false ? value === undefined : value === expected,
    found: valueWords(name, value),
  });
  const answers = { simulated: answer(simulated), tried: isSeen ? answer(tried) : undefined };
  const related = planned ? decides(planned.origin) : [];
  if (simulated !== tried) {
    const data = { what: name, simulated: `it ${answers.simulated.found}`, found: `it ${answer(tried).found}` };
    return { claim, ...answers, outcome: "defect", problem: contradiction(data, spot, related) };
  }
  if (answers.simulated.holds) return { claim, ...answers, outcome: "holds", problem: undefined };
  const wanted = expected === false ? "it unset" : looksSecret(name) ? "another value" : JSON.stringify(expected);
  const data = { name, found: answers.simulated.found, expected: wanted, fix: fixOf(claim, planned?.value) };
  return { claim, ...answers, outcome: "fails", problem: otherVariable(data, spot, related) };
}

function weighNetwork(
  claim: SettingClaim & { readonly kind: "network" },
  { network }: Plan,
  found?: FoundSettings,
): ClaimResult {
  const { expected, spot } = claim;
  const answer = (value: string): Answer => ({ holds: value === expected, found: value });
  const tried = found?.network;
  const answers = { simulated: answer(network.value), tried: tried === undefined ? undefined : answer(tried) };
  const related = decides(network.origin);
  if (tried !== undefined && tried !== network.value) {
    const data = { what: "the network", simulated: `it is ${network.value}`, found: `it is ${tried}` };
    return { claim, ...answers, outcome: "defect", problem: contradiction(data, spot, related) };
  }
  if (answers.simulated.holds) return { claim, ...answers, outcome: "holds", problem: undefined };
  const problem = otherNetwork({ expected, found: network.value }, spot, related);
  return { claim, ...answers, outcome: "fails", problem };
}

/** The value that the command will find, as the executor makes it. */
function valueInside(name: string, { env, process }: Plan, host: Host): string | undefined {
  const planned = own(env, name)?.value;
  // bwrap sets it to where the command starts.
  if (name === "PWD") return process.cwd.value;
  if (planned === undefined || typeof planned === "string") return planned;
  const text = own(host.env, planned.from);
  if (!planned.prepend?.length) return text;
  return [...planned.prepend, ...(text ? [text] : [])].join(":");
}

/** `constructor` is a variable like any other. */
const own = <T>(values: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(values, name) ? values[name] : undefined;

function valueWords(name: string, value: string | undefined): string {
  if (value === undefined) return "is not set";
  return looksSecret(name) ? "is set, to a value that is not shown" : `is ${JSON.stringify(value)}`;
}

function fixOf(
  { name, expected }: SettingClaim & { readonly kind: "env" },
  planned: EnvironmentValue | undefined,
): string {
  if (expected === false) return `write \`env: {unset: [${name}]}\``;
  if (typeof planned === "object") return `the host's ${planned.from} is passed: export it with another value`;
  const value = looksSecret(name) ? "…" : JSON.stringify(expected);
  return `write \`env: {set: {${name}: ${value}}}\``;
}

const decides = ({ file, line, column }: Origin): readonly RelatedPlace[] =>
  line === 0 && file === "default" ? [] : [{ file, line, column, message: "this entry decides" }];
