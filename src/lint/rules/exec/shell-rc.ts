import { SHELL_FILES } from "../../../model/known-places.ts";
import { manual, peer } from "../../evidence.ts";
import { writesAny } from "../../exposure.ts";
import { placesOf } from "../../people.ts";
import { defineRule } from "../../rule.ts";
import { helpOf, type Told, toldToLock } from "../../told.ts";

export const rule = defineRule<Told>({
  id: "exec/shell-rc",
  severity: "error",
  title: "A start-up file of a shell can be written.",
  why: "The next terminal that is opened runs it, as you and outside of the sandbox.",
  sources: [peer.sandboxRuntime("the files that are always denied"), manual("bash(1)")],
  fix: "Protect it, or make the entry narrower.",
  bad: { profile: "version: 1\nextends: [base]\nmounts:\n  ~/.bashrc: rw\n" },
  good: { profile: "version: 1\nextends: [base]\nmounts:\n  ~/.bashrc: ro?\n" },
  message: ({ paths }) => `${paths} can be written: the next shell outside of the sandbox runs it`,
  help: (told) => helpOf(told, "make this entry read-only"),
  *check(facts) {
    const paths = placesOf(facts, SHELL_FILES);
    for (const exposure of writesAny(facts, paths)) yield toldToLock(facts, exposure);
  },
});
