/** What bwrap told through `--json-status-fd` so far (bwrap(1)). */
export interface Status {
  /** The sandbox's first process; told before anything is mounted. */
  readonly childPid: number | undefined;
  /** Told only when the command really ran to an end. */
  readonly exitCode: number | undefined;
}

/** Reads the status lines as they come, in pieces of any size. */
export interface StatusReader {
  readonly status: Status;
  push(text: string): void;
}

/** A reader that calls `onChildPid` once, as soon as that number is known. Lines it can't read are skipped. */
export function createStatusReader(onChildPid: (pid: number) => void): StatusReader {
  let status: Status = { childPid: undefined, exitCode: undefined };
  let rest = "";
  const read = (line: string) => {
    const told = parse(line);
    const childPid = numberIn(told, "child-pid");
    const exitCode = numberIn(told, "exit-code");
    const isFirst = status.childPid === undefined && childPid !== undefined;
    status = { childPid: status.childPid ?? childPid, exitCode: status.exitCode ?? exitCode };
    if (isFirst) onChildPid(childPid);
  };
  return {
    get status() {
      return status;
    },
    push(text) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) read(line);
    },
  };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function numberIn(told: unknown, key: string): number | undefined {
  if (typeof told !== "object" || told === null || !Object.hasOwn(told, key)) return undefined;
  const value: unknown = Reflect.get(told, key);
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
