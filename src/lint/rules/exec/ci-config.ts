import { peer } from "../../evidence.ts";
import { writesAny } from "../../exposure.ts";
import { inWorkplaces } from "../../project-files.ts";
import { defineRule } from "../../rule.ts";
import { helpOf, type Told, toldToLock } from "../../told.ts";

const FILES = [
  ".github/workflows",
  ".github/actions",
  ".forgejo/workflows",
  ".gitea/workflows",
  ".gitlab-ci.yml",
  ".circleci",
  "Jenkinsfile",
  ".woodpecker.yml",
  ".woodpecker",
  "azure-pipelines.yml",
  "bitbucket-pipelines.yml",
  ".travis.yml",
  ".drone.yml",
  ".buildkite",
  ".cirrus.yml",
  "appveyor.yml",
];

export const rule = defineRule<Told>({
  id: "exec/ci-config",
  severity: "info",
  title: "What tells a CI server what to run can be written.",
  why: "A change to it goes into the next commit with everything else, and runs where the secrets of releases are.",
  sources: [
    peer.sandboxRuntime("the files that are always denied"),
    {
      text: "GitHub on hardening workflows",
      url: "https://docs.github.com/en/actions/security-for-github-actions/security-guides/security-hardening-for-github-actions",
    },
  ],
  fix: "Protect it, or look at it in every review.",
  varies: true,
  bad: {
    profile: "version: 1\nextends: [base]\nmounts:\n  .: rw\n",
    where: "the project has `.github/workflows`",
    machine: { files: { "/home/user/project/.github/workflows/test.yml": "on: push\n" } },
  },
  good: {
    profile: "version: 1\nextends: [base]\nmounts:\n  .: rw\nprotect: [.github/workflows]\n",
    where: "the project has `.github/workflows`",
    machine: { files: { "/home/user/project/.github/workflows/test.yml": "on: push\n" } },
  },
  message: ({ paths }) => `${paths} can be written: a CI server runs what it says`,
  help: (told) => helpOf(told, "make this entry read-only"),
  *check(facts) {
    for (const exposure of writesAny(facts, inWorkplaces(facts, FILES))) yield toldToLock(facts, exposure);
  },
});
