import type { Effective } from "../model/effective.ts";
import type { Host } from "../model/host.ts";
import type { Plan } from "../model/plan.gen.ts";
import { boundSockets, type Tree } from "../tree/index.ts";
import { isDefault } from "./entry.ts";
import type { NetworkExplanation } from "./explanation.ts";

interface Asking {
  readonly tree: Tree;
  readonly effective: Effective | undefined;
  readonly host: Host;
  readonly file: string | null;
}

/** What of the network is in reach: addresses, and the host's sockets that have a path inside. */
export function explainNetwork({ network }: Plan, { tree, effective, host, file }: Asking): NetworkExplanation {
  const { value, origin } = network;
  const words = isDefault(origin) ? `network: ${value} (the default)` : `network: ${value}`;
  const sockets = boundSockets(host).flatMap((path) =>
    tree.places(path).map((place) => ({ path: place.path, access: place.access })),
  );
  const lost = (effective?.replaced ?? []).filter(({ field }) => field === "network");
  return {
    network: value,
    summary:
      value === "none"
        ? "a loopback of its own: no address of the host or beyond is in reach"
        : "the host's network: every address, and the host's own servers and abstract sockets",
    decidedBy: { entry: words, origin },
    shadowed: lost.map((each) => ({ entry: "network", origin: each.origin })).reverse(),
    sockets,
    advice: change(value === "none" ? "host" : "none", { origin, file }),
  };
}

function change(
  to: "none" | "host",
  { origin, file }: { readonly origin: Plan["network"]["origin"]; readonly file: string | null },
): NetworkExplanation["advice"] {
  const { line, column } = origin;
  if (origin.file === "command-line") return [];
  if (origin.flag !== undefined) return [{ edit: `leave out the flag set: --no-flag ${origin.flag}`, file: null }];
  if (origin.file === file) return [{ edit: `write \`network: ${to}\``, file, line, column }];
  return [{ add: { network: to }, file }];
}
