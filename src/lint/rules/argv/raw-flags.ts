import { issue } from "../../evidence.ts";
import { defineRefused } from "../../rule.ts";

export const rule = defineRefused({
  id: "argv/raw-flags",
  severity: "error",
  title: "Options of bwrap stand in the profile as they are.",
  why: "Nothing that explains, compares or checks a profile knows what they do. The language has no field for them.",
  sources: [issue("igo95862/bubblejail", 85)],
  fix: "Say it with the fields of the language; what is missing there is worth an issue.",
  refusedAs: ["profile/unknown-key"],
  bad: { profile: "version: 1\nextends: [base]\nbwrapArgs: [--bind, /, /]\n" },
  good: { profile: "version: 1\nextends: [base]\nmounts:\n  /srv: ro?\n" },
});
