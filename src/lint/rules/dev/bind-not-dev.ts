import { shownBinds } from "../../../tree/index.ts";
import { issue, manual } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";

export const rule = defineRule<{ source: string; access: string }>({
  id: "dev/bind-not-dev",
  severity: "error",
  title: "A device node is mounted `ro` or `rw`, so that it can't be opened.",
  why: "bubblewrap mounts everything `nodev` unless it is asked for a device: open(2) fails with EACCES, which looks like a fault of the driver or of permissions.",
  sources: [issue("archie-judd/agent-sandbox.nix", 74), manual("mount(2)")],
  fix: "Name it under `devices`, or write `access: dev`.",
  varies: true,
  bad: { profile: "version: 1\nextends: [base]\nmounts:\n  /dev/dri/renderD128: rw\n" },
  good: { profile: 'version: 1\nextends: [base]\ndevices: [minimal, "/dev/acme0?"]\n' },
  message: ({ source, access }) => `${source} is a device, and mounted \`${access}\` it can't be opened`,
  help: ({ source }) => `write \`devices: [minimal, ${source}]\` instead`,
  *check(facts) {
    for (const { source, access, origin } of shownBinds(facts)) {
      const type = facts.host.lstat(source)?.type;
      const isNode = type === "character" || type === "block" || /^\/dev\/(dri|snd|input|net|bus)$/.test(source);
      if (access !== "dev" && isNode) yield { data: { source, access }, at: origin };
    }
  },
});
