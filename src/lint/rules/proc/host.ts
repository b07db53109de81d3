import { issue, manual, measured } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";

export const rule = defineRule<{ how: "bound" | "shared" }>({
  id: "proc/host",
  severity: "error",
  title: "The host's /proc is shown, or /proc without a process namespace of the sandbox's own.",
  why: "It tells the command lines and environments of all of your processes, leads into them (`/proc/PID/root`, `/proc/PID/mem`), and holds switches of the kernel.",
  sources: [
    issue("containers/bubblewrap", 313),
    manual("proc(5)"),
    measured("97 processes of the host seen through --proc without --unshare-pid"),
  ],
  fix: "Write `proc: true` (the default) and leave `namespaces.pid` at `true`.",
  bad: { profile: "version: 1\nextends: [base]\nproc: false\nmounts:\n  /proc: ro\n" },
  good: { profile: "version: 1\nextends: [base]\nproc: true\n" },
  message: ({ how }) =>
    how === "bound"
      ? "the host's /proc is shown, with all of your processes"
      : "/proc shows the host's processes: the sandbox has no process namespace of its own",
  help: ({ how }) => (how === "bound" ? "take this entry out, and write `proc: true`" : "take `pid: false` out"),
  *check({ tree, plan }) {
    for (const { mount, access } of tree.places("/proc")) {
      const operation = plan.operations[mount];
      if (operation !== undefined && access !== "masked") yield { data: { how: "bound" }, at: operation.origin };
    }
    const { pid } = plan.namespaces;
    const hasProc = plan.operations.some(({ kind, present }) => kind === "proc" && present);
    if (hasProc && !pid.value) yield { data: { how: "shared" }, at: pid.origin };
  },
});
