import { SYSTEM_SECRETS } from "../../../model/known-credentials.ts";
import { manual } from "../../evidence.ts";
import { showsAny } from "../../exposure.ts";
import { defineRule } from "../../rule.ts";
import { helpOf, type Told, toldToHide } from "../../told.ts";

export const rule = defineRule<Told>({
  id: "host/etc-shadow",
  severity: "info",
  title: "Password hashes, sudo rules, or keys and passwords of the system's services are shown.",
  why: "As an ordinary user their mode keeps them closed; run as root, as CI jobs often are, it does not.",
  sources: [manual("shadow(5)"), manual("sudoers(5)")],
  fix: "List the files of /etc that are needed, or mask these.",
  bad: { profile: "version: 1\nextends: [base]\nmounts:\n  /etc: ro\n" },
  good: { profile: "version: 1\nextends: [base]\nmounts:\n  /etc/ssl/certs: ro\n" },
  message: ({ paths }) => `${paths} can be read by a command that runs as root`,
  help: (told) => helpOf(told, "take this entry out"),
  *check(facts) {
    for (const exposure of showsAny(facts, SYSTEM_SECRETS)) yield toldToHide(facts, exposure);
  },
});
