import { defineProblem } from "../../model/problem.ts";

/** A path as a word of a shell line. */
const word = (path: string): string => (/^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);

export const notKept = defineProblem<{ keep: string; reason: string }>({
  id: "overlay/not-kept",
  severity: "error",
  when: "The directory that `keep` names can't hold the layer of a copy-on-write mount.",
  message: ({ keep, reason }) => `${keep} can't keep a layer: ${reason}`,
  help: ({ keep }) => `look with \`ls -la ${word(keep)}\`, or name a directory that does not exist yet`,
});

export const layerInUse = defineProblem<{ keep: string }>({
  id: "overlay/in-use",
  severity: "error",
  when: "Another run writes to the layer: two at once would spoil it.",
  message: ({ keep }) => `another run is using the layer in ${keep}`,
  help: () => "wait until it has ended, or keep the layer of this one elsewhere",
});

export const notMounted = defineProblem<{ source: string; by: string; reason: string }>({
  id: "overlay/not-mounted",
  severity: "error",
  when: "The copy-on-write view of a directory can't be mounted.",
  message: ({ source, by, reason }) => `can't make a copy-on-write view of ${source} with ${by}: ${reason}`,
  help: ({ by }) =>
    by === "fuse-overlayfs"
      ? "see that /dev/fuse can be used: `fuse-overlayfs -o lowerdir=A,upperdir=B,workdir=C D`"
      : "install fuse-overlayfs, or bubblewrap 0.11 or later",
});

export const layerDied = defineProblem<{ source: string; how: string }>({
  id: "overlay/died",
  severity: "warning",
  when: "fuse-overlayfs ended by itself while the sandbox was there; from then on nothing in the view could be used.",
  message: ({ source, how }) =>
    `fuse-overlayfs, which made the view of ${source}, ended while the sandbox ran (${how})`,
  help: () => "see whether something killed it: `dmesg | tail`",
});

export const layerLeft = defineProblem<{ source: string; reason: string }>({
  id: "overlay/left",
  severity: "warning",
  when: "What made a copy-on-write view can't be ended.",
  message: ({ source, reason }) => `the view of ${source} can't be taken down: ${reason}`,
  help: () => "see what still uses it, and try `sbx clean`",
});
