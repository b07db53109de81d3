import { spawnSync } from "node:child_process";
import { accessSync, chmodSync, constants, existsSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bwraps, type Runner } from "../support/bwraps.ts";
import type { Done, Installed, Room, RunOptions, Started } from "../support/sbx.ts";

/** One way to a copy-on-write view: who makes it, with which bwrap, for whom. */
export interface Way {
  readonly name: string;
  readonly by: "bwrap" | "fuse-overlayfs" | "kernel";
  readonly user: Runner["user"];
  readonly bwrap: string;
  /** Why it can't be tried on this machine. */
  readonly lacks: string | undefined;
}

/** A room in which sbx goes this way. */
export interface WayRoom {
  readonly room: Room;
  sbx(args: readonly string[], options?: RunOptions): Promise<Done>;
  start(args: readonly string[], options?: RunOptions): Started;
  /** The same for any program. */
  run(argv: readonly string[], options?: RunOptions): Promise<Done>;
}

const isRoot = process.getuid?.() === 0;
const FUSE = which("fuse-overlayfs");
const [FIRST = ""] = bwraps();

const hasOverlays = (bwrap: string): boolean =>
  spawnSync(bwrap, ["--help"], { encoding: "utf8" }).stdout.includes("--tmp-overlay");

/** Every way that there is, also those that this machine lacks. */
export function ways(): Way[] {
  const users = isRoot ? (["root", "ordinary"] as const) : (["ordinary"] as const);
  const own = bwraps().flatMap((bwrap) =>
    users.map((user): Way => {
      const lacks = hasOverlays(bwrap)
        ? undefined
        : `${bwrap} has no --tmp-overlay: name a newer one in SBX_TEST_BWRAPS`;
      return { name: `bwrap ${bwrap} as ${user}`, by: "bwrap", user, bwrap, lacks };
    }),
  );
  const fuse = users.map((user): Way => {
    return { name: `fuse-overlayfs as ${user}`, by: "fuse-overlayfs", user, bwrap: FIRST, lacks: whyNoFuse(user) };
  });
  const kernel: Way = { name: "the kernel as root", by: "kernel", user: "root", bwrap: FIRST, lacks: whyNoKernel() };
  return [...own, ...fuse, kernel];
}

function whyNoFuse(user: Runner["user"]): string | undefined {
  if (FUSE === undefined) return "there is no fuse-overlayfs (package fuse-overlayfs)";
  if (!existsSync("/dev/fuse")) return "there is no /dev/fuse";
  if (which("fusermount3") === undefined) return "there is no fusermount3 (package fuse3)";
  if (isRoot) return whyNoNamespace();
  if (user === "root") return "only root can be root";
  try {
    accessSync("/dev/fuse", constants.R_OK | constants.W_OK);
    return undefined;
  } catch {
    return "/dev/fuse can't be opened";
  }
}

const whyNoKernel = (): string | undefined => (isRoot ? whyNoNamespace() : "only root mounts the kernel's overlay");

function whyNoNamespace(): string | undefined {
  const done = spawnSync("unshare", ["--mount", "--propagation", "private", "true"]);
  return done.status === 0 ? undefined : "no mount namespace can be made here";
}

function which(name: string): string | undefined {
  const places = ["/usr/local/bin", "/usr/bin", "/bin"].map((directory) => join(directory, name));
  const found = places.find((place) => existsSync(place));
  return found && realpathSync(found);
}

/** Says why a way is not tried, where nobody can miss it. */
export function tellOfMissing(all: readonly Way[]): void {
  for (const { name, lacks } of all) {
    if (lacks !== undefined) process.stderr.write(`\nSKIPPED copy on write by ${name}: ${lacks}\n`);
  }
}

/**
 * A room for one way. A bwrap that could make the view itself is told not to say so, and a fuse-overlayfs is taken away
 * where the kernel is to do it: in a mount namespace, so that nothing of the machine is changed.
 */
export function wayRoom(
  installed: Installed,
  { by, user, bwrap }: Way,
  more: { readonly fuse?: string; readonly setUp?: string } = {},
): WayRoom {
  if (by === "bwrap" && more.fuse === undefined) {
    const room = installed.room(user, bwrap);
    return { room, sbx: room.sbx, start: room.start, run: room.run };
  }
  const room = installed.room(user, withoutOverlays(installed, bwrap));
  if (!isRoot) return { room, sbx: room.sbx, start: room.start, run: room.run };
  const outside = installed.room("root");
  const setUp = [by === "kernel" && FUSE !== undefined ? `mount --bind /dev/null ${FUSE}` : ":"];
  if (more.setUp !== undefined) setUp.push(more.setUp);
  if (more.fuse !== undefined) setUp.push(`mount --bind ${more.fuse} ${FUSE}`);
  // fusermount3 asks for an account, and /dev/fuse is only open to all where fuse3 was set up.
  if (user === "ordinary") {
    const node = join(installed.directory, "fuse");
    const accounts = join(installed.directory, "passwd");
    if (!existsSync(node)) spawnSync("mknod", ["-m", "666", node, "c", "10", "229"]);
    writeFileSync(accounts, `${readFileSync("/etc/passwd", "utf8")}sbx-test:x:${room.uid}:${room.uid}::/:/bin/sh\n`);
    setUp.push(`mount --bind ${node} /dev/fuse`, `mount --bind ${accounts} /etc/passwd`);
  }
  const script = `${setUp.join(" && ")} && exec "$@"`;
  const { as, env } = room.call([]);
  const wrap = (argv: readonly string[]) => [
    ...["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh"],
    ...as,
    ...argv,
  ];
  const inRoom = ({ env: extra, ...options }: RunOptions = {}): RunOptions => ({
    cwd: room.project,
    ...options,
    env: { ...env, ...extra },
  });
  return {
    room,
    sbx: (args, options) => outside.run(wrap(room.call(args).argv), inRoom(options)),
    start: (args, options) => outside.launch(wrap(room.call(args).argv), inRoom(options)),
    run: (argv, options) => outside.run(wrap(argv), inRoom(options)),
  };
}

/** The same bwrap, whose help knows of no overlay. */
export function withoutOverlays({ directory }: Installed, bwrap: string): string {
  const file = join(directory, `bwrap-${bwrap.replaceAll("/", "-")}`);
  if (existsSync(file)) return file;
  const script = `#!/bin/sh\n[ "$1" = --help ] && { ${bwrap} --help | grep -v -e overlay; exit 0; }\nexec ${bwrap} "$@"\n`;
  writeFileSync(file, script);
  chmodSync(file, 0o755);
  return file;
}
