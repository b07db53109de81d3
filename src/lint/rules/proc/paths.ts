import { bubblewrapManual, manual } from "../../evidence.ts";
import { writesAny } from "../../exposure.ts";
import { defineRule } from "../../rule.ts";
import { listed } from "../../words.ts";

const PLACES = ["/proc/sys", "/proc/sysrq-trigger", "/proc/irq", "/proc/bus", "/proc/acpi"];

export const rule = defineRule<{ paths: string }>({
  id: "proc/paths",
  severity: "error",
  title: "Switches of the kernel below /proc (sys, sysrq-trigger, core_pattern …) can be written.",
  why: "`core_pattern` names a program that the kernel runs as root outside of every sandbox; others stop the machine or take protections away. Of these bubblewrap covers four, and only in a /proc of its own.",
  sources: [manual("proc(5)"), manual("core(5)"), bubblewrapManual],
  fix: "Take the entry out.",
  bad: { profile: "version: 1\nextends: [base]\nmounts:\n  /proc/sys: rw\n" },
  good: { profile: "version: 1\nextends: [base]\nproc: true\n" },
  message: ({ paths }) => `${paths} can be written: switches of the kernel, for all of the machine`,
  help: () => "take this entry out",
  *check(facts) {
    for (const { operation, paths } of writesAny(facts, PLACES)) {
      yield { data: { paths: listed(paths) }, at: operation.origin };
    }
  },
});
