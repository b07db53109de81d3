import type { Entry } from "../model/effective.ts";

/** The sections that put entries at destinations, and what kind each one puts there. */
export const DESTINATIONS = {
  mounts: "mount",
  marked: "marked",
  tmpfs: "tmpfs",
  dirs: "dir",
  files: "file",
  symlinks: "symlink",
} as const satisfies Readonly<Record<string, Entry["kind"]>>;

export type DestinationSection = keyof typeof DESTINATIONS;
