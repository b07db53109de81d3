import { closeSync, openSync } from "node:fs";

/** What has to be done when sbx can't do it any more. */
export interface KeeperDuties {
  /** A word that stands among bwrap's arguments and nowhere else. */
  readonly mark: string;
  /** Absolute path of stty(1), and what it puts back: a descriptor of the terminal, and what `stty -g` printed of it. */
  readonly terminal: { readonly stty: string; readonly fd: number; readonly settings: string } | undefined;
  /** A command that undoes what a killed run left behind; without one the next run does. */
  readonly cleaner: readonly string[] | undefined;
  /** What the cleaner finds the run's directory by. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Descriptors above 2 that a program started from here would inherit. */
  readonly inherited: readonly number[];
}

/** A new mark: the name of a variable that nobody has. */
export const keeperMark = (): string =>
  `SBX_RUN_${Math.random().toString(36).slice(2)}${Math.random().toString(36).slice(2)}`;

/** A process that outlives sbx by milliseconds. */
export interface Keeper {
  /** Everything is done; the keeper ends. */
  dismiss(): void;
  /** Has it do now what it would do if sbx were killed: bwrap ended before it told of its child. */
  sweep(): Promise<void>;
}

/**
 * bwrap's child asks to die with its parent only when the set-up is done (PR_SET_PDEATHSIG, measured with 0.8, 0.12 and
 * 0.13): a SIGKILL of sbx before that would leave it, and it would go on to run the command. Its parent is dead by then,
 * so what finds it is its command line. That is empty in a zombie and a kernel thread, which have no program either, and
 * for a moment in a process that is just starting its program: so this looks again, and twice more when it has found
 * nobody, for bwrap may die of sbx's end while it is looked for, and leave a child that was not yet there. The pipe ends
 * only when nobody has its other side, not even a child of sbx that has not yet become bwrap. Plain POSIX sh, and stty.
 */
const SCRIPT = `
read -r mark || exit 1
read -r done && exit 0
rounds=0 clean=0
while [ $clean -lt 3 ] && [ $rounds -lt 500 ]; do
  clean=$((clean + 1)) rounds=$((rounds + 1))
  for process in /proc/[0-9]*; do
    line=
    { read -r line <"$process/cmdline"; } 2>/dev/null
    case $line in
      *"$mark"*) kill -9 "\${process#/proc/}" 2>/dev/null && clean=0 ;;
      "") [ ! -e "$process/exe" ] || clean=0 ;;
    esac
  done
done
stty=$1 settings=$2
shift 2
[ -z "$stty" ] || "$stty" "$settings" <&3 2>/dev/null
exec 3<&-
[ $# = 0 ] || exec "$@"
`;

/**
 * Starts the keeper, in a session of its own so that no signal from a terminal ends it together with sbx; undefined when
 * there is no sh.
 */
export function startKeeper({
  mark,
  terminal,
  cleaner = [],
  environment,
  inherited,
}: KeeperDuties): Keeper | undefined {
  const { spawn } = process.getBuiltinModule("node:child_process");
  const { PATH, HOME, XDG_RUNTIME_DIR } = environment;
  const nothing = openSync("/dev/null", "r+");
  try {
    const strays = Array.from({ length: Math.max(0, Math.max(3, ...inherited) - 3) }, (_, index) =>
      inherited.includes(index + 4) ? nothing : ("ignore" as const),
    );
    const words = [terminal?.stty ?? "", terminal?.settings ?? ""];
    const child = spawn("/bin/sh", ["-c", SCRIPT, "sbx-keeper", ...words, ...cleaner], {
      cwd: "/",
      detached: true,
      env: { NODE_V8_COVERAGE: undefined, PATH, HOME, XDG_RUNTIME_DIR },
      stdio: ["pipe", nothing, 2, terminal?.fd ?? nothing, ...strays],
    });
    child.on("error", () => {});
    if (child.pid === undefined) return undefined;
    const { stdin } = child;
    stdin?.on("error", () => {});
    stdin?.write(`${mark}\n`);
    child.unref();
    if (stdin && "unref" in stdin && typeof stdin.unref === "function") stdin.unref();
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    return {
      dismiss: () => void stdin?.end("done\n"),
      async sweep() {
        child.ref();
        stdin?.end();
        await ended;
      },
    };
  } finally {
    closeSync(nothing);
  }
}
