import type { HostMount, Stat } from "./host.ts";

/** One thing in the file system of a described machine. */
export interface DescribedFile {
  /** Default: `file`, or `link` when there is a target. */
  readonly type?: Stat["type"];
  /** Permission bits: a number, or octal text as in JSON files (`"0755"`). Default 0755 for directories, else 0644. */
  readonly mode?: number | string;
  /** Default: the caller's below the home directory, root's elsewhere. */
  readonly uid?: number;
  readonly gid?: number;
  readonly nlink?: number;
  /** Default: the length of the text. */
  readonly size?: number;
  readonly text?: string;
  readonly target?: string;
}

/** A machine as plain data; every part has a default, and directories above a file need no mention. */
export interface Machine {
  readonly home?: string;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly user?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Path → its text, or what it is. A path that ends in `/` is an empty directory. */
  readonly files?: Readonly<Record<string, string | DescribedFile>>;
  readonly mounts?: readonly Partial<HostMount>[];
  /** Index file → the paths of the submodules in it. */
  readonly gitlinks?: Readonly<Record<string, readonly string[]>>;
}
