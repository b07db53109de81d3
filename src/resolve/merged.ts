import type { Entry, Leaf, Removal, Replacement } from "../model/effective.ts";
import type { Problem } from "../model/problem.ts";
import type { Api, Capabilities, Limits, Namespaces, Process, Protect, Root } from "../model/profile.gen.ts";
import { DEFAULT_ORIGIN } from "../model/source.ts";

type Leaves<T> = { [Key in keyof T]?: Leaf<NonNullable<T[Key]>> };
type AllLeaves<T> = { [Key in keyof T]-?: Leaf<NonNullable<T[Key]>> };

export type ProtectedPath = Exclude<Protect, string>;

/** The profile as merged so far. Lists and maps are changed in place, layer by layer. */
export interface Merged {
  root: Leaf<Root>;
  readonly entries: Map<string, Leaf<Entry>>;
  devices: { items: Leaf<string>[]; backing?: Leaf<"tmpfs"> };
  proc: { mounted: Leaf<boolean>; overrides: Map<string, Leaf<string>> };
  mask: Leaf<string>[];
  protect: Leaf<ProtectedPath>[];
  git: Leaf<"none" | "ro" | "rw">;
  readonly env: {
    clear: Leaf<boolean>;
    pass: Leaf<string>[];
    require: Leaf<string>[];
    readonly set: Map<string, Leaf<string>>;
    readonly prepend: Map<string, Leaf<string>[]>;
    unset: Leaf<string>[];
  };
  readonly process: Leaves<Mutable<Process>>;
  readonly limits: Leaves<Mutable<Limits>>;
  readonly namespaces: AllLeaves<Mutable<Namespaces>>;
  network: Leaf<"none" | "host">;
  capabilities: Leaf<Capabilities>;
  readonly apis: Map<string, Leaf<Api>>;
  readonly removed: Removal[];
  readonly replaced: Replacement[];
  readonly problems: Problem[];
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

const byDefault = <T>(value: T): Leaf<T> => ({ value, origin: DEFAULT_ORIGIN, layer: 0 });

/** What holds when nobody says anything: layer 0, made anew for each profile. */
export const defaults = (): Merged => ({
  root: byDefault<Root>("empty"),
  entries: new Map(),
  devices: { items: [byDefault("minimal")] },
  proc: { mounted: byDefault(true), overrides: new Map() },
  mask: [],
  protect: [],
  git: byDefault<"none">("none"),
  env: { clear: byDefault(true), pass: [], require: [], set: new Map(), prepend: new Map(), unset: [] },
  process: {
    cwd: byDefault("caller"),
    stdin: byDefault<"inherit">("inherit"),
    session: byDefault<"auto">("auto"),
    dieWithParent: byDefault(true),
    killAfter: byDefault("5s"),
  },
  limits: {},
  namespaces: {
    user: byDefault<boolean | "try">(true),
    pid: byDefault(true),
    ipc: byDefault(true),
    uts: byDefault(true),
    cgroup: byDefault<boolean | "try">("try"),
    nested: byDefault(false),
  },
  network: byDefault<"none">("none"),
  capabilities: byDefault<Capabilities>("none"),
  apis: new Map(),
  removed: [],
  replaced: [],
  problems: [],
});

/** Notes whose entry a later layer's takes the place of; a default is nobody's. */
export function noteReplaced(merged: Merged, what: Pick<Replacement, "field" | "name">, was?: Leaf<unknown>): void {
  if (was !== undefined && was.layer > 0) merged.replaced.push({ ...what, origin: was.origin });
}
