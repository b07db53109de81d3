import { issue, measured } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";

export const rule = defineRule<{ what: string }>({
  id: "dev/root-bind-nodev",
  severity: "error",
  title: "/dev comes from a plain mount of the host, so that not even /dev/null works.",
  why: "Everything that is not mounted as a device is `nodev`: opening /dev/null fails with EACCES, and with it every other program.",
  sources: [issue("containers/bubblewrap", 64), measured("EACCES on /dev/null below a plain bind of /")],
  fix: "Have sbx make a /dev: `devices: [minimal]`.",
  bad: { profile: "version: 1\nroot: host\nremove: {devices: [minimal]}\n" },
  good: { profile: "version: 1\nextends: [host-ro]\n" },
  message: ({ what }) => `/dev/null comes from a plain mount of ${what}, where no device works`,
  help: () => "write `devices: [minimal]`",
  *check({ tree, plan }) {
    const { content, access, mount, host } = tree.look("/dev/null");
    const operation = plan.operations[mount];
    if (content !== "host" || access === "device" || access === "masked" || operation?.kind !== "bind") return;
    if (host !== undefined) yield { data: { what: operation.source }, at: operation.origin };
  },
});
