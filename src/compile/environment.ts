import type { Leaf } from "../model/effective.ts";
import type { Host } from "../model/host.ts";
import type { EnvironmentValue, Plan } from "../model/plan.gen.ts";
import type { Origin } from "../model/source.ts";
import { variableMatcher } from "../model/variable-pattern.ts";
import type { Context } from "./context.ts";
import { noHostVariable } from "./problems.ts";

interface Bid {
  readonly layer: number;
  /** Within one layer a value beats a passed variable, and taking away beats both. */
  readonly rank: 0 | 1 | 2;
  readonly value: EnvironmentValue | undefined;
  readonly origin: Origin;
}

/** Set by bwrap and shells themselves, meaningless inside. */
const OWN: ReadonlySet<string> = new Set(["PWD", "OLDPWD", "SHLVL", "_"]);

/** The command's exact environment, sorted by name. Values of host variables stay references. */
export function planEnvironment({ effective, host, report }: Context): Plan["env"] {
  const { env } = effective;
  const bids = new Map<string, Bid>();
  const bid = (name: string, offer: Bid): void => {
    const best = bids.get(name);
    const wins =
      best === undefined || offer.layer > best.layer || (offer.layer === best.layer && offer.rank >= best.rank);
    if (wins) bids.set(name, offer);
  };
  const names = Object.keys(host.env).filter((name) => !OWN.has(name));
  const pass = (name: string, { layer, origin }: Leaf<unknown>) =>
    bid(name, { layer, rank: 0, value: { from: name }, origin });

  if (!env.clear.value) for (const name of names) pass(name, env.clear);
  for (const leaf of env.pass) for (const name of names.filter(variableMatcher(leaf.value))) pass(name, leaf);
  for (const leaf of env.require) {
    if (host.env[leaf.value] === undefined) report(noHostVariable({ name: leaf.value }, leaf.origin));
    pass(leaf.value, leaf);
  }
  for (const [name, { value, layer, origin }] of env.set) bid(name, { layer, rank: 1, value, origin });
  for (const { value: name, layer, origin } of env.unset) bid(name, { layer, rank: 2, value: undefined, origin });

  const planned = new Map<string, Plan["env"][string]>();
  for (const [name, { value, origin }] of bids) if (value !== undefined) planned.set(name, { value, origin });
  for (const [name, leaves] of env.prepend) {
    const first = leaves[0];
    if (first !== undefined)
      planned.set(name, { value: prepend(leaves, planned.get(name)?.value, host), origin: first.origin });
  }
  return Object.fromEntries([...planned].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function prepend(leaves: readonly Leaf<string>[], base: EnvironmentValue | undefined, host: Host): EnvironmentValue {
  const items = leaves.map((leaf) => leaf.value);
  const isEmpty = typeof base === "object" ? !host.env[base.from] : !base;
  // An empty part of a search path means the working directory (ld.so(8)).
  if (base === undefined || isEmpty) return items.join(":");
  return typeof base === "string" ? [...items, base].join(":") : { from: base.from, prepend: items };
}
