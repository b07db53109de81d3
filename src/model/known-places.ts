import type { Host } from "./host.ts";
import { below, normalise } from "./path.ts";

// What others must not write, by the documentation of the programs that keep it. Paths without a leading slash lie in the home
// directory.

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

/** Where a path of one of these lists, or of those of `known-credentials.ts`, is on a machine: in the home, or where the environment says instead, or both. */
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
