import { CREDENTIALS } from "../../../model/known-credentials.ts";
import { peer } from "../../evidence.ts";
import { showsAny } from "../../exposure.ts";
import { placesOf } from "../../people.ts";
import { defineRule } from "../../rule.ts";
import { helpOf, type Told, toldToHide } from "../../told.ts";

export const rule = defineRule<Told>({
  id: "cred/registry",
  severity: "error",
  title: "Tokens of package registries and code hosts, or passwords of databases, can be read.",
  why: "With them whoever reads them publishes packages and pushes commits as you: that is how worms spread through registries.",
  sources: [
    peer.pmg("variables and files that it keeps from package managers"),
    peer.nono("the group of denied credentials"),
  ],
  fix: "Mask them. For an install from a private registry, hand in a token that can only read.",
  bad: { profile: "version: 1\nextends: [base]\nmounts:\n  ~/.npmrc: ro\n" },
  good: { profile: "version: 1\nextends: [base]\nmounts:\n  ~/.config/pip/pip.conf: ro?\n" },
  message: ({ paths }) => `${paths} can be read: whoever has them acts as you at registries, code hosts or databases`,
  help: (told) => helpOf(told, "take this entry out, and hand in a token that can only read"),
  *check(facts) {
    const paths = placesOf(facts, CREDENTIALS.registries);
    for (const exposure of showsAny(facts, paths)) yield toldToHide(facts, exposure);
  },
});
