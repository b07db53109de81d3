import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

/** A program of a test file's own, in a directory for everything that its jobs make. */
export interface JobProgram {
  readonly directory: string;
  readonly program: string;
}

/** Bundles `NAME.ts` of this directory, so that any user can run it. */
export function buildJob(name: string, prefix: string): JobProgram {
  const directory = mkdtempSync(join(tmpdir(), prefix));
  chmodSync(directory, 0o755);
  const program = join(directory, `${name}.mjs`);
  buildSync({
    entryPoints: [fileURLToPath(new URL(`${name}.ts`, import.meta.url))],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
  });
  return { directory, program };
}
