import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Sandbox, type SandboxOptions } from "sbx-profiles";
import type { Store, Tree } from "./store.ts";

const BUILD = "/buildstream/build";
const INSTALL = "/buildstream/install";

/** What an element is made of: trees of the store. */
export interface Element {
  /** Everything that its commands run in. */
  readonly base: Tree;
  readonly sources: Tree;
  /** A shell is run for each of these: first for those that prepare the tree, then for the build proper. */
  readonly integrate: readonly string[];
  readonly build: readonly string[];
}

export interface BuildOptions {
  /** The directory to build in; nothing is left of it. */
  readonly work: string;
  readonly abort: AbortSignal;
}

/** Builds an element, and gives what it installed. */
export async function buildElement(element: Element, store: Store, { work, abort }: BuildOptions): Promise<Tree> {
  const { base, sources, integrate, build } = element;
  const root = join(work, "root");
  try {
    await store.stage(base, root);
    // These may change all of the tree, as ldconfig does.
    await inSandbox({ profile: "buildstream-integration", params: { root } }, integrate, abort);
    await store.stage(sources, join(root, BUILD));
    await mkdir(join(root, INSTALL), { recursive: true });
    // Files of the tree are links into the store. The root is read-only here, and both marks say that they hold such
    // files: sbx gives the commands copies of those.
    const profile = {
      directory: work,
      version: 1,
      extends: ["buildstream-build"],
      marked: { [BUILD]: { artifact: true }, [INSTALL]: { artifact: true } },
    };
    await inSandbox({ profile, params: { root, cwd: BUILD } }, build, abort);
    return await store.add(join(root, INSTALL));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Runs shell commands one after the other; the first that fails is the last. */
async function inSandbox(options: SandboxOptions, commands: readonly string[], abort: AbortSignal): Promise<void> {
  await using box = await Sandbox.open(options);
  for (const command of commands) {
    const { ended, exitCode, output } = await box.run(["sh", "-e", "-c", command], { abort });
    if (ended === "exit" && exitCode === 0) continue;
    throw new Error(`${command}: ${ended === "exit" ? `exit code ${exitCode}` : ended}\n${output}`);
  }
}
