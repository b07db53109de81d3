import { realpath } from "../../../model/realpath.ts";
import { issue } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";

export const rule = defineRule<{ target: string }>({
  id: "dns/dangling",
  severity: "warning",
  title: "The network is there, and what /etc/resolv.conf leads to is not.",
  why: "On many systems it is a link into /run. Without its target every name fails to resolve, and programs say that the network is down.",
  sources: [issue("igo95862/bubblejail", 92), issue("fencesandbox/fence", 31)],
  fix: "Use the built-in flag set `network`, which knows the usual targets, or mount the link's target.",
  varies: true,
  bad: { profile: "version: 1\nextends: [base]\nnetwork: host\n" },
  good: {
    profile:
      "version: 1\nextends: [base]\nnetwork: host\nmounts:\n  /etc/resolv.conf: ro?\n  /run/systemd/resolve/stub-resolv.conf: ro?\nlint: {ignore: [{rule: net/host, reason: downloads}]}\n",
  },
  message: ({ target }) => `names will not resolve: ${target} is not shown`,
  help: ({ target }) => `use the flag set \`network\` of \`base\`, or mount ${target}`,
  *check({ plan, tree, host }) {
    if (plan.network.value !== "host") return;
    const { path, stat } = realpath(host, "/etc/resolv.conf");
    if (stat === undefined || tree.walk("/etc/resolv.conf").type !== "absent") return;
    yield { data: { target: path }, at: plan.network.origin };
  },
});
