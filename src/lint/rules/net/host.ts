import { issue, manual } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";

export const rule = defineRule<{ flag: string | undefined }>({
  id: "net/host",
  severity: "warning",
  about: "settings",
  title: "The host's network is shared.",
  why: "What was read can be sent away. Databases and development servers on the loopback trust whoever connects, clouds hand out credentials at 169.254.169.254, and abstract sockets (X11, D-Bus) come with it.",
  sources: [issue("containers/bubblewrap", 330), manual("network_namespaces(7)")],
  fix: "Write `network: none` (the default), and put the network into a flag set that is used for the steps that download: `sbx run --flag network -- npm ci`.",
  covers: [
    {
      id: "net/metadata",
      because:
        "version 1 of the language has no list of allowed names that could lead there; with the host's network every address is in reach",
    },
  ],
  bad: { profile: "version: 1\nextends: [base]\nnetwork: host\n" },
  good: { profile: "version: 1\nextends: [base]\nnetwork: none\n" },
  message: () => "the host's network is shared: its loopback, its abstract sockets, and everything beyond",
  help: ({ flag }) =>
    flag === undefined
      ? "write `network: none`, and use a flag set for the steps that download"
      : `turn it on for the steps that download alone: \`sbx run --flag ${flag} -- …\``,
  *check({ plan: { network } }) {
    const { value, origin } = network;
    if (value === "host") yield { data: { flag: origin.flag }, at: origin };
  },
});
