import { issue } from "../../evidence.ts";
import { reachesAny } from "../../exposure.ts";
import { cookiesOf, socketsOf } from "../../people.ts";
import { defineRule } from "../../rule.ts";
import { helpOf, type Told, toldToHide } from "../../told.ts";

export const rule = defineRule<Told>({
  id: "sock/x11",
  severity: "error",
  title: "The X server's socket, or the cookie that opens it, can be reached.",
  why: "Every client of an X server reads all keys, sees all windows and types into them: into a terminal outside of the sandbox as well. `DISPLAY` alone opens nothing; with the host's network the server's abstract socket may, which is `sock/x11-abstract`.",
  sources: [issue("netblue30/firejail", 57), issue("netblue30/firejail", 544)],
  fix: "Use Wayland, or an X server of the sandbox's own (Xephyr, Xvfb).",
  bad: { profile: "version: 1\nextends: [base]\nmounts:\n  /tmp/.X11-unix: ro\nenv:\n  pass: [DISPLAY]\n" },
  good: { profile: "version: 1\nextends: [base]\nenv:\n  set: {QT_QPA_PLATFORM: offscreen}\n" },
  message: ({ paths }) => `${paths} can be reached: clients of an X server read and type every key`,
  help: (told) => helpOf(told, "take this entry out, and use Wayland or an X server of the sandbox's own"),
  *check(facts) {
    for (const exposure of reachesAny(facts, socketsOf(facts).x11, cookiesOf(facts))) yield toldToHide(facts, exposure);
  },
});
