import type { Host } from "../model/host.ts";
import type { Way } from "../model/node.ts";
import { ancestors, below, isWithin, normalise } from "../model/path.ts";
import type { Result, Spot } from "../model/problem.ts";
import { realpath } from "../model/realpath.ts";
import { noPackage, outsideOfPackage } from "./problems.ts";
import { failed } from "./read.ts";

/** A profile in an installed package. */
export interface PackageFile {
  /** Where it lies, without links: package managers link packages into node_modules. */
  readonly path: string;
  /** `package:NAME@VERSION/FILE`. */
  readonly name: string;
  /** The package's own directory, the links to it, and the places that are looked at before it. */
  readonly ways: readonly Way[];
}

/** Finds `npm:NAME/FILE` in the node_modules directories from a directory upward, as Node does; runs nothing. */
export function findPackageFile(host: Host, reference: string, from: string, spot: Spot): Result<PackageFile> {
  const match = /^npm:((?:@[\w.-]+\/)?[\w.-]+)\/(.+)$/.exec(reference);
  const [, name = "", file = ""] = match ?? [];
  if (match === null || normalise(`/${file}`) !== `/${file}` || name.split("/").some((part) => /^\.+$/.test(part))) {
    return failed(outsideOfPackage({ reference }, spot));
  }
  const ways: Way[] = [];
  for (const directory of [from, ...ancestors(from).reverse()]) {
    const place = below(directory, `node_modules/${name}`);
    const root = realpath(host, place);
    if (root.stat?.type !== "directory") {
      ways.push({ path: place, kind: "missing" });
      continue;
    }
    const candidates = [file, `${file}.yaml`, `${file}.yml`, `${file}.sandbox.yml`];
    const path = candidates.map((candidate) => realpath(host, below(root.path, candidate)));
    const found = path.find(({ stat, path: real }) => stat?.type === "file" && isWithin(root.path, real));
    if (found === undefined) continue;
    const version = /"version"\s*:\s*"([^"\\]{1,64})"/.exec(host.readText(below(root.path, "package.json")) ?? "")?.[1];
    ways.push(...root.links.map((link): Way => ({ path: link, kind: "link" })), { path: root.path, kind: "directory" });
    return { value: { path: found.path, name: `package:${name}@${version ?? "?"}/${file}`, ways }, problems: [] };
  }
  return failed(noPackage({ reference, from }, spot));
}
