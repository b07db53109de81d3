import { spawnSync } from "node:child_process";

/** A file of a git revision, or why it can't be had. */
export type GitFile = { readonly text: string } | { readonly why: string };

/**
 * Reads a file of a revision without running anything that the repository could name: `cat-file` knows no textconv,
 * and no transport is allowed, so that a partial clone fetches nothing (git-config(1), core.sshCommand).
 */
export function readRevision(git: string, directory: string, revision: string, path: string): GitFile {
  if (revision.startsWith("-")) return { why: "a revision does not begin with a dash" };
  const object = `${revision}:${path.startsWith("/") ? path.slice(1) : path}`;
  const run = spawnSync(git, ["-c", "core.fsmonitor=false", "-C", directory, "cat-file", "blob", object], {
    encoding: "utf8",
    timeout: 10_000,
    maxBuffer: 4 * 1024 * 1024,
    env: {
      PATH: "/usr/bin:/bin",
      HOME: process.env.HOME ?? "/",
      GIT_ALLOW_PROTOCOL: "none",
      GIT_NO_LAZY_FETCH: "1",
      GIT_TERMINAL_PROMPT: "0",
      GIT_OPTIONAL_LOCKS: "0",
      LC_ALL: "C",
    },
  });
  if (run.error !== undefined) return { why: run.error.message };
  if (run.status !== 0) return { why: run.stderr.trim().split("\n")[0] ?? "git failed" };
  return { text: run.stdout };
}
