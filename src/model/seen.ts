/** What is found at a path of a sandbox, links followed: by the simulation, or by a look into a running one. */
export interface Seen {
  /** Where that is once every link is followed. */
  readonly path: string;
  readonly type: "directory" | "file" | "device" | "socket" | "fifo" | "absent" | "unknown";
  /** What the mounts allow; undefined where it can't be told. */
  readonly access: "rw" | "ro" | "masked" | "absent" | "device" | undefined;
  /** An empty read-only file or directory with a mount of its own, as masks are: from outside one can't be told from the other. */
  readonly blank?: boolean;
  /** Whether the mounts and the file's own permissions let the command read it; undefined where it can't be told. */
  readonly readable: boolean | undefined;
  readonly writable: boolean | undefined;
}

/** Nothing stands there. */
export const seenNothing = (path: string): Seen => ({
  path,
  type: "absent",
  access: "absent",
  readable: false,
  writable: false,
});
