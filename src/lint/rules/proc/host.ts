import { shownBinds } from "../../../tree/index.ts";
import { issue, manual, measured } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";

/** A process of the host's, as a path. */
const PROCESS = /^\/proc\/(\d+|self|thread-self)(?=\/|$)/;

export const rule = defineRule<{ how: "bound" | "process" | "shared"; path?: string }>({
  id: "proc/host",
  severity: "error",
  title: "The host's /proc is shown, a process of it, or /proc without a process namespace of the sandbox's own.",
  why: "It tells the command lines and environments of all of your processes, leads into them (`/proc/PID/root`, `/proc/PID/mem`), and holds switches of the kernel.",
  sources: [
    issue("containers/bubblewrap", 313),
    manual("proc(5)"),
    measured("97 processes of the host seen through --proc without --unshare-pid"),
  ],
  fix: "Write `proc: true` (the default) and leave `namespaces.pid` at `true`.",
  bad: { profile: "version: 1\nextends: [base]\nproc: false\nmounts:\n  /proc: ro\n" },
  good: { profile: "version: 1\nextends: [base]\nproc: true\n" },
  message: ({ how, path = "" }) =>
    how === "bound"
      ? "the host's /proc is shown, with all of your processes"
      : how === "process"
        ? `${path} is a process outside of the sandbox, with its environment, its files and its memory`
        : "/proc shows the host's processes: the sandbox has no process namespace of its own",
  help: ({ how }) => (how === "shared" ? "take `pid: false` out" : "take this entry out, and write `proc: true`"),
  *check(facts) {
    const { tree, plan } = facts;
    for (const { source, origin } of shownBinds(facts)) {
      const path = PROCESS.exec(source)?.[0];
      if (path !== undefined) yield { data: { how: "process", path }, at: origin };
    }
    for (const { mount, access } of tree.places("/proc")) {
      const operation = plan.operations[mount];
      if (operation !== undefined && access !== "masked") yield { data: { how: "bound" }, at: operation.origin };
    }
    const { pid } = plan.namespaces;
    const hasProc = plan.operations.some(({ kind, present }) => kind === "proc" && present);
    if (hasProc && !pid.value) yield { data: { how: "shared" }, at: pid.origin };
  },
});
