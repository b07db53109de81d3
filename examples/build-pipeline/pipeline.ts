import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { type CompletedRun, type Monitor, Sandbox } from "sbx-profiles";
import { MetadataApi } from "./metadata-api.ts";

export interface Pipeline {
  readonly title: string;
  /** Each is a script in lib/stages, which gets its options as variables. */
  readonly stages: readonly { readonly name: string; readonly options?: Readonly<Record<string, string>> }[];
}

/** Paths are absolute. */
export interface BuildOptions {
  /** What the stages run in, read-only. */
  readonly root: string;
  /** The image to be. */
  readonly output: string;
  readonly monitor: Monitor;
  readonly abort: AbortSignal;
}

const LIB = join(import.meta.dirname, "lib");

/**
 * Runs the stages over one tree, one after the other, and gives what they told. The first that fails is the last. The
 * image appears when all is done, and whole; whatever happens, nothing else stays.
 */
export async function build({ stages }: Pipeline, options: BuildOptions): Promise<Readonly<Record<string, object>>> {
  const { root, output, monitor, abort } = options;
  // Beside the image, so that the finished one can be renamed into place.
  const work = await mkdtemp(`${output}.`);
  const tree = join(work, "tree");
  const results = join(work, "results");
  const metadata = new MetadataApi();
  try {
    for (const directory of [tree, results]) await mkdir(directory);
    await using box = await Sandbox.open({
      profile: "osbuild-buildroot",
      params: { root, libdir: LIB, runner: join(LIB, "runner"), vardir: work },
      apis: [metadata],
    });
    for (const stage of stages) {
      metadata.stage = stage.name;
      const done = await box.run([stage.name], {
        monitor,
        abort,
        stage,
        env: stage.options ?? {},
        binds: [
          { source: tree, destination: "/run/osbuild/tree" },
          { source: results, destination: "/run/osbuild/output" },
        ],
      });
      if (done.ended !== "exit" || done.exitCode !== 0) throw new Error(`stage ${stage.name} ${why(done)}`);
    }
    const [image] = await readdir(results);
    if (image === undefined) throw new Error("no stage left anything in /run/osbuild/output");
    await rename(join(results, image), output);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return metadata.collected;
}

const why = ({ ended, exitCode, signal }: CompletedRun): string =>
  ended === "exit" ? `ended with exit code ${exitCode}` : `did not end by itself: ${signal ?? ended}`;
