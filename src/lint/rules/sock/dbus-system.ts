import { flatpakLint, issue } from "../../evidence.ts";
import { reachesAny } from "../../exposure.ts";
import { socketsOf } from "../../people.ts";
import { defineRule } from "../../rule.ts";
import { helpOf, type Told, toldToHide } from "../../told.ts";

export const rule = defineRule<Told>({
  id: "sock/dbus-system",
  severity: "warning",
  title: "The system bus can be reached without a filter.",
  why: "logind, UPower, NetworkManager, PackageKit and others answer there with root's rights, each by its own rules about who may ask.",
  sources: [issue("netblue30/firejail", 3184), flatpakLint("its ids for login1")],
  fix: "Do without, or put xdg-dbus-proxy with a list of rules in between.",
  bad: { profile: "version: 1\nextends: [base]\nmounts:\n  /run/dbus/system_bus_socket: ro\n" },
  good: { profile: "version: 1\nextends: [base]\nmounts:\n  /etc/machine-id: ro?\n" },
  message: ({ paths }) => `${paths} can be reached: services of root's answer on the system bus`,
  help: (told) => helpOf(told, "take this entry out, or mount the socket of an xdg-dbus-proxy instead"),
  *check(facts) {
    for (const exposure of reachesAny(facts, socketsOf(facts).systemBus)) yield toldToHide(facts, exposure);
  },
});
