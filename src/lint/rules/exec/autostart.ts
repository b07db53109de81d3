import { AUTOSTART } from "../../../model/known-places.ts";
import { flatpakLint, manual } from "../../evidence.ts";
import { writesAny } from "../../exposure.ts";
import { placesOf } from "../../people.ts";
import { defineRule } from "../../rule.ts";
import { helpOf, type Told, toldToLock } from "../../told.ts";

export const rule = defineRule<Told>({
  id: "exec/autostart",
  severity: "error",
  title: "What starts with a session or at a time (autostart, user units, desktop files, cron) can be written.",
  why: "What is put there is started outside of the sandbox, at the next login or the next minute.",
  sources: [
    flatpakLint("finish-args-autostart-filesystem-access"),
    flatpakLint("finish-args-desktopfile-filesystem-access"),
    manual("systemd.unit(5)"),
  ],
  fix: "Protect it, or make the entry narrower.",
  bad: { profile: "version: 1\nextends: [base]\nmounts:\n  ~/.config/systemd/user: rw\n" },
  good: { profile: "version: 1\nextends: [base]\nmounts:\n  ~/.config/systemd/user: ro?\n" },
  message: ({ paths }) => `${paths} can be written: what is put there is started outside of the sandbox`,
  help: (told) => helpOf(told, "make this entry read-only"),
  *check(facts) {
    const paths = placesOf(facts, AUTOSTART);
    for (const exposure of writesAny(facts, paths)) yield toldToLock(facts, exposure);
  },
});
