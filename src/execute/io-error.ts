/** An error of the operating system, as node:fs throws it. */
export type IoError = NodeJS.ErrnoException & { readonly code: string };

/** Whether something caught is an error of the operating system, which a user can cause, and no bug. */
export function isIoError(error: unknown): error is IoError {
  return error instanceof Error && "syscall" in error && "code" in error && typeof error.code === "string";
}

/** Runs `action`; an error of the operating system then names `path`, not the descriptor it was reached through. */
export function naming<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw isIoError(error) ? Object.assign(error, { path }) : error;
  }
}

/** An error like those of node:fs, for what sbx itself finds at a path. */
export function ioError(code: string, reason: string, path: string): IoError {
  return Object.assign(new Error(`${code}: ${reason}, open '${path}'`), { code, path, syscall: "open" });
}

/** The words of the operating system: "permission denied". */
export function reasonOf(error: IoError): string {
  return /^[A-Z0-9]+: (.*?)(,|$)/.exec(error.message)?.[1] ?? error.code;
}
