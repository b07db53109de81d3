import type { Host } from "../model/host.ts";
import type { Plan } from "../model/plan.gen.ts";
import type { Origin } from "../model/source.ts";
import { tree } from "../tree/index.ts";
import { credentials, later, reads, writes } from "./host-files.ts";
import type { Item } from "./item.ts";
import { capabilities, namespaceItems } from "./privileges.ts";
import { devices, network, services, sockets } from "./reachable.ts";
import { descriptors, limits, loaders, outlives, terminal, variables } from "./running.ts";

/** Everything that counts; the weights come to 10, so that a score is the sum of what is open. */
export const ITEMS: readonly Item[] = [
  writes,
  credentials,
  network,
  sockets,
  later,
  capabilities,
  reads,
  devices,
  ...namespaceItems,
  variables,
  terminal,
  limits,
  loaders,
  descriptors,
  outlives,
  services,
];

/** What a score is called, up to and with so much. */
export const RATINGS = [
  { upTo: 0.5, rating: "safe" },
  { upTo: 2, rating: "ok" },
  { upTo: 4, rating: "medium" },
  { upTo: 7, rating: "exposed" },
  { upTo: 10, rating: "unsafe" },
] as const;

export type Rating = (typeof RATINGS)[number]["rating"];

/** One item of a score. */
export interface Scored {
  readonly id: string;
  readonly title: string;
  readonly weight: number;
  /** 0 closed to 1 wide open. */
  readonly exposure: number;
  /** What it adds to the score. */
  readonly points: number;
  readonly found: string;
  /** The score is at least so much because of it. */
  readonly atLeast?: number;
  readonly origins: readonly Origin[];
}

/** How much a sandbox lets in: 0.0 nothing, 10.0 everything. */
export interface Score {
  readonly score: number;
  readonly rating: Rating;
  /** What adds most first. */
  readonly items: readonly Scored[];
}

/** The risk score of a plan on a machine: what is open, weighted, and no less than its worst part alone. */
export function scorePlan(plan: Plan, host: Host): Score {
  const judged = { plan, tree: tree(plan.operations, host, plan.prepare), host };
  const items = ITEMS.map(({ measure, id, title, weight }): Scored => {
    const { exposure, found, origins, atLeast } = measure(judged);
    const points = hundredths(weight * exposure);
    return {
      id,
      title,
      weight,
      exposure: hundredths(exposure),
      points,
      found,
      ...(atLeast ? { atLeast } : {}),
      origins,
    };
  });
  const sum = items.reduce((total, { points }) => total + points, 0);
  const floor = Math.max(0, ...items.map(({ atLeast = 0 }) => atLeast));
  // Up, never down: what is open is not rounded away.
  const score = Math.min(10, Math.max(floor, Math.ceil(Math.round(sum * 100) / 10) / 10));
  const order = (item: Scored) => item.points + (item.atLeast ?? 0);
  return { score, rating: ratingOf(score), items: items.toSorted((a, b) => order(b) - order(a)) };
}

const hundredths = (value: number): number => Math.round(value * 100) / 100;

const ratingOf = (score: number): Rating => RATINGS.find(({ upTo }) => score <= upTo)?.rating ?? "unsafe";
