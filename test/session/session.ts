import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import type { SandboxOptions } from "../../src/index.ts";

/** A directory for the run directories and everything else of one test file; sbx looks for it in the environment. */
export function ownRuntime(): { readonly path: string; trace(): unknown } {
  let path = "";
  let before: string | undefined;
  beforeAll(() => {
    path = mkdtempSync(join(tmpdir(), "sbx-session-"));
    before = process.env.XDG_RUNTIME_DIR;
    process.env.XDG_RUNTIME_DIR = path;
  });
  afterAll(() => {
    if (before === undefined) delete process.env.XDG_RUNTIME_DIR;
    else process.env.XDG_RUNTIME_DIR = before;
    rmSync(path, { recursive: true, force: true });
  });
  return {
    get path() {
      return path;
    },
    /** Everything that a session could leave behind. */
    trace: () => ({
      mounts: readFileSync("/proc/self/mountinfo", "utf8")
        .split("\n")
        .filter((line) => line.includes(path)),
      // The directory of all runs stays.
      files: readdirSync(path, { recursive: true })
        .filter((name) => name !== "sbx")
        .sort(),
      listeners: ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"].map((signal) => process.listenerCount(signal)),
    }),
  };
}

/** A small profile with a scratch directory that lives as long as the session. */
export function smallProfile(runtime: string, more: Readonly<Record<string, unknown>> = {}): SandboxOptions {
  const { mounts, ...rest } = more;
  return {
    profile: {
      directory: runtime,
      version: 1,
      extends: ["base"],
      mounts: { "/scratch": { scratch: runtime }, ...(mounts as object | undefined) },
      process: { cwd: "/", stdin: "none", session: "new" },
      ...rest,
    },
  };
}

export const sh = (script: string): string[] => ["sh", "-c", script];
