import type { Host } from "../../../model/host.ts";
import type { KnownSockets } from "../../../model/known-sockets.ts";
import { isWithin } from "../../../model/path.ts";
import { boundSockets } from "../../../tree/index.ts";
import { bubblewrapReadme, manual } from "../../evidence.ts";
import { reachesAny } from "../../exposure.ts";
import { socketsOf } from "../../people.ts";
import { defineRule } from "../../rule.ts";
import { helpOf, type Told, toldToHide } from "../../told.ts";

export const rule = defineRule<Told>({
  id: "sock/cups-avahi-etc",
  severity: "info",
  title: "A wide entry shows sockets of further servers of the host by the way.",
  why: "Sound, printing, name services and whatever else listens below a directory act with their own rights for whoever asks. Some hand out files, some start programs.",
  sources: [bubblewrapReadme, manual("unix(7)")],
  fix: "Narrow the entry, or mask the sockets.",
  varies: true,
  bad: { profile: "version: 1\nextends: [base]\nmounts:\n  /run/cups: ro\n" },
  good: { profile: "version: 1\nextends: [base]\nmounts:\n  /run/cups/cups.sock: ro?\n" },
  message: ({ paths }) => `${paths} can be reached, where servers of the host answer`,
  help: (told) => helpOf(told, "narrow this entry"),
  *check(facts) {
    const sockets = socketsOf(facts);
    const further = furtherOn(facts.machine, sockets).filter((path) => !isWithin(facts.plan.project, path));
    for (const exposure of reachesAny(facts, sockets.others, further)) {
      // Who names a socket means it.
      if (!exposure.named) yield toldToHide(facts, exposure);
    }
  },
});

const listening = new WeakMap<KnownSockets, { readonly machine: Host; readonly paths: readonly string[] }>();

/** What listens on a machine and no other rule tells of. */
function furtherOn(machine: Host | undefined, sockets: KnownSockets): readonly string[] {
  if (machine === undefined) return [];
  const before = listening.get(sockets);
  if (before?.machine.lstat === machine.lstat) return before.paths;
  const { others: _, ...known } = sockets;
  const told = Object.values(known).flat();
  const paths = boundSockets(machine).filter((path) => !told.some((other: string) => isWithin(other, path)));
  listening.set(sockets, { machine, paths });
  return paths;
}
