import type { Host } from "../model/host.ts";
import { below } from "../model/path.ts";
import { ABSENT, type Shown, typeOf } from "./content.ts";

/** The layer of a view. */
export interface Layer {
  /** The directory on the host where it lies. */
  readonly upper: string;
  /** Whether a directory that is removed and made anew has its old content again: fuse-overlayfs (measured with 1.10). */
  readonly revives: boolean;
}

/**
 * What a copy-on-write view shows whose layer earlier runs have written; `lower` is what shows where the layer, which
 * lies at `upper`, says nothing. Names are the lower directory's wherever it has one, so that what hides or protects a
 * file there does so here, whatever became of it. A directory that was replaced by another one of the same name can't be
 * told from one that wasn't: what the former held is taken to be there still, and is hidden or protected in vain.
 */
export function lookThrough(
  lower: (inner: string) => Shown,
  inner: string,
  { upper, revives }: Layer,
  host: Host,
): Shown {
  const shown = lower(inner);
  if (inner === "") return shown;
  const names = inner.split("/");
  let path = upper;
  // Part by part: a link in the layer would lead the look elsewhere.
  for (const [index, name] of names.entries()) {
    path = below(path, name);
    const stat = host.lstat(path);
    if (stat === undefined) return shown;
    if (stat.type === "directory") continue;
    // A whiteout, which is a device, stands for what was removed (overlayfs.rst); and nothing lies below a file.
    if (stat.type === "character" || index < names.length - 1) return revives ? shown : ABSENT;
    const facts = { access: "rw", host: shown.host ?? path } as const;
    if (stat.type !== "link") return { ...facts, type: typeOf(stat), content: "host" };
    return { ...facts, type: "link", content: "link", target: host.readlink(path) ?? "" };
  }
  return { type: "directory", access: "rw", content: "host", host: shown.host ?? path };
}
