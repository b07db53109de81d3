import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { Runner } from "../support/bwraps.ts";
import { type Done, type Installed, type Room, type RunOptions, type Started, SYSTEM_PATH } from "../support/sbx.ts";
import { type Picture, type PictureOptions, picture } from "./picture.ts";

/** The devices of a build: single nodes in a /dev that is the root's own (BuildStream's list). */
export const NODES = ["full", "null", "urandom", "random", "zero"];
export const BUILD_DEVICES = { nodes: NODES.map((name) => `/dev/${name}`) };

/** A program that needs no libraries, and the names that it answers to. */
const BUSYBOX = SYSTEM_PATH.split(":")
  .map((directory) => `${directory}/busybox`)
  .find(existsSync);
const APPLETS = ["sh", "true", "ls", "cat", "touch", "mkdir", "stat", "rm", "sleep", "mkfifo", "grep", "readlink"];

/** Something in a staged tree: a directory, the text of a file, or a link. */
export type Staged = "directory" | { readonly text: string } | { readonly to: string };

/** A root staged for one user, and the sandboxes that run over it. */
export interface StagedRoot {
  readonly room: Room;
  readonly path: string;
  /** Beside the root, with a file in it that nothing may touch. */
  readonly sentinel: string;
  /** Puts something into it, with the directories that lead there. */
  put(entries: Readonly<Record<string, Staged>>): void;
  picture(options?: PictureOptions): Picture;
  /** Puts the programs into /bin, once more when somebody took them away. */
  putPrograms(): void;
  /** Gives the root itself a mode. */
  setMode(mode: number): void;
  /** Runs a command in a sandbox; the profile is laid over that of a build: five devices, /tmp, no terminal. */
  run(
    profile: object,
    command: readonly string[],
    options?: RunOptions & { readonly words?: readonly string[] },
  ): Promise<Done>;
  /** The same as words for `sbx`. */
  words(profile: object, command: readonly string[], more?: readonly string[]): string[];
}

const OLD = new Date("2001-09-09T01:46:40Z");

/** A root with /bin in it and nothing else. */
export function stage(installed: Installed, { bwrap, user }: Runner): StagedRoot {
  if (BUSYBOX === undefined) throw new Error("there is no busybox, which the staged roots are made of");
  const room = installed.room(user, bwrap);
  const own = (path: string): void => {
    const { uid } = lstatSync(room.project);
    if (uid !== process.getuid?.()) execFileSync("chown", ["-h", `${uid}:${uid}`, path]);
  };
  const root = room.directory("root");
  const sentinel = room.directory("sentinel");
  room.write("sentinel/null", "the sentinel\n");
  room.write("sentinel/file", "the sentinel\n");
  const bin = join(root, "bin");
  const putPrograms = () => {
    room.directory("root/bin");
    copyFileSync(BUSYBOX, join(bin, "busybox"));
    own(join(bin, "busybox"));
    for (const name of APPLETS) linkSync(join(bin, "busybox"), join(bin, name));
    for (const path of [bin, root]) utimesSync(path, OLD, OLD);
  };
  putPrograms();
  const touched = (path: string): void => {
    own(path);
    if (!lstatSync(path).isSymbolicLink()) utimesSync(path, OLD, OLD);
  };
  const make = (path: string): void => {
    if (existsSync(path)) return;
    make(dirname(path));
    mkdirSync(path);
    chmodSync(path, 0o755);
    touched(path);
  };
  let count = 0;
  const words: StagedRoot["words"] = (profile, command, more = []) => {
    const whole = {
      version: 1,
      root: { from: "./root", access: "ro" },
      devices: BUILD_DEVICES,
      tmpfs: ["/tmp"],
      env: { set: { PATH: "/bin" } },
      ...profile,
      process: { cwd: "/", stdin: "none", session: "new", ...(profile as { process?: object }).process },
    };
    const file = `p${++count}.yml`;
    room.write(file, JSON.stringify(whole));
    return ["run", "-p", `./${file}`, ...more, "--", ...command];
  };
  return {
    room,
    path: root,
    sentinel,
    put(entries) {
      for (const [name, entry] of Object.entries(entries)) {
        const path = join(root, name);
        make(dirname(path));
        if (entry === "directory") make(path);
        else if ("to" in entry) symlinkSync(entry.to, path);
        else writeFileSync(path, entry.text);
        touched(path);
        utimesSync(dirname(path), OLD, OLD);
      }
      utimesSync(root, OLD, OLD);
    },
    picture: (options) => picture(root, options),
    putPrograms,
    setMode(mode) {
      chmodSync(root, mode);
      utimesSync(root, OLD, OLD);
    },
    words,
    run: (profile, command, { words: more, ...options } = {}) => room.sbx(words(profile, command, more), options),
  };
}

/** What runs have left in the directory of all run directories. */
export const runDirectories = ({ room }: StagedRoot): string[] => {
  const base = join(room.home, "../runtime/sbx");
  return existsSync(base) ? readdirSync(base) : [];
};

/** Kills sbx and its keeper, so that what it has made stays for whoever comes next. */
export async function killForGood({ child, done }: Started): Promise<void> {
  const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim().split(" ").map(Number);
  const keeper = children.filter((pid) => readFileSync(`/proc/${pid}/comm`, "utf8") === "sh\n");
  if (keeper.length !== 1) throw new Error(`not one keeper: ${keeper}`);
  // Stopped, it can't notice that the keeper is gone.
  child.kill("SIGSTOP");
  for (const pid of keeper) process.kill(pid, "SIGKILL");
  child.kill("SIGKILL");
  await done;
}

export const sh = (script: string): string[] => ["sh", "-c", script];
