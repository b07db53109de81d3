import { flatpakLint, issue } from "../../evidence.ts";
import { reachesAny } from "../../exposure.ts";
import { socketsOf } from "../../people.ts";
import { defineRule } from "../../rule.ts";
import { helpOf, type Told, toldToHide } from "../../told.ts";

export const rule = defineRule<Told>({
  id: "sock/systemd-user",
  severity: "error",
  title: "A socket of systemd's own can be reached, the user's or the system's.",
  why: "systemd listens beside the buses, too (`private`), and starts services for whoever may ask: outside of the sandbox.",
  sources: [flatpakLint("finish-args-systemd1-talk-name"), issue("netblue30/firejail", 960)],
  fix: "Take it out: nothing that runs in a sandbox needs it.",
  bad: { profile: 'version: 1\nextends: [base]\nmounts:\n  "${XDG_RUNTIME_DIR}/systemd": ro\n' },
  good: { profile: "version: 1\nextends: [base]\nmounts:\n  /run/systemd/resolve/stub-resolv.conf: ro?\n" },
  message: ({ paths }) => `${paths} can be reached: systemd starts services outside of the sandbox`,
  help: (told) => helpOf(told, "take this entry out"),
  *check(facts) {
    for (const exposure of reachesAny(facts, socketsOf(facts).systemd)) {
      // To be told that a service is ready starts nothing (sd_notify(3)).
      if (!exposure.paths.every((path) => path.endsWith("/notify"))) yield toldToHide(facts, exposure);
    }
  },
});
