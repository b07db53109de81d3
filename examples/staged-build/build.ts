// build.ts DIRECTORY, as README.md shows.
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { formatProblems, SandboxError } from "sbx-profiles";
import { buildElement } from "./element.ts";
import { Store, type Tree } from "./store.ts";

const BUSYBOX = "/bin/busybox";
const TOOLS = ["sh", "cat", "chmod", "id", "mkdir", "mv", "sed", "sleep", "touch"];

const [directory] = process.argv.slice(2).map((path) => resolve(path));
if (directory === undefined) {
  process.stderr.write("usage: build.ts DIRECTORY\n");
  process.exit(2);
}
const store = new Store(join(directory, "store"));

/** A base to build in: a shell and a few tools. */
async function base(): Promise<Tree> {
  const top = await mkdtemp(join(directory ?? "", "base."));
  try {
    for (const path of ["bin", "etc"]) await mkdir(join(top, path));
    await copyFile(BUSYBOX, join(top, "bin/busybox"));
    for (const name of TOOLS) await symlink("busybox", join(top, "bin", name));
    await writeFile(join(top, "etc/tools"), "sh\n");
    return await store.add(top);
  } finally {
    await rm(top, { recursive: true });
  }
}

// A signal ends the command that runs, and no other begins; the build still cleans up before this process ends.
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

try {
  await mkdir(store.directory, { recursive: true });
  const element = {
    base: await base(),
    sources: await store.add(join(import.meta.dirname, "hello")),
    // Writes into a file that is a link into the store.
    integrate: ["for tool in /bin/*; do echo $tool; done >> /etc/tools"],
    // So does this: it changes its own sources in place, and then their times and modes.
    build: [
      'echo "# built by user $(id -u)" >> hello.sh',
      "touch -d 2030-01-01 hello.sh && chmod 700 hello.sh",
      "sh ./install.sh /buildstream/install",
    ],
  };
  const installed = await buildElement(element, store, { work: join(directory, "work"), abort: stop.signal });
  const out = join(directory, "out");
  await rm(out, { recursive: true, force: true });
  await store.checkout(installed, out);
  for (const path of Object.keys(installed)) process.stdout.write(`${path}\n`);
  const damaged = await store.damaged();
  process.stdout.write(`objects of the store that are not what they were: ${damaged.length}\n`);
  if (damaged.length > 0) process.exitCode = 1;
} catch (error) {
  const problems = error instanceof SandboxError ? formatProblems(error.problems) : "";
  process.stderr.write(`not built: ${error instanceof Error ? error.message : error}\n${problems}`);
  process.exitCode ??= 1;
}
