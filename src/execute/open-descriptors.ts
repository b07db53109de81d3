import { constants, fstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { isIoError } from "./io-error.ts";

const O_CLOEXEC = 0o2000000;
const ACCESS = constants.O_RDONLY | constants.O_WRONLY | constants.O_RDWR;

/** The open descriptors of this process: number → the flags of open(2). */
export type OpenDescriptors = ReadonlyMap<number, number>;

/** What is open at this moment (proc(5), fdinfo). */
export function openDescriptors(): OpenDescriptors {
  const open = new Map<number, number>();
  for (const name of readdirSync("/proc/self/fdinfo")) {
    const info = unlessGone(() => readFileSync(`/proc/self/fdinfo/${name}`, "utf8"));
    const flags = info && /^flags:\s*([0-7]+)$/m.exec(info)?.[1];
    if (flags) open.set(Number(name), Number.parseInt(flags, 8));
  }
  return open;
}

/** The descriptors above 2 that a program started from here would inherit. */
export const inheritable = (open: OpenDescriptors): number[] =>
  [...open].filter(([fd, flags]) => fd > 2 && (flags & O_CLOEXEC) === 0).map(([fd]) => fd);

/** Whether a descriptor is an open directory. */
export function isDirectory(fd: number): boolean {
  return unlessGone(() => fstatSync(fd).isDirectory()) ?? false;
}

/**
 * Whether Node opened a descriptor for itself: event queues, and pipes that it has both ends of. Through its signal
 * pipe a sandbox could write pointers into this process. Close-on-exec alone doesn't tell: Node sets that at its
 * start on what it inherited, too.
 */
export function isNodesOwn(fd: number, open: OpenDescriptors): boolean {
  const target = targetOf(fd);
  if (target === undefined || !isCloseOnExec(fd, open)) return false;
  if (target.startsWith("anon_inode:")) return true;
  const isOtherEnd = ([other, flags]: [number, number]) =>
    (flags & ACCESS) !== ((open.get(fd) ?? 0) & ACCESS) && targetOf(other) === target;
  return target.startsWith("pipe:") && [...open].some(isOtherEnd);
}

const isCloseOnExec = (fd: number, open: OpenDescriptors): boolean => ((open.get(fd) ?? 0) & O_CLOEXEC) !== 0;

const targetOf = (fd: number): string | undefined => unlessGone(() => readlinkSync(`/proc/self/fd/${fd}`));

function unlessGone<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    // Such as the descriptor of the listing itself.
    if (isIoError(error) && (error.code === "ENOENT" || error.code === "EBADF")) return undefined;
    throw error;
  }
}
