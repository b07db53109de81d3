import { flatpakLint } from "../../evidence.ts";
import { reachesAny } from "../../exposure.ts";
import { socketsOf } from "../../people.ts";
import { defineRule } from "../../rule.ts";
import { helpOf, type Told, toldToHide } from "../../told.ts";

export const rule = defineRule<Told>({
  id: "sock/gpg-agent",
  severity: "warning",
  title: "The sockets of GnuPG's agent or key box can be reached.",
  why: "The agent signs and decrypts for whoever asks as long as it remembers the passphrase.",
  sources: [flatpakLint("finish-args-has-socket-gpg-agent"), flatpakLint("finish-args-gnupg-filesystem-access")],
  fix: "Sign outside of the sandbox, when what was built has been looked at.",
  bad: { profile: 'version: 1\nextends: [base]\nmounts:\n  "${XDG_RUNTIME_DIR}/gnupg": ro\n' },
  good: { profile: "version: 1\nextends: [base]\nmounts:\n  .: rw\n" },
  message: ({ paths }) => `${paths} can be reached: GnuPG's agent signs and decrypts for whoever asks`,
  help: (told) => helpOf(told, "take this entry out, and sign outside of the sandbox"),
  *check(facts) {
    for (const exposure of reachesAny(facts, socketsOf(facts).gpgAgent)) yield toldToHide(facts, exposure);
  },
});
