import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Replayed } from "../../src/execute/replay.ts";
import type { Problem } from "../../src/model/problem.ts";
import type { Runner } from "../support/bwraps.ts";
import type { HardLinksTask } from "./hard-links-job.ts";
import { buildJob } from "./job-program.ts";

/** A user without an account will do: nothing looks it up. */
export const ORDINARY = 4242;

/** A store, and a root that is staged from it by hard links. */
export interface Staged {
  readonly directory: string;
  readonly store: string;
  readonly root: string;
  readonly uid: number;
  /** What runs have left. */
  left(): string[];
  /** Gives everything to the user of the runs. */
  own(): void;
  /** Runs a line of sh as that user, with the directory as its own. */
  sh(line: string): string;
  copy(change?: Partial<HardLinksTask>, prefix?: readonly string[]): Promise<Ended>;
  replay(): Promise<Replayed[]>;
}

/** What came of a job. */
export interface Ended {
  readonly signal: NodeJS.Signals | null;
  readonly problem?: Problem;
  readonly cleanup?: readonly Problem[];
  readonly madeNothing?: boolean;
  readonly changes?: number;
  readonly leaked?: number;
  readonly replayed?: Replayed[];
}

export interface HardLinksHarness {
  stage(user: Runner["user"]): Staged;
  remove(): void;
}

export function createHardLinksHarness(): HardLinksHarness {
  const { directory, program } = buildJob("hard-links-job", "sbx-hard-links-");
  return {
    stage: (user) => stage(directory, program, user),
    remove() {
      execFileSync("chmod", ["-R", "u+rwX", directory]);
      // Node's own can't remove what is deeper than a path may be long.
      execFileSync("rm", ["-rf", directory]);
    },
  };
}

function stage(parent: string, program: string, user: Runner["user"]): Staged {
  const directory = mkdtempSync(join(parent, "staged-"));
  const isOther = user === "ordinary" && process.getuid?.() === 0;
  const uid = isOther ? ORDINARY : (process.getuid?.() ?? 0);
  const [store, root, runtime] = [join(directory, "store"), join(directory, "root"), join(directory, "runtime")];
  for (const path of [store, root, runtime]) mkdirSync(path, { mode: path === runtime ? 0o700 : 0o755 });
  const as = isOther ? ["setpriv", `--reuid=${ORDINARY}`, `--regid=${ORDINARY}`, "--clear-groups", "--"] : [];
  const own = () => {
    if (isOther) execFileSync("chown", ["-R", "-h", `${ORDINARY}:${ORDINARY}`, directory]);
    chmodSync(directory, 0o755);
  };
  own();
  const env = { PATH: process.env.PATH ?? "", XDG_RUNTIME_DIR: runtime };
  let number = 0;

  const run = async (task: HardLinksTask, prefix: readonly string[] = []): Promise<Ended> => {
    const file = join(directory, `task-${++number}.json`);
    writeFileSync(file, JSON.stringify(task));
    if (isOther) chownSync(file, ORDINARY, ORDINARY);
    const [command = "", ...args] = [...as, ...prefix, process.execPath, program, file];
    const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "inherit"] });
    const [output, [code, signal]] = await Promise.all([text(child.stdout), once(child, "close")]);
    if (signal === null && code !== 0) throw new Error(`the job's process ended with ${code}`);
    return { signal, ...(signal === null ? JSON.parse(output) : {}) };
  };
  return {
    directory,
    store,
    root,
    uid,
    own,
    left: () => (existsSync(join(runtime, "sbx")) ? readdirSync(join(runtime, "sbx")) : []),
    sh(line) {
      const [command = "", ...args] = [...as, "sh", "-ec", line];
      return execFileSync(command, args, { cwd: directory, env, encoding: "utf8" });
    },
    copy: (change = {}, prefix = []) => run({ action: "copy", path: root, ...change }, prefix),
    async replay() {
      const { replayed } = await run({ action: "replay" });
      if (replayed === undefined) throw new Error("no replay");
      return replayed;
    },
  };
}

/** What can be told of a file apart from its number; names in hexadecimal, times in nanoseconds. */
export type Told = Readonly<Record<string, string | number | readonly string[]>>;

/** Everything below a directory, no link followed. Node has no extended attributes. */
export function tell(directory: string): Readonly<Record<string, Told>> {
  return JSON.parse(python([TELL, directory]));
}

/** Number and links of everything below a directory, by the names of {@link tell}. */
export function inodes(directory: string): Readonly<Record<string, string>> {
  return JSON.parse(python([TELL, directory, "inodes"]));
}

let interpreter: string | undefined;

/** What `python3` is can be a script that looks for one of several, and takes four times as long as the one it finds. */
function python(words: readonly string[]): string {
  interpreter ??= execFileSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" }).trim();
  return execFileSync(interpreter, ["-I", "-c", ...words], { encoding: "utf8", maxBuffer: 1 << 28 });
}

const TELL = `
import hashlib, json, os, stat, sys
top, told = os.fsencode(sys.argv[1]), {}
def text(path, s):
    if stat.S_ISREG(s.st_mode):
        with open(os.open(path, os.O_RDONLY | os.O_NOATIME), "rb") as f: return hashlib.sha256(f.read()).hexdigest()
    return os.readlink(path).hex() if stat.S_ISLNK(s.st_mode) else ""
def look(path, name):
    s = os.lstat(path)
    if len(sys.argv) > 2:
        told[name.hex()] = "%d %d" % (s.st_ino, s.st_nlink)
        return
    x = [k + "=" + os.getxattr(path, k, follow_symlinks=False).hex() for k in sorted(os.listxattr(path, follow_symlinks=False))]
    told[name.hex()] = dict(mode=oct(s.st_mode), uid=s.st_uid, gid=s.st_gid, size=0 if stat.S_ISDIR(s.st_mode) else s.st_size,
        # Node sets the times of directories and links to a microsecond.
        mtime=str(s.st_mtime_ns if stat.S_ISREG(s.st_mode) else s.st_mtime_ns // 1000), text=text(path, s), xattrs=x)
look(top, b".")
for d, ds, fs in os.walk(top):
    for n in ds + fs: look(os.path.join(d, n), os.path.relpath(os.path.join(d, n), top))
print(json.dumps(told, sort_keys=True))
`;
