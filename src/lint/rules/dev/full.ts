import { bubblewrapManual } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";

export const rule = defineRule<{ at: string; works: boolean }>({
  id: "dev/full",
  severity: "error",
  title: "The host's /dev is shown, with every device in it.",
  why: "Disks, input devices and memory of the kernel lie there, closed by nothing but their permission bits: as root by nothing at all, and groups such as `disk`, `input` or `video` open some of them to you. A read-only mount does not keep anybody from writing to a device that works; one that does not work shows names and sockets (`/dev/log`).",
  sources: [bubblewrapManual],
  fix: "Take it out. `devices: [minimal]` (the default) or `[full]` brings a /dev of the sandbox's own, and single nodes can be named beside it.",
  bad: { profile: "version: 1\nextends: [base]\nmounts:\n  /dev: dev\n" },
  good: { profile: 'version: 1\nextends: [base]\ndevices: [minimal, "/dev/acme0?"]\n' },
  message: ({ at, works }) => `the host's /dev is shown at ${at}${works ? ", and all devices in it work" : ""}`,
  help: () => "take this entry out, and name the single nodes that are needed under `devices`",
  *check({ tree, plan }) {
    for (const { path, mount } of tree.places("/dev")) {
      const operation = plan.operations[mount];
      if (operation === undefined) continue;
      yield {
        data: { at: path, works: operation.kind === "bind" && operation.access === "dev" },
        at: operation.origin,
      };
    }
  },
});
