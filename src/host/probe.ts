import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import type { Result, Spot } from "../model/problem.ts";
import { type Probe, readProbe, type Stamp, writeProbe } from "./probe-cache.ts";
import { bwrapBroken, bwrapOld } from "./problems.ts";

export type { Probe } from "./probe-cache.ts";

const NOWHERE: Spot = { file: "default", line: 0, column: 0 };
const TIMEOUT_MS = 5000;

/** The first with all that every sandbox needs: --json-status-fd (0.3.2), --perms (0.5.0), --disable-userns (0.8.0). */
const NEEDED = "0.8.0";

/**
 * Asks a bwrap for its version and options, or the cache when this very file was asked before. The cache is a
 * directory of sbx's own; without a usable one bwrap is asked each time.
 */
export function probeBwrap(file: string, cacheDirectory: string, timeoutMs = TIMEOUT_MS): Result<Probe> {
  const stamp = stampOf(file);
  const known = stamp && readProbe(cacheDirectory, file, stamp);
  if (known) return { value: known, problems: [] };

  const version = ask(file, "--version", timeoutMs, parseVersion);
  if (version.value === undefined) return { value: undefined, problems: version.problems };
  if (isOlder(version.value, NEEDED)) {
    return { value: undefined, problems: [bwrapOld({ file, version: version.value, needed: NEEDED }, NOWHERE)] };
  }
  const options = ask(file, "--help", timeoutMs, parseOptions);
  if (options.value === undefined) return { value: undefined, problems: options.problems };

  const probe = { file, version: version.value, options: options.value };
  if (stamp) writeProbe(cacheDirectory, stamp, probe);
  return { value: probe, problems: [] };
}

/** As numbers: 0.10 comes after 0.8. */
function isOlder(version: string, than: string): boolean {
  const [ours, theirs] = [version, than].map((text) => text.split(".").map(Number));
  const first = theirs?.findIndex((part, index) => part !== (ours?.[index] ?? 0)) ?? 0;
  return (ours?.[first] ?? 0) < (theirs?.[first] ?? 0);
}

/** Changes whenever the file is replaced or written: nobody can set `ctime` back. */
function stampOf(file: string): Stamp | undefined {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(" ");
  } catch {
    return undefined;
  }
}

function ask<T>(file: string, option: string, timeout: number, parse: (output: string) => T | undefined): Result<T> {
  const refuse = (why: string): Result<T> => ({
    value: undefined,
    problems: [bwrapBroken({ file, option, why }, NOWHERE)],
  });
  // Nothing of the caller's environment: it could make the dynamic loader, or a wrapper script, say something else.
  const { error, status, signal, stdout } = spawnSync(file, [option], {
    cwd: "/",
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
    stdio: ["ignore", "pipe", "ignore"],
    encoding: "utf8",
    timeout,
    killSignal: "SIGKILL",
    maxBuffer: 256 * 1024,
  });
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === "ETIMEDOUT") return refuse(`gave no answer in ${timeout / 1000} s`);
  if (code === "ENOBUFS") return refuse("does not stop writing");
  if (code !== undefined) return refuse(`can't be started (${code})`);
  if (signal !== null) return refuse(`was ended by ${signal}`);
  if (status !== 0) return refuse(`ended with exit code ${status}`);
  const value = parse(stdout);
  return value === undefined ? refuse("did not answer as bubblewrap does") : { value, problems: [] };
}

const parseVersion = (output: string): string | undefined => /^bubblewrap (\d+(?:\.\d+)+)/m.exec(output)?.[1];

/** The options in front of each line; those inside a description belong to another line. */
function parseOptions(output: string): readonly string[] | undefined {
  const options = new Set([...output.matchAll(/^[ \t]+(--[a-z0-9][a-z0-9-]*)\b/gm)].map((match) => match[1] ?? ""));
  // Every bubblewrap has these; without them it is the help of something else.
  if (!options.has("--ro-bind") || !options.has("--args")) return undefined;
  return [...options].sort();
}
