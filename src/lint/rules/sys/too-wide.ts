import { seen, showing } from "../../../tree/index.ts";
import { manual } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";

export const rule = defineRule<Record<string, never>>({
  id: "sys/too-wide",
  severity: "info",
  title: "All of /sys can be read.",
  why: "Serial numbers, addresses of network cards and the whole make of the machine are in it: enough to know it again anywhere.",
  sources: [manual("sysfs(5)")],
  fix: "Grant what the device in question needs: for a GPU `/sys/dev/char`, `/sys/devices/pci0000:00` and `/sys/class/drm`.",
  bad: { profile: "version: 1\nextends: [base]\nmounts:\n  /sys: ro\n" },
  good: { profile: "version: 1\nextends: [base]\nmounts:\n  /sys/devices/system/cpu: ro\n" },
  message: () => "all of /sys can be read: serial numbers, addresses, the whole make of the machine",
  help: () => "grant the parts that are needed",
  *check(facts) {
    for (const place of seen(facts, "/sys")) {
      const operation = showing(facts.tree, place);
      if (operation !== undefined && place.host === "/sys" && place.access === "ro")
        yield { data: {}, at: operation.origin };
    }
  },
});
