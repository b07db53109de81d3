import { expect, it } from "vitest";
import { lintProfile } from "../../src/linting/index.ts";
import { type Case, describeCases, PROJECT } from "./cases.ts";
import { exampleMachine, lintExample, TODAY } from "./example.ts";

const RW = "mounts:\n  .: rw";

const configured = (config: string, files: Readonly<Record<string, string>> = {}) => ({
  files: {
    [`${PROJECT}/.git/HEAD`]: "ref: refs/heads/main\n",
    [`${PROJECT}/.git/hooks/`]: "",
    [`${PROJECT}/.git/config`]: `[core]\n\tbare = false\n${config}\n`,
    ...files,
  },
});

const husky = configured("\thooksPath = .husky/_");

const found = (config: string): Case => ["exec/git-hooks", config, RW, ["4 warning"], configured(config)];
const silent = (config: string): Case => ["exec/git-hooks", `not ${config}`, RW, [], configured(config)];

describeCases("what the project's own repository has git run", [
  ["exec/git-hooks", "husky's hooks, which are not there yet", RW, ["4 warning"], husky],
  ["exec/git-hooks", "the same with git: ro", `${RW}\ngit: ro`, ["4 warning"], husky],
  ["exec/git-hooks", "none that are protected", `${RW}\nprotect: [{path: .husky/_, missing: skip}]`, [], husky],
  ["exec/git-hooks", "none that can only be read", "mounts:\n  .: ro", [], husky],
  [
    "exec/git-hooks",
    "none that are masked",
    `${RW}\nmask: [.husky]`,
    [],
    configured("\thooksPath = .husky/_", { [`${PROJECT}/.husky/_/pre-commit`]: "" }),
  ],
  [
    "exec/git-hooks",
    "hooks outside of the project",
    "mounts:\n  .: rw\n  /srv/hooks: rw",
    ["5 error"],
    configured("\thooksPath = /srv/hooks", { "/srv/hooks/pre-commit": "" }),
  ],
  [
    "exec/git-hooks",
    "what a worktree's repository names",
    RW,
    ["4 warning"],
    {
      files: {
        [`${PROJECT}/.git`]: "gitdir: /srv/main/.git/worktrees/w\n",
        "/srv/main/.git/config": "[core]\n\thooksPath = .hooks\n",
        "/srv/main/.git/hooks/": "",
        "/srv/main/.git/worktrees/w/HEAD": "ref: refs/heads/w\n",
        "/srv/main/.git/worktrees/w/commondir": "../..\n",
        "/srv/main/.git/worktrees/w/gitdir": `${PROJECT}/.git\n`,
      },
    },
  ],
  [
    "exec/git-hooks",
    "a script that is given to an interpreter",
    RW,
    ["4 warning"],
    configured('[filter "x"]\n\tsmudge = sh tools/smudge.sh', { [`${PROJECT}/tools/smudge.sh`]: "" }),
  ],
  found("\tfsmonitor = ./tools/x"),
  found("\tsshCommand = ./tools/ssh -v"),
  found('[filter "x"]\n\tclean = ./tools/clean.sh %f'),
  found('[Core] HooksPath = ".hooks" ; ours'),
  found("[include]\n\tpath = ../.gitconfig"),
  found("\thooksPath = .hooks\r"),
  found("\thooksPath = .ho\\\noks"),
  silent("\thooksPath = .hooks\n\thooksPath = /dev/null"),
  silent("\tsshCommand = ssh -i tools/key"),
  silent("\teditor = VISUAL=a/b vi"),
  silent('[filter "x"]\n\tclean = "$GIT_WORK_TREE/tools/clean"'),
  silent("\thooksPath = ~somebody/hooks"),
  silent("\tfsmonitor = true"),
  silent("\thooksPath ="),
  silent("\thooksPath = /dev/null"),
  silent('[filter "lfs"]\n\tclean = git-lfs clean -- %f'),
  silent('[filter "x"]\n\tclean = sed s/a/b/'),
  silent("# hooksPath = .husky/_"),
]);

it("says what to protect", async () => {
  const linted = await lintExample({ profile: `version: 1\nextends: [base]\n${RW}\n`, machine: husky });
  const [{ problem } = { problem: undefined }] = linted.findings.filter(
    ({ problem: { rule } }) => rule === "exec/git-hooks",
  );
  expect(problem?.message).toMatch(/^\.husky\/_ can be written: git outside/);
  expect(problem?.help).toContain("`protect: [{path: .husky/_, missing: skip}]`");
});

it("does not ask the machine when it may not", async () => {
  const host = exampleMachine("x.sandbox.yml", `version: 1\nextends: [base]\n${RW}\n`, husky);
  const linted = await lintProfile({ profile: `${PROJECT}/x.sandbox.yml` }, host, { today: TODAY, offline: true });
  expect(linted.findings.filter(({ problem: { rule } }) => rule === "exec/git-hooks")).toEqual([]);
});
