import { systemFile } from "../system-file.ts";

// In the program: the directory for the copies, then the originals.
const TARGET = 3;
const FIRST = 4;

// With -R it makes FIFOs and nodes anew instead of opening them. What it is told by its descriptors is no link.
const OPTIONS = [
  "-R",
  "--dereference",
  "--preserve=mode,ownership,timestamps,xattr",
  "--reflink=auto",
  "--sparse=auto",
  `--target-directory=/proc/self/fd/${TARGET}`,
];

/** Why not everything was copied. */
export interface CopyFailure {
  /** Which of the originals; undefined when nobody said. */
  readonly index: number | undefined;
  readonly reason: string;
  /** The program doesn't know what it was asked. */
  readonly isOther: boolean;
}

/** The name that the copy of an original gets. */
export const copyName = (index: number): string => String(FIRST + index);

/** Where the program is; undefined when it is missing. */
export const findCopyProgram = (): string | undefined => systemFile("cp");

/**
 * Copies open files into an open directory by GNU cp: Node has neither extended attributes nor nanoseconds, and can't
 * share blocks of an open file. Descriptors, and no names: nothing can be put in their place meanwhile.
 */
export async function copyFiles(
  program: string,
  target: number,
  originals: readonly number[],
  hurry: AbortSignal | undefined,
): Promise<CopyFailure | undefined> {
  const { spawn } = process.getBuiltinModule("node:child_process");
  const paths = originals.map((_, index) => `/proc/self/fd/${FIRST + index}`);
  const child = spawn(program, [...OPTIONS, "--", ...paths], {
    argv0: "cp",
    env: { LC_ALL: "C", NODE_V8_COVERAGE: undefined },
    cwd: "/",
    stdio: ["ignore", "ignore", "pipe", target, ...originals],
  });
  const stop = () => void child.kill("SIGKILL");
  hurry?.addEventListener("abort", stop);
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    if (said.length < LONGEST) said += text;
  });
  try {
    return await new Promise((resolve) => {
      child.on("error", ({ message }) => resolve({ index: undefined, reason: message, isOther: false }));
      child.on("close", (code, signal) => resolve(code === 0 ? undefined : failure(said, signal ?? code)));
    });
  } finally {
    hurry?.removeEventListener("abort", stop);
  }
}

const LONGEST = 4096;

function failure(said: string, end: number | string | null): CopyFailure {
  const [line = ""] = said.split("\n", 1);
  const [, number] = /\/proc\/self\/fd\/(?:3\/)?(\d+)'/.exec(line) ?? [];
  const reason = line.slice(line.lastIndexOf(": ") + 1).trim();
  return {
    index: number === undefined ? undefined : Number(number) - FIRST,
    reason: reason === "" ? `cp ended with ${end}` : reason.toLowerCase(),
    isOther: /unrecognized option|unknown option|invalid option|unexpected argument|usage:/i.test(said),
  };
}
