import type { Effective } from "../model/effective.ts";
import { type MapNode, nodeAt, type Source } from "../model/node.ts";
import { isWithin } from "../model/path.ts";
import { literalPath } from "../model/pattern.ts";
import type { Origin, Place } from "../model/source.ts";

/**
 * The network of a flag set that a built-in profile declares, where the set comes to nothing but that and a few read-only
 * mounts which nothing of this profile's touches: what it mounts has been looked at with the built-in, and is the same here.
 * Undefined where it comes to more.
 */
export function loneNetwork(name: string, effective: Effective): Effective["network"] | undefined {
  const { sources, root } = effective;
  const declaring = sources.findLast((source) => nodeAt(source.root, ["flags", name]) !== undefined);
  if (declaring === undefined || declaring === sources.at(-1) || !isBuiltin(declaring)) return undefined;
  const route = ["flags", name];
  const fragment = nodeAt(declaring.root, route);
  if (fragment?.kind !== "map" || root.value !== "empty") return undefined;
  const network = fragment.entries.find(({ key }) => key.text === "network");
  const mounts = plainMounts(fragment);
  if (network?.value.kind !== "scalar" || mounts === undefined) return undefined;
  const own = ownPlaces(effective);
  if (mounts.some((path) => own.some((place) => isWithin(path, place) || isWithin(place, path)))) return undefined;
  const { line, column } = network.key.span;
  const chain = chainOf(declaring.file, effective);
  const origin = { file: declaring.file, line, column, route: [...route, "network"], chain, flag: name };
  return { value: network.value.text === "host" ? "host" : "none", origin, layer: sources.length + 1 };
}

const isBuiltin = ({ file }: Pick<Source, "file">): boolean => file.startsWith("builtin:");

/** The `extends` entries that led to a file, as what it has written itself tells. */
function chainOf(file: string, { entries, env, process }: Effective): readonly Place[] {
  for (const { origin } of [...entries.values(), ...env.set.values(), ...Object.values(process)]) {
    if (origin.file === file) return origin.chain;
  }
  return [];
}

/** The destinations of a fragment's mounts; undefined where it holds more than a network and parts of the host where they are. */
function plainMounts({ entries }: MapNode): readonly string[] | undefined {
  const paths: string[] = [];
  for (const { key, value } of entries) {
    if (key.text === "network") continue;
    if (key.text !== "mounts" || value.kind !== "map") return undefined;
    for (const mount of value.entries) {
      const isPlain = mount.value.kind === "scalar" && /^ro\??$/.test(mount.value.text);
      if (!isPlain || !/^\/[^$]*$/.test(mount.key.text)) return undefined;
      paths.push(mount.key.text);
    }
  }
  return paths;
}

const known = new WeakMap<Effective, readonly string[]>();

/** The paths that anything but a built-in's own says something about: the same for all flag sets. */
function ownPlaces(effective: Effective): readonly string[] {
  const before = known.get(effective);
  if (before !== undefined) return before;
  const start = (pattern: string) => literalPath(pattern.replace(/[^/]*[*?[{].*$/, "")).replace(/(?<=.)\/$/, "");
  // A flag set of a built-in that is on, too, need not fit this one.
  const isOwn = ({ origin }: { readonly origin: Origin }) => !isBuiltin(origin) || origin.flag !== undefined;
  const { entries, mask, protect } = effective;
  const own: string[] = [];
  for (const [at, leaf] of entries) if (isOwn(leaf)) own.push(at);
  for (const leaf of mask) if (isOwn(leaf)) own.push(start(leaf.value));
  for (const leaf of protect) if (isOwn(leaf)) own.push(literalPath(leaf.value.path));
  known.set(effective, own);
  return own;
}
