import type { Effective, Leaf } from "../model/effective.ts";
import type { Host } from "../model/host.ts";
import type { Plan } from "../model/plan.gen.ts";
import { looksSecret } from "../model/secret.ts";
import type { Origin } from "../model/source.ts";
import { variableMatcher } from "../model/variable-pattern.ts";
import type { VariableDecider, VariableExplanation } from "./explanation.ts";

interface Asking {
  readonly effective: Effective | undefined;
  readonly host: Host;
  readonly file: string | null;
}

/** What a variable is inside, and who said so; the value of one that looks like a secret is not told. */
export function explainVariable(name: string, plan: Plan, { effective, host, file }: Asking): VariableExplanation {
  const planned = Object.hasOwn(plan.env, name) ? plan.env[name] : undefined;
  const secret = looksSecret(name);
  const value = planned?.value;
  const passed = typeof value === "object" ? value : undefined;
  const candidates = effective === undefined ? [] : candidatesFor(name, effective);
  // What was taken away decides where nothing is left.
  const winner = planned?.origin ?? latest(candidates.filter(({ entry }) => entry.startsWith("env.unset")));
  const isWinner = (bid: Bid) => winner !== undefined && samePlace(bid.origin, winner);
  const own = candidates.find(isWinner);
  const adds = planned === undefined ? [] : candidates.filter(({ entry }) => entry.startsWith("env.prepend"));
  const lost = [
    ...candidates.filter((bid) => !isWinner(bid) && !adds.includes(bid)).sort(byLayer),
    ...replaced(name, effective),
  ];
  const decidedBy = winner && { entry: own?.entry ?? `env: ${name}`, origin: winner };
  return {
    variable: name,
    state: planned === undefined ? "unset" : passed ? "passed" : "set",
    value: secret || passed || value === undefined || typeof value === "object" ? null : value,
    secret,
    from: passed?.from ?? null,
    prepend: secret ? [] : (passed?.prepend ?? []),
    summary: summary(name, { value, secret, host }),
    decidedBy: decidedBy ?? null,
    shadowed: lost.map(({ entry, origin }) => ({ entry, origin })),
    advice: planned === undefined ? toSet(name, { candidates, host, file }) : [],
  };
}

interface Bid extends VariableDecider {
  readonly layer: number;
}

const byLayer = (a: Bid, b: Bid): number => b.layer - a.layer;
const latest = (bids: readonly Bid[]): Origin | undefined => bids.toSorted(byLayer)[0]?.origin;
const samePlace = (a: Origin, b: Origin): boolean => a.file === b.file && a.line === b.line && a.column === b.column;

function candidatesFor(name: string, { env }: Effective): readonly Bid[] {
  const bid = (section: string, { origin, layer }: Leaf<unknown>, key = name): Bid => ({
    entry: `env.${section}: ${key}`,
    origin,
    layer,
  });
  const fits = ({ value }: Leaf<string>) => variableMatcher(value)(name);
  const exact = ({ value }: Leaf<string>) => value === name;
  const set = env.set.get(name);
  return [
    ...(env.clear.value ? [] : [bid("clear", env.clear, "false")]),
    ...env.pass.filter(fits).map((leaf) => bid("pass", leaf, leaf.value)),
    ...env.require.filter(exact).map((leaf) => bid("require", leaf)),
    ...(set === undefined ? [] : [bid("set", set)]),
    ...(env.prepend.get(name) ?? []).map((leaf) => bid("prepend", leaf)),
    ...env.unset.filter(exact).map((leaf) => bid("unset", leaf)),
  ];
}

/** What earlier layers said, before a later one had it its way. */
const replaced = (name: string, effective: Effective | undefined): readonly Bid[] =>
  (effective?.replaced ?? [])
    .filter((each) => each.field === "env" && each.name === name)
    .map(({ origin }) => {
      const section = origin.route.find((key) => ["set", "pass", "require", "prepend", "unset"].includes(String(key)));
      return { entry: `env.${section ?? "set"}: ${name}`, origin, layer: 0 };
    })
    .reverse();

interface Shown {
  readonly value: Plan["env"][string]["value"] | undefined;
  readonly secret: boolean;
  readonly host: Host;
}

function summary(name: string, { value, secret, host }: Shown): string {
  if (name === "PWD") return "the working directory: bubblewrap sets it";
  if (value === undefined)
    return host.env[name] === undefined ? "not set, nor on the host" : "not set, though the host has it";
  if (typeof value === "string")
    return secret ? "a value that is not shown: the name looks like a secret's" : JSON.stringify(value);
  const missing = host.env[value.from] === undefined ? " (which is not set now)" : "";
  const front = secret ? [] : (value.prepend ?? []);
  return `${front.length > 0 ? `${front.join(":")}: and then ` : ""}from host variable ${value.from}${missing}`;
}

interface Unset {
  readonly candidates: readonly Bid[];
  readonly host: Host;
  readonly file: string | null;
}

function toSet(name: string, { candidates, host, file }: Unset): VariableExplanation["advice"] {
  if (candidates.some(({ entry }) => entry.startsWith("env.unset")) || name === "PWD") return [];
  if (host.env[name] !== undefined) return [{ add: { env: { pass: [name] } }, file }];
  return [{ add: { env: { set: { [name]: "…" } } }, file }];
}
