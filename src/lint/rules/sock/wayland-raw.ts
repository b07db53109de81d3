import { reachesAny } from "../../exposure.ts";
import { socketsOf } from "../../people.ts";
import { defineRule } from "../../rule.ts";
import { helpOf, type Told, toldToHide } from "../../told.ts";

export const rule = defineRule<Told>({
  id: "sock/wayland-raw",
  severity: "info",
  title: "The Wayland compositor's own socket can be reached.",
  why: "A client without a security context may use what the compositor keeps for trusted ones: screenshots, the clipboard at any time, input methods. How much that is depends on the compositor.",
  sources: [
    {
      text: "Wayland's security-context protocol",
      url: "https://wayland.app/protocols/security-context-v1",
    },
  ],
  fix: "Have the compositor make a socket with a security context, and mount that.",
  bad: { profile: 'version: 1\nextends: [base]\nmounts:\n  "${XDG_RUNTIME_DIR}/wayland-0": ro\n' },
  good: {
    profile:
      'version: 1\nextends: [base]\nmounts:\n  "${XDG_RUNTIME_DIR}/wayland-0": {from: "${XDG_RUNTIME_DIR}/acme-wayland", access: ro, missing: skip}\n',
  },
  message: ({ paths }) => `${paths} can be reached: the compositor takes a client there for a trusted one`,
  help: (told) => helpOf(told, "mount a socket that the compositor made with a security context"),
  *check(facts) {
    for (const exposure of reachesAny(facts, socketsOf(facts).wayland)) yield toldToHide(facts, exposure);
  },
});
