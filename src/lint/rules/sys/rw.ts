import { manual } from "../../evidence.ts";
import { writesAny } from "../../exposure.ts";
import { defineRule } from "../../rule.ts";
import { listed } from "../../words.ts";

const PLACE = ["/sys"];

export const rule = defineRule<{ paths: string }>({
  id: "sys/rw",
  severity: "error",
  title: "/sys, or the control groups below it, can be written.",
  why: "There devices are bound to drivers and firmware is set; a control group of version 1 names a program in `release_agent` that the kernel runs as root outside of every sandbox.",
  sources: [manual("sysfs(5)"), manual("cgroups(7)")],
  fix: "Make it read-only, and only the part that is needed.",
  bad: { profile: "version: 1\nextends: [base]\nmounts:\n  /sys: rw\n" },
  good: { profile: "version: 1\nextends: [base]\nmounts:\n  /sys/devices/system/cpu: ro\n" },
  message: ({ paths }) => `${paths} can be written: devices, firmware and control groups of the machine`,
  help: () => "make this entry read-only, and only the part that is needed",
  *check(facts) {
    for (const { operation, paths } of writesAny(facts, PLACE)) {
      yield { data: { paths: listed(paths) }, at: operation.origin };
    }
  },
});
