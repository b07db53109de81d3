import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Runner } from "./bwraps.ts";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

type User = Runner["user"];

/** How a program ended, and what it wrote. */
export interface Done {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  /** On top of the room's environment; undefined takes a variable out of it. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdin?: string;
  /** What the process gets as descriptors above 2, by number. */
  readonly descriptors?: Readonly<Record<number, number>>;
}

/** A home directory with a project in it, and a user whom both belong to. */
export interface Room {
  readonly user: User;
  readonly uid: number;
  readonly home: string;
  /** `HOME/project`: where commands run unless they say otherwise. */
  readonly project: string;
  /** Writes a file of the user's, its path relative to the project; gives the absolute path. */
  write(path: string, text: string, mode?: number): string;
  /** Makes a directory of the user's, relative to the project; gives the absolute path. */
  directory(path: string, mode?: number): string;
  /** Runs any program as the user. */
  run(argv: readonly string[], options?: RunOptions): Promise<Done>;
  /** Runs `sbx` as the user. */
  sbx(args: readonly string[], options?: RunOptions): Promise<Done>;
  /** Starts any program as the user, to be watched. */
  launch(argv: readonly string[], options?: RunOptions): Started;
  /** Starts `sbx` as the user, to be watched. */
  start(args: readonly string[], options?: RunOptions): Started;
  /** How `sbx` is called, for those who start it themselves; `as` in front makes it the user. */
  call(args: readonly string[]): {
    readonly as: readonly string[];
    readonly argv: readonly string[];
    /** The same for a shell. */
    readonly line: string;
    readonly env: Readonly<Record<string, string>>;
  };
}

/** A program under way; its process is the program itself, whoever it runs as. */
export interface Started {
  readonly child: ChildProcess;
  /** Resolves when it has written this on standard output; throws when it ended without. */
  said(words: string): Promise<void>;
  readonly done: Promise<Done>;
}

/** A built sbx as npm would install it, and rooms to call it from; all of it goes with `remove`. */
export interface Installed {
  /** The program to give to Node. */
  readonly file: string;
  /** Where the rooms are. */
  readonly directory: string;
  room(user?: User, bwrap?: string): Room;
  remove(): void;
}

/** An account is not needed: nothing looks the number up. */
const ORDINARY = 4242;

/** Installs the built command outside of the checkout, where an ordinary user can read it and no build replaces it. */
export function install(): Installed {
  const directory = mkdtempSync(join(tmpdir(), "sbx-test-"));
  chmodSync(directory, 0o755);
  const program = join(directory, "package");
  if (!existsSync(join(ROOT, "dist/sbx.cjs"))) throw new Error("sbx is not built: npm run build");
  for (const part of ["dist", "schema", "package.json"]) {
    cpSync(join(ROOT, part), join(program, part), { recursive: true, filter: (path) => !path.endsWith("/dist/lib") });
  }
  // The one package that is not in the bundles.
  cpSync(join(ROOT, "node_modules/@lydell"), join(program, "node_modules/@lydell"), { recursive: true });
  const file = join(program, "dist/sbx.cjs");
  const room = (user: User = current(), bwrap?: string) => makeRoom({ directory, file, user, bwrap });
  return { file, directory, room, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

const isRoot = process.getuid?.() === 0;
const current = (): User => (isRoot ? "root" : "ordinary");

interface Wish {
  readonly directory: string;
  readonly file: string;
  readonly user: User;
  readonly bwrap: string | undefined;
}

function makeRoom({ directory, file, user, bwrap }: Wish): Room {
  const isOther = isRoot && user === "ordinary";
  const uid = isOther ? ORDINARY : (process.getuid?.() ?? 0);
  const own = (path: string): string => {
    if (isOther) chownSync(path, ORDINARY, ORDINARY);
    return path;
  };
  const base = own(mkdtempSync(join(directory, "room-")));
  chmodSync(base, 0o755);
  const make = (path: string, mode = 0o755): string => {
    if (existsSync(path)) return path;
    make(dirname(path));
    mkdirSync(path);
    chmodSync(path, mode);
    return own(path);
  };
  const home = make(join(base, "home"), 0o700);
  const project = make(join(home, "project"));
  const runtime = make(join(base, "runtime"), 0o700);
  const standard = {
    PATH: SYSTEM_PATH,
    HOME: home,
    LANG: "C.UTF-8",
    XDG_RUNTIME_DIR: runtime,
    ...(bwrap === undefined ? {} : { SBX_BWRAP: bwrap }),
  };
  const as = isOther ? ["/usr/bin/setpriv", `--reuid=${ORDINARY}`, `--regid=${ORDINARY}`, "--clear-groups", "--"] : [];
  const launch = (argv: readonly string[], { cwd = project, env = {}, stdin, descriptors = {} }: RunOptions = {}) =>
    start([...as, ...argv], { cwd, env: { ...standard, ...env }, stdin, descriptors });
  const run = (argv: readonly string[], options?: RunOptions) => launch(argv, options).done;
  return {
    user,
    uid,
    home,
    project,
    write(path, text, mode = 0o644) {
      const whole = resolve(project, path);
      make(dirname(whole));
      writeFileSync(whole, text);
      chmodSync(whole, mode);
      return own(whole);
    },
    directory: (path, mode) => make(resolve(project, path), mode),
    run,
    launch,
    sbx: (args, options) => run([process.execPath, file, ...args], options),
    start: (args, options) => launch([process.execPath, file, ...args], options),
    call(args) {
      const argv = [process.execPath, file, ...args];
      return { as, argv, line: argv.map(quoted).join(" "), env: standard };
    },
  };
}

function start(
  [file = "", ...args]: readonly string[],
  { cwd, env, stdin, descriptors }: Required<Omit<RunOptions, "stdin">> & { readonly stdin: string | undefined },
): Started {
  const highest = Math.max(2, ...Object.keys(descriptors).map(Number));
  const stdio = Array.from({ length: highest + 1 }, (_, fd) => {
    if (fd === 0) return stdin === undefined ? "ignore" : "pipe";
    return fd <= 2 ? "pipe" : (descriptors[fd] ?? "ignore");
  });
  const defined = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const child = spawn(file, args, { cwd, env: Object.fromEntries(defined), stdio });
  const texts = { stdout: "", stderr: "" };
  const waiting = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (chunk: string) => {
      texts[name] += chunk;
      for (const look of waiting) look();
    });
  }
  child.stdin?.on("error", () => {});
  child.stdin?.end(stdin);
  const done = new Promise<Done>((ended, failed) => {
    child.on("error", failed);
    child.on("close", (code, signal) => ended({ code, signal, ...texts }));
  });
  const said = (words: string) =>
    new Promise<void>((heard, failed) => {
      const look = () => {
        if (!texts.stdout.includes(words)) return;
        waiting.delete(look);
        heard();
      };
      waiting.add(look);
      look();
      done.then(() => failed(new Error(`ended without ${words}: ${JSON.stringify(texts)}`)), failed);
    });
  return { child, said, done };
}

/** A word that a shell takes as it is. */
export const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
