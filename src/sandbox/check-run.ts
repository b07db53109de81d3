import { SandboxError } from "./error.ts";
import type { SandboxRunOptions } from "./options.ts";

/** Refuses what the types forbid already, for callers who have none: nothing of it may get as far as a process. */
export function checkRun(argv: readonly string[], options: SandboxRunOptions): void {
  const refuse = (why: string): never => {
    throw new SandboxError("refused", why);
  };
  if (!Array.isArray(argv) || argv.length === 0) refuse("the command must be a list of at least one word");
  if (!argv.every(isWord)) refuse("a word of the command is no text, or has a NUL in it");
  const { env = {}, stdin, keepOutput = 0, debugShell = [] } = options;
  for (const [name, value] of Object.entries(env)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) refuse(`${JSON.stringify(name)} is no variable name`);
    if (!isWord(value)) refuse(`the value of ${name} is no text, or has a NUL in it`);
  }
  if (stdin !== undefined && typeof stdin !== "string" && !(stdin instanceof Uint8Array)) {
    refuse("stdin must be a text or bytes");
  }
  if (!(keepOutput >= 0)) refuse(`keepOutput must be a number of bytes, not ${keepOutput}`);
  if (!debugShell.every(isWord)) refuse("a word of the debug shell is no text, or has a NUL in it");
}

const isWord = (word: unknown): word is string => typeof word === "string" && !word.includes("\0");
