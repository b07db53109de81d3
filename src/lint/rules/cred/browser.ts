import { CREDENTIALS } from "../../../model/known-credentials.ts";
import { peer } from "../../evidence.ts";
import { showsAny } from "../../exposure.ts";
import { placesOf } from "../../people.ts";
import { defineRule } from "../../rule.ts";
import { helpOf, type Told, toldToHide } from "../../told.ts";

export const rule = defineRule<Told>({
  id: "cred/browser",
  severity: "error",
  title: "Profiles of browsers, keyrings or password stores can be read.",
  why: "Cookies open every session that you have, and saved passwords the rest.",
  sources: [peer.nono("the groups of denied browser data and keychains")],
  fix: "Mask them. A browser for tests gets a profile directory of its own.",
  bad: { profile: "version: 1\nextends: [base]\nmounts:\n  ~/.mozilla: ro\n" },
  good: {
    profile: "version: 1\nextends: [base]\nmounts:\n  ~/.cache/acme-browser-profile: {access: rw, missing: create}\n",
  },
  message: ({ paths }) => `${paths} can be read: they open every session that you have`,
  help: (told) => helpOf(told, "take this entry out, and give the browser a profile of its own"),
  *check(facts) {
    const paths = placesOf(facts, CREDENTIALS.browsers);
    for (const exposure of showsAny(facts, paths)) yield toldToHide(facts, exposure);
  },
});
