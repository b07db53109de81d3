import type { Operation } from "../model/plan.gen.ts";
import type { Origin } from "../model/source.ts";
import type { Standing } from "../tree/index.ts";

export type Access = Standing["access"];

/** An entry that has a say about a path. */
export interface Decider {
  readonly kind: Operation["kind"];
  /** Where it stands in the sandbox. */
  readonly at: string;
  /** The entry as its author names it: `mounts: /usr`, `root: empty`. */
  readonly entry: string;
  readonly origin: Origin;
  /** Entries of earlier layers for the same destination, the latest first. */
  readonly replaced: readonly Origin[];
}

/** An entry that was left out. */
export interface Skipped extends Decider {
  readonly reason: string;
}

/** A link that was followed on the way to a path. */
export interface FollowedLink {
  readonly path: string;
  readonly target: string;
  readonly decidedBy: Decider | null;
}

/** Where a host path can be seen. */
export interface Sighting {
  readonly path: string;
  readonly access: Access;
}

/** The next thing to write. */
export interface Advice {
  /** What the path is then. */
  readonly to: Access;
  /** What is added to the file: fields of a profile. */
  readonly add?: Readonly<Record<string, unknown>>;
  /** Or what is changed at the place. */
  readonly edit?: string;
  /** The file to write to; a built-in is extended instead. Null where nobody knows. */
  readonly file: string | null;
  readonly line?: number;
  readonly column?: number;
}

/** What a path is inside, why, and what to write for it to be something else. */
export interface PathExplanation {
  /** The path as it was asked for, absolute. */
  readonly path: string;
  /** Where that is once every link is followed. */
  readonly real: string;
  readonly access: Access;
  readonly type: Standing["type"];
  /** Null where nothing stands. */
  readonly content: Exclude<Standing["content"], "none"> | null;
  /** The host path behind it; null where the host provides nothing. */
  readonly host: string | null;
  /** One sentence: what stands there. */
  readonly summary: string;
  readonly decidedBy: Decider | null;
  readonly shadowed: readonly Decider[];
  /** Entries at or above the path that were left out, for their source is missing or their condition does not hold. */
  readonly skipped: readonly Skipped[];
  readonly links: readonly FollowedLink[];
  /** By mode bits, beside the access: null where they don't settle it. */
  readonly permissions: { readonly read: boolean | null; readonly write: boolean | null };
  /** The host's path of the same name: null where the host has none. */
  readonly onHost: { readonly path: string; readonly type: string; readonly visible: readonly Sighting[] } | null;
  readonly notes: readonly string[];
  readonly advice: readonly Advice[];
}

/** What a variable is inside, and who said so. */
export interface VariableExplanation {
  readonly variable: string;
  readonly state: "set" | "passed" | "unset";
  /** Its value; null where it is a host variable's, or nobody's business. */
  readonly value: string | null;
  readonly secret: boolean;
  /** The host variable that it is taken from when the command starts. */
  readonly from: string | null;
  /** What stands before that value. */
  readonly prepend: readonly string[];
  readonly summary: string;
  readonly decidedBy: VariableDecider | null;
  readonly shadowed: readonly VariableDecider[];
  readonly advice: readonly Omit<Advice, "to">[];
}

export interface VariableDecider {
  /** `env.set: CI`, `env.pass: LC_*`. */
  readonly entry: string;
  readonly origin: Origin;
}

/** What of the network is in reach, and who said so. */
export interface NetworkExplanation {
  readonly network: "none" | "host";
  readonly summary: string;
  readonly decidedBy: VariableDecider;
  readonly shadowed: readonly VariableDecider[];
  /** Listening sockets of the host that have a path inside: whoever finds one can connect. */
  readonly sockets: readonly Sighting[];
  readonly advice: readonly Omit<Advice, "to">[];
}

export type Explanation = PathExplanation | VariableExplanation | NetworkExplanation;
