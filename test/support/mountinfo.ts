/** One mount of a sandbox, as `/proc/self/mountinfo` tells it (proc(5)). */
export interface SeenMount {
  readonly id: string;
  /** The mount that its mount point lies in. */
  readonly parent: string;
  readonly device: string;
  /** The directory or file of the file system that it shows. */
  readonly root: string;
  readonly point: string;
  readonly options: readonly string[];
  readonly type: string;
}

/** Octal escapes stand for space, tab, line feed and backslash. */
const plain = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

/** The mounts of a mountinfo text, in its order. Not the parser of sbx: the tests must not share its mistakes. */
export function seenMounts(text: string): SeenMount[] {
  const lines = text.split("\n").filter((line) => line.includes(" - "));
  return lines.map((line) => {
    const [before = "", after = ""] = line.split(" - ");
    const [id = "", parent = "", device = "", root = "", point = "", options = ""] = before.split(" ");
    const [type = ""] = after.split(" ");
    return { id, parent, device, root: plain(root), point: plain(point), options: options.split(","), type };
  });
}

/** The mounts that a path can lead to: what a later mount covers is still listed, but nobody gets there. */
export function reachableMounts(mounts: readonly SeenMount[]): SeenMount[] {
  const root = mounts.find(({ point, parent }) => point === "/" && !mounts.some(({ id }) => id === parent));
  const over = (below: SeenMount | undefined, path: string): SeenMount | undefined => {
    const next = mounts.find(({ parent, point }) => parent === below?.id && point === path);
    return next === undefined ? below : over(next, path);
  };
  const leadsTo = (path: string): SeenMount | undefined => {
    const steps = path.split("/").map((_, index, parts) => parts.slice(0, index + 1).join("/") || "/");
    return steps.reduce(over, root);
  };
  return mounts.filter((mount) => leadsTo(mount.point) === mount);
}
