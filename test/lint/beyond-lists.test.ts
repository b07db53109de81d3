import { describe, expect, it } from "vitest";
import { type Case, describeCases, PROJECT } from "./cases.ts";
import { lintExample } from "./example.ts";

const shown = (rule: string, severity: string, path: string): Case => [
  rule,
  path,
  `mounts:\n  ${path}: ro`,
  [`4 ${severity}`],
];
const written = (rule: string, severity: string, path: string): Case => [
  rule,
  path,
  `mounts:\n  ${path}: rw`,
  [`4 ${severity}`],
];

describeCases("known places", [
  ...[
    "~/.config/composer/auth.json",
    "~/.local/share/gem/credentials",
    "~/.config/helm/registry/config.json",
    "~/.config/hub",
    "~/.authinfo",
  ].map((path) => shown("cred/registry", "error", path)),
  ...["~/.aliyun", "~/.bluemix", "~/.minikube"].map((path) => shown("cred/cloud", "error", path)),
  ["cred/cloud", "no images", "mounts:\n  ~/.minikube/cache: ro", []],
  ...["~/.config/mozilla", "~/.config/Bitwarden", "~/.config/1Password", "~/.pki"].map((path) =>
    shown("cred/browser", "error", path),
  ),
  ...[
    "~/.ipython",
    "~/.irb_history",
    "~/.local/share/atuin",
    "~/.lesshst",
    "~/.viminfo",
    "~/.histfile",
    "~/.zhistory",
  ].map((path) => shown("cred/history", "warning", path)),
  ["cred/history", "nothing that starts with ipython", "mounts:\n  ~/.ipython/profile_default/startup: ro", []],
  ...["~/.config/autostart-scripts", "~/.config/plasma-workspace", "~/.config/containers/systemd"].map((path) =>
    written("exec/autostart", "error", path),
  ),
  ...["~/.mkshrc", "~/.tmux.conf", "~/.inputrc", "~/.config/nushell", "~/.config/powershell"].map((path) =>
    written("exec/shell-rc", "error", path),
  ),
  ...["~/.local/share/pnpm", "~/.dotnet/tools", "~/.krew/bin", "~/.yarn/bin"].map((path) =>
    written("exec/host-bin", "error", path),
  ),
  ["exec/host-bin", "no store of packages", "mounts:\n  ~/.local/share/pnpm/store: rw", []],
  written("exec/editor", "warning", "~/.claude.json"),
  ...["/tmp", "~/.1password"].map((path) => shown("sock/ssh-agent", "warning", path)),
  ["sock/ssh-agent", "none that is masked", 'mounts:\n  /tmp: ro\nmask: ["/tmp/ssh-*"]', []],
  [
    "sock/docker",
    "what DOCKER_HOST names",
    "mounts:\n  /srv: ro",
    ["4 error"],
    { env: { DOCKER_HOST: "unix:///srv/d.sock" } },
  ],
  ["sock/docker", "no server of a network", "mounts:\n  /srv: ro", [], { env: { DOCKER_HOST: "tcp://srv:2375" } }],
  ...["/dev/net", "/dev/kmsg", "/dev/vboxdrv", "/dev/userfaultfd"].map(
    (path): Case => ["dev/kvm-fuse-tun", path, `devices: [minimal, ${path}]`, ["3 info"]],
  ),
  ["dev/kvm-fuse-tun", "nothing that begins like it", "devices: [minimal, /dev/network_latency]", []],
]);

const PK = {
  files: { [`${PROJECT}/pk/.vscode/tasks.json`]: "", "/srv/a/.github/workflows/x.yml": "", "/srv/a/.claude/": "" },
};

describeCases("what is run where somebody works", [
  ["exec/editor", "in a part of the project", "mounts:\n  ./pk: rw", ["4 warning"], PK],
  ["exec/editor", "in another directory", "mounts:\n  /srv/a: rw", ["4 warning"], PK],
  ["exec/editor", "nothing that can only be read", "mounts:\n  ./pk: ro\n  /srv/a: ro", [], PK],
  ["exec/editor", "nothing that is protected", "mounts:\n  ./pk: rw\nprotect: [pk/.vscode]", [], PK],
  ["exec/ci-config", "in another directory", "mounts:\n  /srv/a: rw", ["4 info"], PK],
  ["exec/ci-config", "nothing in one without", "mounts:\n  ./pk: rw", [], PK],
  ...["opencode.json", ".husky/pre-commit", ".exrc", ".config/mise.toml", ".devcontainer.json"].map(
    (name): Case => ["exec/editor", name, "mounts:\n  .: rw", ["4 warning"], { files: { [`${PROJECT}/${name}`]: "" } }],
  ),
  ...[".travis.yml", ".buildkite/pipeline.yml", ".forgejo/workflows/x.yml", ".woodpecker/x.yml"].map(
    (name): Case => ["exec/ci-config", name, "mounts:\n  .: rw", ["4 info"], { files: { [`${PROJECT}/${name}`]: "" } }],
  ),
]);

describeCases("variables by their names", [
  ...["GTK_MODULES: /tmp/x.so", "LUA_INIT: x()"].map(
    (set): Case => ["env/loader", set, `env:\n  set:\n    ${set}`, ["5 error"]],
  ),
  ...["LUA_PATH: ./?.lua;;", "GTK_MODULES: gail:atk-bridge", "PAGER: /tmp/x"].map(
    (set): Case => ["env/loader", `nothing in ${set}`, `env:\n  set:\n    ${set}`, []],
  ),
  ...["MAX_TOKENS", "CLAUDE_CODE_MAX_OUTPUT_TOKENS", "TOKEN_COUNT_MAX", "PUBLIC_KEY", "SSH_AUTH_SOCK"].map(
    (name): Case => ["env/secret", `nothing in ${name}`, `env: {pass: [${name}]}`, [], { env: { [name]: "1" } }],
  ),
  ...["MAX_TOKEN", "API_TOKENS", "PRIVATE_KEY", "DATABASE_URL", "VAULT_SECRET_ID"].map(
    (name): Case => ["env/secret", name, `env: {pass: [${name}]}`, ["3 warning"], { env: { [name]: "1" } }],
  ),
]);

describe("the words of a finding", () => {
  const REPOSITORIES = Object.fromEntries(
    Array.from({ length: 50 }, (_, n) => [`/srv/r${n + 10}/.git/HEAD`, "ref: x"]),
  );

  it.each([
    [
      "env/secret",
      "env:\n  require: [NPM_TOKEN]",
      "NPM_TOKEN is passed to every process inside: by its name it holds a secret",
    ],
    ["env/secret", 'env: {pass: ["NPM_TOKE?", "*_XTOKEN"]}', "for every process inside to read"],
    [
      "env/loader",
      'env: {pass: ["NODE_*"]}',
      "the caller's NODE_OPTIONS and NODE_PATH are code for every program inside",
    ],
    ["env/loader", "env: {pass: [NODE_PATH]}", "the caller's NODE_PATH is code for every program inside"],
    ["cred/registry", "mounts: {~/.pgpass: ro}", "whoever has them acts as you at registries, code hosts or databases"],
  ])("%s: %s", async (rule, lines, text) => {
    const { findings } = await lintExample({ profile: `version: 1\nextends: [base]\n${lines}\n` });
    const [found] = findings.filter(({ problem }) => problem.rule === rule);
    expect(found?.problem.message).toContain(text);
  });

  it.each([
    [50, "`, and 47 more of them, or narrow this entry"],
    [30, "`, or narrow this entry"],
  ])("name a few of %i repositories to protect", async (count, end) => {
    const files = Object.fromEntries(Object.entries(REPOSITORIES).slice(0, count));
    const { findings } = await lintExample({
      profile: "version: 1\nextends: [base]\nmounts: {/srv: rw}\n",
      machine: { files },
    });
    const [found] = findings.filter(({ problem }) => problem.rule === "exec/git-hooks");
    expect(found?.problem.help?.endsWith(end)).toBe(true);
    expect(found?.problem.help?.match(/path:/g)).toHaveLength(count > 40 ? 3 : count);
    expect(found?.fix?.edits).toHaveLength(count);
  });
});
