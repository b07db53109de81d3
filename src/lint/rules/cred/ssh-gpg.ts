import { CREDENTIALS } from "../../../model/known-credentials.ts";
import { flatpakLint, peer } from "../../evidence.ts";
import { showsAny } from "../../exposure.ts";
import { placesOf } from "../../people.ts";
import { defineRule } from "../../rule.ts";
import { helpOf, type Told, toldToHide } from "../../told.ts";

/** Of what lies there this is told to everybody anyway, or is no key (ssh(1), gpg(1), FILES). */
const PUBLIC =
  /\/\.ssh\/(known_hosts2?(\.old)?|authorized_keys2?|config(\.d)?|[^/]+\.pub|allowed_signers)$|\/\.gnupg\/(pubring\.(kbx|gpg)|trustdb\.gpg|(gpg|gpg-agent|dirmngr|scdaemon|common)\.conf)$/;

export const rule = defineRule<Told>({
  id: "cred/ssh-gpg",
  severity: "error",
  title: "Keys of ssh or GnuPG can be read.",
  why: "They are you on every machine and under every signature, until somebody notices.",
  sources: [
    peer.nono("the group of denied credentials"),
    flatpakLint("finish-args-ssh-filesystem-access"),
    flatpakLint("finish-args-gnupg-filesystem-access"),
  ],
  fix: "Mask them. What ssh needs beside keys can be granted by itself: `~/.ssh/known_hosts: ro`.",
  bad: { profile: "version: 1\nextends: [base]\nmounts:\n  ~/.ssh: ro\n" },
  good: { profile: "version: 1\nextends: [base]\nmounts:\n  ~/.ssh/known_hosts: ro?\n" },
  message: ({ paths }) => `${paths} can be read: the keys there are you, wherever they are known`,
  help: (told) =>
    helpOf(told, "take this entry out, or grant the single file that is needed, such as ~/.ssh/known_hosts"),
  *check(facts) {
    const paths = placesOf(facts, CREDENTIALS.keys);
    for (const exposure of showsAny(facts, paths)) {
      const told = exposure.paths.filter((path) => !PUBLIC.test(path));
      if (told.length > 0) yield toldToHide(facts, { ...exposure, paths: told });
    }
  },
});
