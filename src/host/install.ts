/** How a distribution installs a package, by the ID and ID_LIKE of os-release(5). */
const COMMANDS: Readonly<Record<string, string>> = {
  debian: "apt install",
  ubuntu: "apt install",
  fedora: "dnf install",
  rhel: "dnf install",
  arch: "pacman -S",
  alpine: "apk add",
  opensuse: "zypper install",
  suse: "zypper install",
};

/** The package that holds a program, where it has another name. */
const PACKAGES: Readonly<Record<string, string>> = {
  bwrap: "bubblewrap",
  setarch: "util-linux",
  linux32: "util-linux",
  prlimit: "util-linux",
};

/** What to type to install a program here; undefined on a distribution that sbx does not know. */
export function installCommand(program: string, osRelease: string, root: boolean): string | undefined {
  const ids = ["ID", "ID_LIKE"].flatMap((key) => {
    const value = new RegExp(`^${key}=(["']?)(.*)\\1$`, "m").exec(osRelease)?.[2] ?? "";
    return value.split(" ");
  });
  // openSUSE calls itself opensuse-leap, opensuse-tumbleweed …
  const known = ids.map((id) => id.replace(/^opensuse-.*/, "opensuse")).find((id) => Object.hasOwn(COMMANDS, id));
  if (known === undefined) return undefined;
  return `${root ? "" : "sudo "}${COMMANDS[known]} ${Object.hasOwn(PACKAGES, program) ? PACKAGES[program] : program}`;
}
