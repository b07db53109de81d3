import type { Host } from "../model/host.ts";
import type { MapNode, Node } from "../model/node.ts";
import type { Fragment } from "../model/profile.gen.ts";
import type { WrittenLayer } from "./layers.ts";

/** A layer with its variables replaced, as a tree and as plain data. */
export interface SettledLayer {
  readonly tree: MapNode;
  readonly value: Fragment;
}

/** Layers that were settled before, by the mapping that they are written as. */
export type SettledLayers = Map<MapNode, SettledLayer>;

type Person = Pick<Host, "home" | "user" | "uid" | "gid">;

/** By a machine's environment, which is one object for its life, and by who asks. */
const ofMachines = new WeakMap<Host["env"], { readonly person: Person; readonly layers: SettledLayers }>();

/**
 * Where a layer's settled form is kept: for all profiles on this machine where nothing in it depends on the profile, else with
 * what was settled for the same profile.
 */
export function keptAt(layer: WrittenLayer, host: Host, known: SettledLayers | undefined): SettledLayers | undefined {
  if (!layer.source.file.startsWith("builtin:") || dependsOnProfile(layer.node)) return known;
  const { env, home, user, uid, gid } = host;
  const kept = ofMachines.get(env);
  if (kept !== undefined && isSame(kept.person, host)) return kept.layers;
  const layers: SettledLayers = new Map();
  ofMachines.set(env, { person: { home, user, uid, gid }, layers });
  return layers;
}

const isSame = (a: Person, b: Person): boolean =>
  a.home === b.home && a.user === b.user && a.uid === b.uid && a.gid === b.gid;

const dependent = new WeakMap<MapNode, boolean>();

/** Parameters, and what says where the profile or the caller is. */
const OF_PROFILE = /\$\{(?!(HOME|USER|UID|GID)\})/;

function dependsOnProfile(node: MapNode): boolean {
  let known = dependent.get(node);
  if (known === undefined) {
    known = holds(node);
    dependent.set(node, known);
  }
  return known;
}

function holds(node: Node): boolean {
  switch (node.kind) {
    case "scalar":
      return OF_PROFILE.test(node.text);
    case "list":
      return node.items.some(holds);
    case "map":
      return node.entries.some(({ key, value }) => OF_PROFILE.test(key.text) || holds(value));
  }
}
