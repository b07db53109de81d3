import { HISTORIES } from "../../../model/known-credentials.ts";
import { peer } from "../../evidence.ts";
import { showsAny } from "../../exposure.ts";
import { placesOf } from "../../people.ts";
import { defineRule } from "../../rule.ts";
import { namesSecret, secretFilesIn } from "../../secret-files.ts";
import { helpOf, type Told, toldToHide } from "../../told.ts";

export const rule = defineRule<Told>({
  id: "cred/history",
  severity: "warning",
  title: "Histories of shells and consoles, or the project's own secrets (`.env`, `.envrc`, `*.pem` …), can be read.",
  why: "People type passwords and tokens, and paste them into files that git ignores.",
  sources: [peer.nono("the groups of denied files"), peer.aiJail("masked paths")],
  fix: 'Mask them: `mask: ["**/.env"]` hides each such file of the project, wherever it lies.',
  varies: true,
  bad: {
    profile: "version: 1\nextends: [base]\nmounts:\n  .: ro\n  ~/.bash_history: ro\n",
    where: "the project has a `.env`",
    machine: { files: { "/home/user/project/.env": "API_KEY=…\n" } },
  },
  good: {
    profile: "version: 1\nextends: [base]\nmounts:\n  .: ro\nmask: [.env]\n",
    where: "the project has a `.env`",
    machine: { files: { "/home/user/project/.env": "API_KEY=…\n" } },
  },
  message: ({ paths }) => `${paths} can be read, where secrets are typed or pasted`,
  help: (told) => helpOf(told, "take this entry out"),
  *check(facts) {
    const { plan, machine } = facts;
    const named = plan.operations.flatMap((operation) =>
      operation.kind === "bind" && namesSecret(operation.source.slice(operation.source.lastIndexOf("/") + 1))
        ? [operation.source]
        : [],
    );
    const own = machine === undefined ? [] : secretFilesIn(machine, plan.project);
    for (const exposure of showsAny(facts, placesOf(facts, HISTORIES), own, named)) yield toldToHide(facts, exposure);
  },
});
