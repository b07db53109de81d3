import { cve, manual } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";

export const rule = defineRule<{ disabled: boolean }>({
  id: "tty/injection",
  severity: "error",
  about: "settings",
  title: "The command stays in the session of the caller's terminal.",
  why: "TIOCSTI puts characters into the terminal's input as if they had been typed, TIOCLINUX pastes on a console: the caller's shell runs them when the sandbox has ended. Where `dev.tty.legacy_tiocsti` is 0 the kernel refuses the first, not the second.",
  sources: [cve("CVE-2017-5226"), cve("CVE-2023-28100"), manual("ioctl_tty(2)")],
  fix: "Leave `process.session` at `auto`: a terminal of its own is made and relayed, with job control and editors.",
  bad: { profile: "version: 1\nextends: [base]\nprocess: {session: keep}\n" },
  good: { profile: "version: 1\nextends: [base]\nprocess: {session: auto}\n" },
  message: ({ disabled }) =>
    `the command may type into the caller's terminal${disabled ? " (on this machine's consoles; TIOCSTI is off here)" : ""}`,
  help: () => "write `session: auto`",
  *check({ plan, machine }) {
    const { value, origin } = plan.process.session;
    if (value !== "keep") return;
    yield { data: { disabled: machine?.readText("/proc/sys/dev/tty/legacy_tiocsti")?.trim() === "0" }, at: origin };
  },
});
