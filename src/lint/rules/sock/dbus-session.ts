import { bubblewrapReadme, issue } from "../../evidence.ts";
import { reachesAny } from "../../exposure.ts";
import { socketsOf } from "../../people.ts";
import { defineRule } from "../../rule.ts";
import { helpOf, type Told, toldToHide } from "../../told.ts";

export const rule = defineRule<Told>({
  id: "sock/dbus-session",
  severity: "error",
  title: "The session bus can be reached without a filter.",
  why: "On the session bus systemd starts a unit for whoever asks (`StartTransientUnit`), terminals open windows that run commands, the keyring answers: all of it outside of the sandbox.",
  sources: [issue("netblue30/firejail", 796), bubblewrapReadme],
  fix: "Put xdg-dbus-proxy with a list of rules in between, and mount its socket instead.",
  bad: {
    profile:
      'version: 1\nextends: [base]\nmounts:\n  "${XDG_RUNTIME_DIR}/bus": rw\nenv:\n  pass: [DBUS_SESSION_BUS_ADDRESS]\n',
  },
  good: {
    profile:
      'version: 1\nextends: [base]\nmounts:\n  "${XDG_RUNTIME_DIR}/bus": {from: "${XDG_RUNTIME_DIR}/acme-dbus-proxy", access: rw, missing: skip}\n',
  },
  message: ({ paths }) => `${paths} can be reached: on the session bus programs are started outside of the sandbox`,
  help: (told) => helpOf(told, "take this entry out, or mount the socket of an xdg-dbus-proxy instead"),
  *check(facts) {
    for (const exposure of reachesAny(facts, socketsOf(facts).sessionBus)) yield toldToHide(facts, exposure);
  },
});
