import type { Host } from "./host.ts";
import { below, normalise } from "./path.ts";

// Where programs keep what others must not have, by their own documentation. Paths without a leading slash lie in the
// home directory.

/** What lets whoever reads it act as the user. */
export const CREDENTIALS = {
  /** ssh(1), gpg(1). */
  keys: [".ssh", ".gnupg"],
  /** The command lines of cloud providers, clusters and vaults. */
  cloud: [
    ".aws",
    ".azure",
    ".config/gcloud",
    ".kube",
    ".docker/config.json",
    ".config/containers/auth.json",
    ".terraform.d",
    ".vault-token",
    ".config/doctl",
    ".config/hcloud",
    ".oci",
    ".config/rclone",
    ".config/sops/age/keys.txt",
    ".pulumi/credentials.json",
    ".terraformrc",
    ".s3cfg",
    ".boto",
    ".databrickscfg",
    ".config/op",
    ".fly/config.yml",
    ".aliyun",
    ".bluemix",
    ".minikube",
  ],
  /** Package registries and code hosts: npm, PyPI, crates.io, netrc, git-credential-store(1), gh, RubyGems, Maven … */
  registries: [
    ".npmrc",
    ".pypirc",
    ".cargo/credentials",
    ".cargo/credentials.toml",
    ".netrc",
    ".authinfo",
    ".git-credentials",
    ".config/git/credentials",
    ".config/gh",
    ".config/hub",
    ".config/glab-cli",
    ".gem/credentials",
    ".local/share/gem/credentials",
    ".bundle/config",
    ".yarnrc.yml",
    ".config/pypoetry/auth.toml",
    ".nuget/NuGet/NuGet.Config",
    ".m2/settings.xml",
    ".gradle/gradle.properties",
    ".composer/auth.json",
    ".config/composer/auth.json",
    ".config/helm/registry/config.json",
    ".pgpass",
    ".my.cnf",
    ".mylogin.cnf",
    ".cache/huggingface/token",
    ".config/github-copilot",
  ],
  /** Cookies and saved passwords, keyrings, password stores. */
  browsers: [
    ".mozilla",
    ".config/mozilla",
    "snap/firefox",
    ".var/app/org.mozilla.firefox",
    ".var/app/com.google.Chrome",
    "snap/chromium",
    ".config/google-chrome",
    ".config/google-chrome-beta",
    ".config/opera",
    ".config/chromium",
    ".config/BraveSoftware",
    ".config/microsoft-edge",
    ".config/vivaldi",
    ".librewolf",
    ".thunderbird",
    ".config/Signal",
    ".config/Slack",
    ".config/discord",
    ".local/share/keyrings",
    ".local/share/kwalletd",
    ".password-store",
    ".config/Bitwarden",
    ".config/1Password",
    ".pki/nssdb",
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** What was typed, passwords and tokens among it. */
export const HISTORIES: readonly string[] = [
  ".bash_history",
  ".zsh_history",
  ".zhistory",
  ".histfile",
  ".local/share/fish/fish_history",
  ".python_history",
  ".ipython/profile_default/history.sqlite",
  ".irb_history",
  ".node_repl_history",
  ".psql_history",
  ".mysql_history",
  ".sqlite_history",
  ".rediscli_history",
  ".local/share/atuin",
  ".lesshst",
  ".viminfo",
];

/** What every new shell or session runs (bash(1), zsh(1), fish(1), Xsession(5)), and what lets others in (sshd(8), ssh_config(5)). */
export const SHELL_FILES: readonly string[] = [
  ".profile",
  ".bashrc",
  ".bash_profile",
  ".bash_login",
  ".bash_aliases",
  ".bash_logout",
  ".bashrc.d",
  ".zshenv",
  ".zshrc",
  ".zprofile",
  ".zlogin",
  ".zlogout",
  ".config/zsh",
  ".kshrc",
  ".cshrc",
  ".tcshrc",
  ".mkshrc",
  ".login",
  ".oh-my-zsh",
  ".config/fish",
  ".config/nushell",
  ".config/powershell",
  ".inputrc",
  ".tmux.conf",
  ".xprofile",
  ".xsession",
  ".xsessionrc",
  ".xinitrc",
  ".pam_environment",
  ".ssh/authorized_keys",
  ".ssh/config",
  ".ssh/rc",
];

/** What starts with a session, or at a time: the Desktop Application Autostart Specification, systemd.unit(5), cron(8). */
export const AUTOSTART: readonly string[] = [
  ".config/autostart",
  ".config/autostart-scripts",
  ".config/plasma-workspace",
  ".config/systemd/user",
  ".local/share/systemd/user",
  ".config/containers/systemd",
  ".config/environment.d",
  ".local/share/applications",
  ".local/share/dbus-1/services",
  ".config/sway",
  ".config/hypr",
  ".config/i3",
  "/etc/cron.d",
  "/etc/crontab",
  "/var/spool/cron",
  "/var/spool/at",
  "/run/systemd/system",
];

/** git's own files of the user: `core.hooksPath`, `core.fsmonitor`, filters and `core.sshCommand` (git-config(1)). */
export const GIT_FILES: readonly string[] = [".gitconfig", ".config/git"];

/** By what editors and agents run commands, hooks, servers and extensions in every project. */
export const EDITOR_FILES: readonly string[] = [
  ".vimrc",
  ".vim",
  ".config/nvim",
  ".local/share/nvim",
  ".emacs",
  ".emacs.d",
  ".config/emacs",
  ".config/zed",
  ".config/JetBrains",
  ".vscode-server",
  ".config/direnv",
  ".cargo/config.toml",
  ".gradle/init.d",
  ".vscode",
  ".config/Code",
  ".cursor",
  ".config/Cursor",
  ".claude",
  ".claude.json",
  ".codex",
  ".gemini",
  ".config/mise",
  ".gdbinit",
];

/** Where package managers put programs that shells then find. */
export const USER_PROGRAMS: readonly string[] = [
  ".local/bin",
  "bin",
  ".cargo/bin",
  "go/bin",
  ".npm-global/bin",
  ".deno/bin",
  ".bun/bin",
  ".nvm",
  ".pyenv",
  ".rbenv",
  ".volta/bin",
  ".yarn/bin",
  ".local/share/pnpm",
  ".dotnet/tools",
  ".krew/bin",
  ".asdf",
  ".local/share/mise/shims",
];

/** Hashes, rules and keys of the system, readable to root alone. */
export const SYSTEM_SECRETS: readonly string[] = [
  "/etc/shadow",
  "/etc/shadow-",
  "/etc/gshadow",
  "/etc/gshadow-",
  "/etc/sudoers",
  "/etc/sudoers.d",
  "/etc/ssh/ssh_host_ecdsa_key",
  "/etc/ssh/ssh_host_ed25519_key",
  "/etc/ssh/ssh_host_rsa_key",
  "/etc/ssl/private",
  "/etc/krb5.keytab",
  "/etc/security/opasswd",
  "/etc/pki/tls/private",
  "/etc/NetworkManager/system-connections",
  "/etc/wireguard",
  "/etc/letsencrypt",
  "/etc/kubernetes",
];

/** Where a path of one of the lists above is on a machine: in the home, or where the environment says instead, or both. */
export function placesOn({ home, env }: Pick<Host, "home" | "env">, name: string): readonly string[] {
  if (name.startsWith("/")) return [name];
  const usual = below(home, name);
  for (const [directory, variable] of BASES) {
    const moved = env[variable];
    if (!name.startsWith(`${directory}/`) || !moved?.startsWith("/")) continue;
    const place = below(normalise(moved), name.slice(directory.length + 1));
    return place === usual ? [usual] : [usual, place];
  }
  return [usual];
}

/** XDG Base Directory Specification. */
const BASES = [
  [".config", "XDG_CONFIG_HOME"],
  [".local/share", "XDG_DATA_HOME"],
] as const;

/** Nodes that machines have, one of each kind: what a pattern like `/dev/sd*` lets in (kernel doc, admin-guide/devices.txt). */
export const KNOWN_DEVICES: readonly string[] = [
  ...["sda", "nvme0n1", "vda", "mmcblk0", "dm-0", "md0", "nbd0", "zram0", "sg0", "loop0", "pmem0"],
  ...["mem", "kmem", "port", "kmsg", "cpu/0/msr", "console", "tty0", "tty1", "ttyS0", "ttyUSB0", "vcs", "ptmx"],
  ...[
    "hidraw0",
    "uhid",
    "uinput",
    "input/event0",
    "kvm",
    "vboxdrv",
    "userfaultfd",
    "fuse",
    "net/tun",
    "vhost-net",
    "video0",
    "tpm0",
  ],
  ...["dri/card0", "dri/renderD128", "snd/controlC0", "nvidia0", "kfd", "vfio/vfio", "mapper/control"],
].map((name) => `/dev/${name}`);
