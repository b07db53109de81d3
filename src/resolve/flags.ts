import type { Removal } from "../model/effective.ts";
import { nearest } from "../model/nearest.ts";
import { child, type MapNode, type Node, nodeAt, type ScalarNode } from "../model/node.ts";
import type { Problem, Spot } from "../model/problem.ts";
import type { KeyRoute, Place, Span } from "../model/source.ts";
import type { WrittenLayer } from "./layers.ts";
import { nothingToRemove, unknownFlag } from "./problems.ts";
import { placeOf, spotOf } from "./spot.ts";

/** `--flag NAME` or `--no-flag NAME`. */
export interface FlagSwitch {
  readonly name: string;
  readonly on: boolean;
  /** Which argument of the command line it is. */
  readonly argument?: number;
  /** Where a file asks for it. */
  readonly spot?: Spot;
}

export interface Selection {
  readonly names: readonly string[];
  readonly layers: readonly WrittenLayer[];
  readonly removed: readonly Removal[];
  readonly problems: readonly Problem[];
}

const NOWHERE: Span = { line: 0, column: 0, endLine: 0, endColumn: 0 };
const word = (text: string): ScalarNode => ({ kind: "scalar", text, span: NOWHERE });
const map = (key: string, value: Node): MapNode => ({
  kind: "map",
  entries: [{ key: word(key), value }],
  span: NOWHERE,
});

/** The flag sets that every profile has: what `sbx shell` uses. */
const BUILT_IN: MapNode = map("flags", {
  ...map("interactive", {
    kind: "map",
    entries: [
      { key: word("process"), value: map("session", word("pty")) },
      { key: word("devices"), value: { kind: "list", items: [word("full")], span: NOWHERE } },
    ],
    span: NOWHERE,
  }),
});

interface Known {
  readonly layer: WrittenLayer;
  readonly place: Place;
}

/** Which flag sets are laid over the profile: `use` of every layer in merge order, then the command line. */
export function selectFlags(layers: readonly WrittenLayer[], switches: readonly FlagSwitch[]): Selection {
  const known = new Map<string, Known>();
  const used = new Map<string, Spot>();
  const removed: Removal[] = [];
  const problems: Problem[] = [];

  const remove = (field: "flags" | "use", layer: WrittenLayer): void => {
    for (const [index, item] of scalarsIn(nodeAt(layer.node, ["remove", field])).entries()) {
      const value = item.text;
      const from = field === "flags" ? known.get(value)?.place : used.get(value);
      const other = field === "flags" ? used : known;
      if (from === undefined) {
        const names = field === "flags" ? known.keys() : used.keys();
        const elsewhere = other.has(value) ? (field === "flags" ? "use" : "flags") : undefined;
        const data = { field, value, elsewhere, nearest: nearest(value, names) };
        problems.push(nothingToRemove(data, spotOf(layer.source, item.span)));
        continue;
      }
      const { file, line, column } = from;
      const route: KeyRoute = [...layer.route, "remove", field, index];
      const origin = { ...placeOf(layer.source, item.span), route, chain: layer.chain };
      removed.push({ field, value, origin, was: { file, line, column } });
      used.delete(value);
      if (field === "flags") known.delete(value);
    }
  };

  const builtIn: WrittenLayer = {
    source: { file: "default", directory: undefined },
    node: BUILT_IN,
    route: [],
    chain: [],
  };
  for (const layer of [builtIn, ...layers]) {
    remove("flags", layer);
    remove("use", layer);
    const flags = child(layer.node, "flags");
    for (const { key, value } of flags?.kind === "map" ? flags.entries : []) {
      if (value.kind !== "map") continue;
      const route = [...layer.route, "flags", key.text];
      known.set(key.text, {
        layer: { ...layer, node: value, route, flag: key.text },
        place: placeOf(layer.source, key.span),
      });
    }
    for (const item of scalarsIn(child(layer.node, "use"))) {
      if (!used.has(item.text)) used.set(item.text, spotOf(layer.source, item.span));
    }
  }

  const unknown = (name: string, spot: Spot): void => {
    const names = [...known.keys()];
    problems.push(unknownFlag({ name, known: names, nearest: nearest(name, names) }, spot));
  };
  for (const [name, spot] of used) if (!known.has(name)) unknown(name, spot);
  for (const { name, on, argument = 0, ...written } of switches) {
    const spot = written.spot ?? { file: "command-line", line: argument, column: 1 };
    if (!known.has(name)) unknown(name, spot);
    else if (!on) used.delete(name);
    else if (!used.has(name)) used.set(name, spot);
  }
  const names = [...used.keys()].filter((name) => known.has(name));
  return { names, layers: names.flatMap((name) => known.get(name)?.layer ?? []), removed, problems };
}

const scalarsIn = (node: Node | undefined): readonly ScalarNode[] =>
  node?.kind === "list" ? node.items.filter((item) => item.kind === "scalar") : [];
