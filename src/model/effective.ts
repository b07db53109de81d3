import type { MapNode, Source } from "./node.ts";
import type {
  Api,
  Capabilities,
  Dir,
  File,
  Limits,
  Marked,
  Mount,
  Namespaces,
  Process,
  Protect,
  Root,
  Tmpfs,
} from "./profile.gen.ts";
import type { Origin, Place } from "./source.ts";

/** A value and who wrote it. Layers count from 0 (sbx's defaults) upward in merge order: the higher one came later. */
export interface Leaf<T> {
  readonly value: T;
  readonly origin: Origin;
  readonly layer: number;
}

/** What an author may put at a destination; one destination has one entry, of whatever kind. */
export type Entry =
  | { readonly kind: "mount"; readonly spec: Mount }
  | { readonly kind: "marked"; readonly spec: Marked }
  | { readonly kind: "tmpfs"; readonly spec: Tmpfs }
  | { readonly kind: "dir"; readonly spec: Dir }
  | { readonly kind: "file"; readonly spec: File }
  | { readonly kind: "symlink"; readonly spec: string };

type Leaves<T> = { readonly [Key in keyof T]?: Leaf<NonNullable<T[Key]>> };

/**
 * The profile after inheritance: every layer merged, every variable replaced, every path absolute. Maps keep the
 * order in which entries were declared; a replaced entry keeps its place.
 */
export interface Effective {
  readonly root: Leaf<Root>;
  /** Destination (absolute path in the sandbox) → entry. */
  readonly entries: ReadonlyMap<string, Leaf<Entry>>;
  readonly devices: { readonly items: readonly Leaf<string>[]; readonly backing?: Leaf<"tmpfs"> };
  readonly proc: { readonly mounted: Leaf<boolean>; readonly overrides: ReadonlyMap<string, Leaf<string>> };
  readonly mask: readonly Leaf<string>[];
  readonly protect: readonly Leaf<Exclude<Protect, string>>[];
  readonly git: Leaf<"none" | "ro" | "rw">;
  readonly env: {
    readonly clear: Leaf<boolean>;
    readonly pass: readonly Leaf<string>[];
    readonly require: readonly Leaf<string>[];
    readonly set: ReadonlyMap<string, Leaf<string>>;
    readonly prepend: ReadonlyMap<string, readonly Leaf<string>[]>;
    readonly unset: readonly Leaf<string>[];
  };
  readonly process: Leaves<Process>;
  readonly limits: Leaves<Limits>;
  readonly namespaces: { readonly [Key in keyof Namespaces]-?: Leaf<NonNullable<Namespaces[Key]>> };
  readonly network: Leaf<"none" | "host">;
  readonly capabilities: Leaf<Capabilities>;
  readonly apis: ReadonlyMap<string, Leaf<Api>>;
  /** What `remove` took away, and whose it was. */
  readonly removed: readonly Removal[];
  /** What later layers put something else in the place of, in merge order. */
  readonly replaced: readonly Replacement[];
  /** The profiles further in that the governing file lets govern their own directories. */
  readonly inner: readonly string[];
  /** Every file that took part, in merge order. */
  readonly sources: readonly Source[];
  /** By file: the `extends` entries that led to it first, outermost first. None led to the governing file. */
  readonly chains: ReadonlyMap<string, readonly Place[]>;
  /** The profile's own directory (discovered), or the repository root or cwd (`-p`): `${PROJECT}`. */
  readonly project: string;
  /** The flag sets and the variant that were laid over the profile. */
  readonly flags: readonly string[];
  readonly variant?: string;
  readonly description?: string;
  /** The test that was asked for, its variables replaced and its paths absolute. */
  readonly test?: MapNode;
}

/** An entry that lost its place to one of a later layer. */
export interface Replacement {
  /** A destination has one entry of whatever kind: all of them are `entries`. A variable is `env`. */
  readonly field: "entries" | "env" | "root" | "git" | "network" | "capabilities";
  /** The destination or the variable; empty for single settings. */
  readonly name: string;
  /** Whose it was. */
  readonly origin: Origin;
}

export interface Removal {
  readonly field: string;
  readonly value: string;
  /** The `remove` entry. */
  readonly origin: Origin;
  /** The entry it took away. */
  readonly was: Place;
}
