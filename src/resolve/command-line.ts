import type { MapEntry, MapNode, Node, ScalarNode } from "../model/node.ts";

/** What a caller adds to a profile for one run; `argument` is the word of the command line that says so. */
export interface Overrides {
  readonly binds?: readonly Bind[];
  readonly env?: readonly Variable[];
  readonly cwd?: { readonly path: string; readonly argument: number };
  readonly timeout?: { readonly text: string; readonly argument: number };
  /** Entries as a profile has them below `mounts`; unlike the others they are not known to be well-formed. */
  readonly mounts?: Readonly<Record<string, unknown>>;
}

export interface Bind {
  readonly source: string;
  readonly destination: string;
  readonly access: "ro" | "rw";
  readonly argument: number;
}

export interface Variable {
  readonly name: string;
  /** Undefined: taken from the host, where it must be set. */
  readonly value: string | undefined;
  readonly argument: number;
}

/** The overrides as the profile fragment that they stand for; undefined when there are none. */
export function commandLineFragment(overrides: Overrides): MapNode | undefined {
  const { binds = [], env = [], cwd, timeout, mounts = {} } = overrides;
  const given = env.filter((variable) => variable.value !== undefined);
  const taken = env.filter((variable) => variable.value === undefined);
  const entries = [
    ...nested("mounts", [
      ...Object.entries(mounts).map(([at, mount]) => entry(at, nodeOf(mount), 0)),
      ...binds.map(({ source, destination, access, argument: at }) =>
        entry(
          destination,
          map([entry("from", scalar(source, at), at), entry("access", scalar(access, at), at)], at),
          at,
        ),
      ),
    ]),
    ...nested("env", [
      ...nested(
        "set",
        given.map(({ name, value, argument: at }) => entry(name, scalar(value ?? "", at), at)),
      ),
      ...listOf(
        "require",
        taken.map(({ name, argument }) => scalar(name, argument)),
      ),
    ]),
    ...nested("process", cwd ? [entry("cwd", scalar(cwd.path, cwd.argument), cwd.argument)] : []),
    ...nested("limits", timeout ? [entry("time", scalar(timeout.text, timeout.argument), timeout.argument)] : []),
  ];
  return entries.length === 0 ? undefined : map(entries, 1);
}

const spanOf = (line: number) => ({ line, column: 1, endLine: line, endColumn: 1 });
const scalar = (text: string, line: number): ScalarNode => ({ kind: "scalar", text, span: spanOf(line) });
const map = (entries: readonly MapEntry[], line: number): MapNode => ({ kind: "map", entries, span: spanOf(line) });
const entry = (key: string, value: Node, line: number): MapEntry => ({ key: scalar(key, line), value });

/** Plain data as it would be read from a file. */
function nodeOf(value: unknown): Node {
  if (Array.isArray(value)) return { kind: "list", items: value.map(nodeOf), span: spanOf(0) };
  if (typeof value !== "object" || value === null) return scalar(String(value), 0);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return map(
    entries.map(([key, item]) => entry(key, nodeOf(item), 0)),
    0,
  );
}

function nested(key: string, entries: readonly MapEntry[]): MapEntry[] {
  const line = entries[0]?.key.span.line ?? 1;
  return entries.length === 0 ? [] : [entry(key, map(entries, line), line)];
}

function listOf(key: string, items: readonly ScalarNode[]): MapEntry[] {
  const line = items[0]?.span.line ?? 1;
  return items.length === 0 ? [] : [entry(key, { kind: "list", items, span: spanOf(line) }, line)];
}
