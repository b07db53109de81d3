/** What `lstat(2)` tells; `unreadable` stands for a path whose parents can't be searched. */
export interface Stat {
  readonly type: "file" | "directory" | "link" | "socket" | "fifo" | "character" | "block" | "unreadable";
  /** Permission bits, as in `0o644`. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly nlink: number;
  readonly size: number;
  /** Device and inode: which object it is, as long as it lives. */
  readonly identity?: string;
}

/** One line of `/proc/self/mountinfo` (proc(5)). */
export interface HostMount {
  readonly device: string;
  /** The directory of the file system that this mount shows. */
  readonly root: string;
  readonly point: string;
  readonly readOnly: boolean;
  readonly type: string;
}

/**
 * Everything that resolving and compiling may know of the machine. Stages get it as an argument and ask nothing
 * else; tests hand in one that reads a `host.json`. Paths are absolute; nothing throws for a missing path.
 */
export interface Host {
  readonly home: string;
  readonly cwd: string;
  readonly uid: number;
  readonly gid: number;
  /** The caller's further groups. */
  readonly groups?: readonly number[];
  readonly user: string;
  readonly env: Readonly<Record<string, string>>;
  lstat(path: string): Stat | undefined;
  readlink(path: string): string | undefined;
  /** The names in a directory, sorted; undefined when it can't be listed. */
  readdir(path: string): readonly string[] | undefined;
  /** The text of a small file (at most 1 MiB); undefined when it can't be read. */
  readText(path: string): string | undefined;
  /** The paths of submodules in a git index file; undefined when it can't be understood, none when it is missing. */
  gitlinks(index: string): readonly string[] | undefined;
  mounts(): readonly HostMount[];
}
