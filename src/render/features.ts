/** What a bubblewrap can do: the options that its own `--help` lists. Distributions backport, so no versions. */
export interface Features {
  /** How messages name it: `bwrap 0.8.0`, or the name of a target. */
  readonly name: string;
  /** The program to start; absolute for a real one. */
  readonly file: string;
  readonly options: ReadonlySet<string>;
  /** The words in front of bwrap that the plan's machine asks for; undefined when that is not settled. */
  readonly before?: readonly string[];
}

/** Everything that sbx renders to, as Debian 12's 0.8.0 has it. */
const BASE =
  "--args --bind --cap-add --cap-drop --chdir --chmod --dev --dev-bind --die-with-parent --dir --disable-userns --gid " +
  "--hostname --json-status-fd --mqueue --new-session --perms --proc --remount-ro --ro-bind --ro-bind-data --setenv " +
  "--size --symlink --tmpfs --uid --unshare-cgroup --unshare-cgroup-try --unshare-ipc --unshare-net --unshare-pid " +
  "--unshare-user --unshare-user-try --unshare-uts";
const OVERLAY = "--overlay --overlay-src --ro-overlay --tmp-overlay";

const target = (name: string, options: string): Features => ({
  name,
  file: "bwrap",
  options: new Set(options.split(" ")),
});

/** The targets that `--target` knows beside the probed bwrap. */
export const TARGETS: readonly Features[] = [
  target("bwrap-0.8", BASE),
  target("bwrap-0.11", `${BASE} ${OVERLAY}`),
  target("bwrap-0.12", `${BASE} ${OVERLAY}`),
  target("bwrap-0.13", `${BASE} ${OVERLAY}`),
];
