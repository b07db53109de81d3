// build.ts PIPELINE ROOT IMAGE, as README.md shows.
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { formatProblems, SandboxError } from "sbx-profiles";
import { build, type Pipeline } from "./pipeline.ts";
import { progress } from "./progress.ts";

const [file, root, output] = process.argv.slice(2).map((path) => resolve(path));
if (file === undefined || root === undefined || output === undefined) {
  process.stderr.write("usage: build.ts PIPELINE ROOT IMAGE\n");
  process.exit(2);
}
// A signal ends the stage that runs, and no other begins; the build still cleans up before this process ends.
const stop = new AbortController();
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  process.on(signal, () => {
    process.exitCode = code;
    stop.abort();
  });
}

const monitor = progress(process.stderr);
try {
  const pipeline: Pipeline = JSON.parse(await readFile(file, "utf8"));
  monitor.begin?.(pipeline);
  const metadata = await build(pipeline, { root, output, monitor, abort: stop.signal });
  process.stdout.write(`${JSON.stringify(metadata)}\n`);
} catch (error) {
  const problems = error instanceof SandboxError ? formatProblems(error.problems) : "";
  process.stderr.write(`no image: ${error instanceof Error ? error.message : error}\n${problems}`);
  process.exitCode ??= 1;
}
