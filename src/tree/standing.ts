import type { Stat } from "../model/host.ts";

/** Permission bits and owner, by the host's numbers. */
export type Owned = Pick<Stat, "mode" | "uid" | "gid">;

/** What stands at a path of the sandbox. */
export interface Standing {
  /** Where it really stands: every link on the way was followed. */
  readonly path: string;
  readonly type: "directory" | "file" | "link" | "device" | "socket" | "fifo" | "unknown" | "absent";
  readonly access: "rw" | "ro" | "masked" | "absent" | "device";
  readonly content: "host" | "tmpfs" | "generated" | "link" | "proc" | "dev" | "none";
  /** The host path behind it, when the host provides it. */
  readonly host?: string;
  /** The text of a link. */
  readonly target?: string;
  /** Who may do what by mode bits; absent where nobody knows. */
  readonly owned?: Owned;
  /** A mount of the host's is read-only there, and nothing of the sandbox: what is `ro` was asked for as `rw`. */
  readonly readOnlyHost?: true;
  /** Index of the operation whose mount covers the path; -1 where no operation does. */
  readonly mount: number;
  /** Index of the operation that decides what stands here: the mount, or what was made in it later. */
  readonly decidedBy: number;
  /** Index of the operation that made the whole mount read-only afterwards. */
  readonly frozenBy?: number;
}

/** A look-up that followed links. */
export interface Walk extends Standing {
  /** The links that were followed, in order. */
  readonly links: readonly Standing[];
  /** The directories that `..` led out of. */
  readonly left: readonly string[];
  /** More than 40 links: path_resolution(7) gives up with ELOOP. */
  readonly loop: boolean;
}

/** What a mount or something made in it shows. */
export type Facts = Pick<Standing, "type" | "access" | "content"> &
  Partial<Pick<Standing, "host" | "target" | "owned" | "readOnlyHost">>;

type Place = Pick<Standing, "path" | "mount" | "decidedBy">;

/** What stands at a path, key by key: millions of these are made, and a spread of two objects is slow. */
export function settled({ path, mount, decidedBy }: Place, facts: Facts, frozenBy: number | undefined): Standing {
  const { type, content, host, target, owned, readOnlyHost } = facts;
  const standing: { -readonly [Key in keyof Standing]: Standing[Key] } = {
    path,
    mount,
    decidedBy,
    type,
    access: frozenBy === undefined ? facts.access : "ro",
    content,
  };
  if (host !== undefined) standing.host = host;
  if (target !== undefined) standing.target = target;
  if (owned !== undefined) standing.owned = owned;
  if (readOnlyHost !== undefined) standing.readOnlyHost = readOnlyHost;
  if (frozenBy !== undefined) standing.frozenBy = frozenBy;
  return standing;
}
