import { CREDENTIALS } from "../../../model/known-credentials.ts";
import { peer } from "../../evidence.ts";
import { showsAny } from "../../exposure.ts";
import { placesOf } from "../../people.ts";
import { defineRule } from "../../rule.ts";
import { helpOf, type Told, toldToHide } from "../../told.ts";

/** What was downloaded for everybody, beside the credentials. */
const HARMLESS =
  /\/((\.kube\/(http-)?|\.minikube\/)cache|\.terraform\.d\/(plugin-cache|plugins|checkpoint_cache))(\/|$)/;

export const rule = defineRule<Told>({
  id: "cred/cloud",
  severity: "error",
  title: "Credentials of cloud providers, clusters, registries of containers or vaults can be read.",
  why: "They act as you on machines that cost money and hold data, from anywhere.",
  sources: [peer.nono("the group of denied credentials"), peer.aiJail("masked paths")],
  fix: "Mask them. Give the command a token that lasts as long as it does.",
  bad: { profile: "version: 1\nextends: [base]\nmounts:\n  ~/.aws: ro\n" },
  good: { profile: "version: 1\nextends: [base]\nmounts:\n  ~/.config/acme: ro?\n" },
  message: ({ paths }) => `${paths} can be read: they act as you in the cloud`,
  help: (told) => helpOf(told, "take this entry out, and hand in a token that lasts as long as the run"),
  *check(facts) {
    const paths = placesOf(facts, CREDENTIALS.cloud);
    for (const exposure of showsAny(facts, paths)) {
      const told = exposure.paths.filter((path) => !HARMLESS.test(path));
      if (told.length > 0) yield toldToHide(facts, { ...exposure, paths: told });
    }
  },
});
