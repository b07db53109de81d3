import { defineProblem } from "../model/problem.ts";

export const noOverlay = defineProblem<{ at: string; source: string; missing: readonly string[] }>({
  id: "cow/no-backend",
  severity: "error",
  when: "Nothing on this machine can make a copy-on-write view of a directory.",
  message: ({ source, missing }) => `nothing here can make a copy-on-write view of ${source}: ${missing.join("; ")}`,
  help: () => "install fuse-overlayfs, or bubblewrap 0.11 or later (`SBX_BWRAP=/path/to/bwrap` names one)",
});

export const keepNoDirectory = defineProblem<{ keep: string; found: string }>({
  id: "cow/keep-type",
  severity: "error",
  when: "What `keep` names is no directory.",
  message: ({ keep, found }) => `${keep} is a ${found}, and a layer is kept in a directory`,
  help: () => "name a directory that does not exist yet, or an empty one",
});

export const keepOverlaps = defineProblem<{ keep: string; source: string }>({
  id: "cow/keep-overlaps",
  severity: "error",
  when: "The directory that keeps a layer lies in the one whose view it is, or the other way round.",
  message: ({ keep, source }) => `${keep} can't keep the layer of ${source}: one lies in the other`,
  help: () => "name a directory elsewhere",
});

export const keepTwice = defineProblem<{ keep: string; at: string; other: string }>({
  id: "cow/keep-twice",
  severity: "error",
  when: "Two copy-on-write mounts keep their layers in one directory, or in one within the other.",
  message: ({ keep, at, other }) => `${keep} can't keep the layer of ${at}: it is used for that of ${other}`,
  help: () => "give each a directory of its own",
});

export const keepInReach = defineProblem<{ keep: string; source: string; at: string }>({
  id: "cow/keep-in-reach",
  severity: "error",
  when: "The command could write to the directory that keeps a layer by way of another mount.",
  message: ({ keep, source, at }) =>
    `${keep} can't keep a layer: ${at} shows ${source} writable, and the command could plant anything in it`,
  help: ({ source }) => `name a directory outside of ${source}`,
});

export const keepNotEmpty = defineProblem<{ keep: string }>({
  id: "cow/keep-not-empty",
  severity: "error",
  when: "The directory that is to keep a layer holds something else.",
  message: ({ keep }) => `${keep} can't keep a layer: it holds other things`,
  help: ({ keep }) => `look with \`ls -la ${keep}\`, and name a directory that is empty or does not exist`,
});

export const keepOfOther = defineProblem<{ keep: string; source: string; other: string }>({
  id: "cow/keep-of-other",
  severity: "error",
  when: "A kept layer belongs to another directory: over this one it would make no sense.",
  message: ({ keep, source, other }) => `${keep} keeps a layer of ${other}, not of ${source}`,
  help: () => "give each source a directory of its own",
});

export const keepNotOwn = defineProblem<{ keep: string; why: string }>({
  id: "cow/keep-not-own",
  severity: "error",
  when: "Somebody else can write to the directory that keeps a layer.",
  message: ({ keep, why }) => `${keep} can't keep a layer: ${why}`,
  help: ({ keep }) => `name one of your own; if it is, \`chmod go-w ${keep}\``,
});
