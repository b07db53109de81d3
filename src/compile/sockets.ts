import type { Host } from "../model/host.ts";
import type { Operation } from "../model/plan.gen.ts";
import { boundSockets, type Tree } from "../tree/index.ts";
import { sightings } from "./visible.ts";

/**
 * Masks over the host's listening sockets that a read-only host root shows outside of the emptied places: connecting
 * needs no write access to a mount (unix(7)), so a read-only bind is no wall. What an entry grants by name stays.
 */
export function socketMasks(tree: Tree, host: Host): Operation[] {
  const root = tree.operations.findIndex((operation) => operation.kind === "bind" && operation.at === "/");
  const { origin } = tree.operations[root] ?? {};
  if (origin === undefined) return [];
  return boundSockets(host).flatMap((path) =>
    sightings(tree, host, path)
      .filter(({ place }) => place.mount === root)
      .map(({ host: source, place }): Operation => {
        return { kind: "mask", at: place.path, source, type: "file", present: true, origin };
      }),
  );
}
