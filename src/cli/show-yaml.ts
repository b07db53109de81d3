import { Document, isMap, isScalar, type Pair, Scalar, visit, type YAMLMap } from "yaml";
import { type Effective, escapeJson, escapeText, type Leaf, looksSecret, type Origin, REDACTED } from "../index.ts";
import type { Layout } from "./explain-rows.ts";
import { jsonText } from "./json.ts";
import { markersFor, withOrigins } from "./show-origins.ts";

/** A value to show, and who wrote it; mappings and lists hold further ones. */
interface Shown {
  readonly value: unknown;
  readonly origin?: Origin;
}

/** The resolved profile as a profile: what extends nothing and comes to the same. With a layout, it says who wrote what. */
export function showYaml(effective: Effective, layout?: Layout): string {
  const { plain, comments } = shownProfile(effective);
  const document = new Document(plain);
  const bare = printable(document);
  if (layout === undefined) return bare;
  const markers = markersFor(bare);
  for (const [index, [route]] of comments.entries()) comment(document, route, markers.marked(index));
  const origins = comments.map(([, origin]) => origin);
  return withOrigins(printable(document), { origins, markers }, layout);
}

export const showJson = (effective: Effective): string => jsonText(shownProfile(effective).plain);

/** YAML text with nothing in it that a terminal acts on: such characters stand as escapes in double quotes. */
function printable(document: Document): string {
  const escapedIn = (text: string, safe: (part: string) => string) => text.replace(/[^\n\t]+/g, safe);
  visit(document, {
    Scalar(_, node) {
      const { value } = node;
      if (typeof value === "string" && escapedIn(value, escapeText) !== value) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return escapedIn(document.toString({ lineWidth: 0 }), escapeJson);
}

type Route = readonly (string | number)[];
interface ShownProfile {
  readonly plain: Record<string, unknown>;
  readonly comments: readonly (readonly [Route, Origin])[];
}

/** Everything is resolved: what looks like a variable now is meant as it stands. */
const textOf = (text: string): string => text.replaceAll("${", () => "$${");

function literal(value: unknown): unknown {
  if (typeof value === "string") return textOf(value);
  if (Array.isArray(value)) return value.map(literal);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [textOf(key), literal(inner)]));
}

const SECTIONS = {
  mount: "mounts",
  marked: "marked",
  tmpfs: "tmpfs",
  dir: "dirs",
  file: "files",
  symlink: "symlinks",
} as const;

function shownProfile(effective: Effective): ShownProfile {
  const plain: Record<string, unknown> = { version: 1 };
  const comments: [Route, Origin][] = [];
  if (effective.description !== undefined) plain.description = effective.description;
  const put = (written: Route, { value, origin }: Shown): void => {
    const route = written.map((key) => (typeof key === "string" ? textOf(key) : key));
    let parent: Record<string | number, unknown> = plain;
    for (const key of route.slice(0, -1)) {
      parent[key] ??= {};
      parent = parent[key] as Record<string | number, unknown>;
    }
    parent[route.at(-1) ?? ""] = literal(value);
    if (origin !== undefined && origin.line > 0) comments.push([route, origin]);
  };
  const list = (route: Route, leaves: readonly Leaf<unknown>[]): void => {
    if (leaves.length === 0) return;
    put(route, { value: leaves.map((leaf) => leaf.value) });
    leaves.forEach(({ origin }, index) => {
      if (origin.line > 0) comments.push([[...route, index], origin]);
    });
  };
  // What a later layer's entry replaced would be a second entry at its place in one profile.
  const isReplaced = (at: string, { layer }: Leaf<unknown>) => (effective.entries.get(at)?.layer ?? -1) > layer;
  if (!isReplaced("/", effective.root)) put(["root"], effective.root);
  for (const [at, leaf] of effective.entries) {
    put([SECTIONS[leaf.value.kind], at], { value: leaf.value.spec, origin: leaf.origin });
  }
  const { backing } = effective.devices;
  const items = effective.devices.items.filter((item) => item.value.startsWith("/") || !isReplaced("/dev", item));
  // A list would add to the devices that a profile has by default; a mapping and a word stand for themselves.
  const [first, second] = items;
  if (backing === undefined && items.some(({ value }) => value === "minimal")) list(["devices"], items);
  else if (backing === undefined && second === undefined && !first?.value.startsWith("/")) {
    put(["devices"], first ?? { value: "none" });
  } else {
    list(["devices", "nodes"], items);
    if (backing) put(["devices", "backing"], backing);
  }
  const { mounted, overrides } = effective.proc;
  if (!isReplaced("/proc", mounted)) {
    if (overrides.size === 0) put(["proc"], mounted);
    for (const [name, leaf] of overrides) put(["proc", name], leaf);
  }
  list(["mask"], effective.mask);
  const guarded = effective.protect.map((leaf) => (leaf.value.missing ? leaf : { ...leaf, value: leaf.value.path }));
  list(["protect"], guarded);
  put(["git"], effective.git);
  const { clear, pass, require, set, prepend, unset } = effective.env;
  const isUnset = (name: string, { layer }: Leaf<string>) =>
    unset.some((leaf) => leaf.value === name && leaf.layer > layer);
  put(["env", "clear"], clear);
  list(
    ["env", "pass"],
    pass.filter((leaf) => !isUnset(leaf.value, leaf)),
  );
  list(["env", "require"], require);
  list(
    ["env", "unset"],
    unset.filter(({ value, layer }) => (set.get(value)?.layer ?? -1) <= layer),
  );
  for (const [name, leaf] of set) {
    if (isUnset(name, leaf)) continue;
    put(["env", "set", name], { value: looksSecret(name) ? REDACTED : leaf.value, origin: leaf.origin });
  }
  for (const [name, leaves] of prepend) list(["env", "prepend", name], leaves);
  for (const group of ["process", "limits", "namespaces"] as const) {
    for (const [name, leaf] of Object.entries(effective[group])) if (leaf !== undefined) put([group, name], leaf);
  }
  put(["network"], effective.network);
  put(["capabilities"], effective.capabilities);
  for (const [name, leaf] of effective.apis) put(["apis", name], leaf);
  return { plain, comments };
}

/** Puts a comment behind an entry: behind its key when the value takes lines of its own. */
function comment(document: Document, route: Route, text: string): void {
  const parent = document.getIn(route.slice(0, -1), true) ?? document.contents;
  const last = route.at(-1);
  const pair = isMap(parent) ? pairOf(parent, last) : undefined;
  const node = pair?.value ?? document.getIn(route, true);
  if (isScalar(node)) node.comment = text;
  else if (pair !== undefined && isScalar(pair.key)) pair.key.commentBefore = text;
  else if (isMap(node)) node.commentBefore = text;
}

const pairOf = (map: YAMLMap, key: unknown): Pair | undefined =>
  map.items.find((item) => isScalar(item.key) && item.key.value === key);
