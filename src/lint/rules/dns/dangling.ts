import type { Effective } from "../../../model/effective.ts";
import { nodeAt } from "../../../model/node.ts";
import { realpath } from "../../../model/realpath.ts";
import { issue } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";
import { listed } from "../../words.ts";

const RESOLVER = "/etc/resolv.conf";

export const rule = defineRule<{ missing: readonly string[]; knows: boolean }>({
  id: "dns/dangling",
  severity: "warning",
  title: "The network is there, and /etc/resolv.conf or what it leads to is not.",
  why: "On many systems it is a link into /run. Without its target every name fails to resolve, and programs say that the network is down.",
  sources: [issue("igo95862/bubblejail", 92), issue("fencesandbox/fence", 31)],
  fix: "Use the built-in flag set `network`, which knows the usual targets, or mount the link's target.",
  varies: true,
  bad: { profile: "version: 1\nextends: [base]\nnetwork: host\n" },
  good: {
    profile:
      "version: 1\nextends: [base]\nnetwork: host\nmounts:\n  /etc/resolv.conf: ro?\n  /run/systemd/resolve/stub-resolv.conf: ro?\nlint: {ignore: [{rule: net/host, reason: downloads}]}\n",
  },
  message: ({ missing }) => `names will not resolve: ${listed(missing)} ${missing.length > 1 ? "are" : "is"} not shown`,
  help: ({ missing, knows }) => `${knows ? "use the flag set `network` of `base`, or " : ""}mount ${listed(missing)}`,
  *check({ plan, tree, host, effective }) {
    const { value, origin } = plan.network;
    if (value !== "host") return;
    const { path, stat } = realpath(host, RESOLVER);
    const walk = stat && tree.walk(RESOLVER);
    if (walk?.type !== "absent") return;
    // Where the link is shown, what lacks is what it leads to; where it is not, both may.
    const first = walk.links.length > 0 ? walk.path : RESOLVER;
    const missing = first === path || tree.walk(path).type !== "absent" ? [first] : [first, path];
    yield { data: { missing, knows: origin.file !== BASE && isOfBase(effective) }, at: origin };
  },
});

const BASE = "builtin:base";

/** Whether it is the built-in's own that `--flag network` would turn on. */
const isOfBase = ({ sources }: Effective): boolean =>
  sources.findLast(({ root }) => nodeAt(root, ["flags", "network"]) !== undefined)?.file === BASE;
