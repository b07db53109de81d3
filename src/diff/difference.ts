import type { Origin } from "../model/source.ts";

/** What a change lets in or takes away; the order is that of harm, the worst first. */
export const SHIFTS = {
  "host-write": ["the host's files can be written", "the host's files can't be written any more"],
  capability: ["more capabilities", "fewer capabilities"],
  isolation: ["less separation from the host", "more separation from the host"],
  network: ["the host's network can be reached", "the host's network can't be reached any more"],
  terminal: ["the caller's terminal can be typed into", "the caller's terminal is out of reach"],
  service: ["a program of the host serves it", "no program of the host serves it"],
  device: ["a device can be used", "a device can't be used any more"],
  "host-read": ["shows what was not visible", "hides what was visible"],
  variable: ["a value of the host's environment gets in", "a value of the host's environment stays out"],
  loader: ["chooses code that programs load", "programs load less code of others"],
  unguarded: ["what is protected could be changed by another way", "what is protected has one way less to it"],
  kept: ["leaves something on the host", "leaves nothing on the host"],
  descriptor: ["an open file of the caller gets in", "an open file of the caller stays out"],
  limit: ["may take more of the machine", "may take less of the machine"],
  "own-write": ["what was fixed can be written inside", "what could be written inside is fixed"],
} as const satisfies Readonly<Record<string, readonly [gained: string, lost: string]>>;

export type Shift = keyof typeof SHIFTS;

export type Change = "widens" | "narrows" | "neutral";

/** What a difference is about; in this order differences of one class are told. */
export const AREAS = [
  "path",
  "device",
  "capabilities",
  "namespace",
  "network",
  "service",
  "environment",
  "process",
  "limit",
  "host",
] as const;

export type Area = (typeof AREAS)[number];

/** How something is on one side, and the lines that make it so; none where nobody says anything. */
export interface Side {
  readonly text: string;
  readonly origins: readonly Origin[];
}

/** One thing in which two sandboxes are not the same. */
export interface Difference {
  readonly area: Area;
  /** The path, the variable or the setting. */
  readonly subject: string;
  readonly change: Change;
  readonly before: Side;
  readonly after: Side;
  readonly gained: readonly Shift[];
  readonly lost: readonly Shift[];
  /** Why it is neutral, where one might not think so. */
  readonly note?: string;
  /** false: on this machine it makes none, for what it is about is not there. */
  readonly here: boolean;
}

/** What is known before it is classed. */
export type Found = Omit<Difference, "change" | "here"> & { readonly here?: boolean };

/** Whoever gains anything widens, whatever is lost beside: the two are seldom worth the same. */
export function classed({ here = true, ...found }: Found): Difference {
  const gained = inOrder(found.gained);
  const lost = inOrder(found.lost);
  const change = gained.length > 0 ? "widens" : lost.length > 0 ? "narrows" : "neutral";
  return { ...found, change, gained, lost, here };
}

const ORDER = Object.keys(SHIFTS) as readonly Shift[];
const inOrder = (shifts: readonly Shift[]): Shift[] => ORDER.filter((shift) => shifts.includes(shift));

const CHANGES: readonly Change[] = ["widens", "narrows", "neutral"];

/** Widening first, the worst of it at the top; what is only so elsewhere after what is so here. */
export function widestFirst(differences: readonly Difference[]): readonly Difference[] {
  const worst = ({ gained, lost }: Difference) =>
    Math.min(...[...gained, ...lost].map((shift) => ORDER.indexOf(shift)));
  const keys = (each: Difference) => [
    CHANGES.indexOf(each.change),
    each.here ? 0 : 1,
    worst(each),
    AREAS.indexOf(each.area),
  ];
  return [...differences].sort((a, b) => {
    const [of, than] = [keys(a), keys(b)];
    const first = of.findIndex((key, index) => key !== than[index]);
    if (first >= 0) return (of[first] ?? 0) < (than[first] ?? 0) ? -1 : 1;
    return a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : 0;
  });
}
