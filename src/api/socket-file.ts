import { randomUUID } from "node:crypto";
import {
  type BigIntStats,
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  unlinkSync,
} from "node:fs";
import type { Server } from "node:net";
import { basename, dirname, isAbsolute } from "node:path";
import { ApiError } from "./error.ts";

/** A server that listens, and the file that it made. */
export interface SocketFile {
  /** Closes the server and removes the file, if it is still the same. */
  close(): void;
}

// open(2): a descriptor that only names a place. Node has no constant; x86, ARM, RISC-V and POWER agree on the value.
const O_PATH = 0o10000000;
// unix(7): sun_path, without the NUL at its end. Node cuts what is longer without a word.
const ADDRESS_BYTES = 107;
// listen(2); the same number is what a stopping server may still find waiting.
export const BACKLOG = 511;

/** Why nothing can listen at such a path, whatever stands there. */
export function checkAddress(path: string): void {
  if (!isAbsolute(path) || path.includes("\0") || basename(path) === "") {
    throw new ApiError("invalid-address", `${JSON.stringify(path)} is not the absolute path of a socket`);
  }
  const bytes = Buffer.byteLength(path);
  if (bytes <= ADDRESS_BYTES) return;
  const limit = `a socket's address holds ${ADDRESS_BYTES}; choose a shorter directory`;
  throw new ApiError("address-too-long", `${path} has ${bytes} bytes, and ${limit}`);
}

/** Makes the server listen at a path where nothing stands yet. */
export async function listenAt(server: Server, path: string, mode: number): Promise<SocketFile> {
  checkAddress(path);
  const parent = naming(path, () => openSync(dirname(path), O_PATH | constants.O_DIRECTORY));
  let socket: number | undefined;
  const release = () => {
    closeSync(parent);
    if (socket !== undefined) closeSync(socket);
  };
  try {
    await listening(server, path);
    try {
      // Held, so that no other file can come to the same inode number.
      const held = naming(path, () => openSync(path, O_PATH | constants.O_NOFOLLOW));
      socket = held;
      const made = fstatSync(held, { bigint: true });
      if (!made.isSocket()) throw new ApiError("address-in-use", `somebody exchanged the socket ${path}`);
      // bind(2) takes the umask off.
      naming(path, () => chmodSync(`/proc/self/fd/${held}`, mode));
      return {
        close() {
          try {
            closeAndRemove(server, path, { name: `/proc/self/fd/${parent}/${basename(path)}`, made });
          } finally {
            release();
          }
        },
      };
    } catch (error) {
      server.close();
      throw error;
    }
  } catch (error) {
    release();
    throw error;
  }
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(refusal(path, error));
    server.once("error", fail);
    server.listen({ path, backlog: BACKLOG, exclusive: true }, () => {
      server.off("error", fail);
      // Such as EMFILE on accept(2): the client hears of it, and the server goes on.
      server.on("error", () => {});
      resolve();
    });
  });
}

interface Made {
  /** Its name in the directory that it was made in, wherever that is now. */
  readonly name: string;
  readonly made: BigIntStats;
}

function closeAndRemove(server: Server, path: string, { name, made }: Made): void {
  const isOurs = (found: BigIntStats | undefined) => found?.ino === made.ino && found.dev === made.dev;
  let failure: unknown;
  try {
    if (isOurs(lstatSync(name, { bigint: true, throwIfNoEntry: false }))) unlinkSync(name);
  } catch (error) {
    failure = error;
  }
  // libuv unlinks the path, whatever stands there by now.
  const other = standing(path);
  if (other === undefined || other.isDirectory() || isOurs(other)) server.close();
  else closeBeside(server, path);
  if (failure)
    throw new ApiError("not-removed", `can't remove the socket ${path}: ${reasonOf(failure)}`, { cause: failure });
}

/** Closes the server while what somebody else put at its path is elsewhere. */
function closeBeside(server: Server, path: string): void {
  const aside = `${dirname(path)}/.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch {
    // Then unlink(2), which wants the same permissions, can't remove it either.
    server.close();
    return;
  }
  server.close();
  try {
    linkSync(aside, path);
    unlinkSync(aside);
  } catch (error) {
    throw new ApiError("not-removed", `what stood at ${path} is now ${aside}: ${reasonOf(error)}`, { cause: error });
  }
}

function standing(path: string): BigIntStats | undefined {
  try {
    return lstatSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function naming<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw refusal(path, error);
  }
}

function refusal(path: string, cause: unknown): ApiError {
  if ((cause as NodeJS.ErrnoException).code !== "EADDRINUSE") {
    return new ApiError("not-listening", `can't listen at ${path}: ${reasonOf(cause)}`, { cause });
  }
  const help = "something stands there; choose another path, or remove it when it is what a killed program left";
  return new ApiError("address-in-use", `can't listen at ${path}: ${help}`, { cause });
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
