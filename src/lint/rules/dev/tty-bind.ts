import { devicesLike } from "../../device-entries.ts";
import { cve, manual } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";
import { listed } from "../../words.ts";

export const rule = defineRule<{ devices: string }>({
  id: "dev/tty-bind",
  severity: "warning",
  title: "A terminal of the host (/dev/tty*, /dev/pts, /dev/console) is given to the command.",
  why: "On a console TIOCLINUX pastes what was selected, on a terminal TIOCSTI types: into the shell that waits there, outside of the sandbox. /dev/tty alone stands for the own terminal and is harmless.",
  sources: [cve("CVE-2023-28100"), cve("CVE-2017-5226"), manual("ioctl_console(2)")],
  fix: "Have sbx make a terminal (`process.session: pty`), or a devpts of its own (`devices: [full]`).",
  bad: { profile: "version: 1\nextends: [base]\ndevices: [minimal, /dev/tty1]\n" },
  good: { profile: "version: 1\nextends: [base]\ndevices: [full]\n" },
  message: ({ devices }) => `${devices}: what is typed into a terminal of the host runs outside of the sandbox`,
  help: () =>
    "take it out; a terminal of the sandbox's own comes with `process: {session: pty}`, a devpts with `devices: [full]`",
  *check(facts) {
    for (const { paths, origin } of devicesLike(facts, /^\/dev\/(tty[0-9S]|ttyAMA|hvc|xvc|pts|console|vcs|ptmx)/)) {
      yield { data: { devices: listed(paths) }, at: origin };
    }
  },
});
