/**
 * Builds dist: the command as small CommonJS bundles that are loaded when they are needed, and the library as ES modules.
 * Same sources, same bytes.
 *
 * CommonJS because Node's loader for it is the faster one. A bundle for every `await import("./x.ts")` because what `run`
 * need not parse makes each start shorter; each bundle holds just what it uses (esbuild's own splitting shares files
 * whole, so that the `run` path would carry every other command's part of the library). Code may thus exist more than
 * once in the process, which is harmless for functions and data; what has an identity is a bundle of its own: SHARED.
 */
import { execFile, spawn } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build, type Metafile, type Plugin } from "esbuild";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SOURCES = join(ROOT, "src");
const THREAD = join(SOURCES, "cli/lint-thread.ts");
const MAIN = join(SOURCES, "cli/main.ts");
/** Packages, and files of ours, whose classes are told apart with `instanceof`: the process must have one of each. */
const SHARED: readonly string[] = ["commander", join(SOURCES, "cli/usage-error.ts")];
/** A native addon can't be bundled: it stays in node_modules, where npm puts the one for the machine. */
const NATIVE: readonly string[] = ["@lydell/node-pty"];

interface Bundle {
  readonly text: string;
  /** The bundles that this one loads: packages by name, our files by path. */
  readonly loads: readonly string[];
  /** The files whose code is in it, below the repository. */
  readonly holds: readonly string[];
}

async function main(): Promise<void> {
  // Beside node_modules, so that the finished directory can be renamed into place: nobody sees half a build.
  const staging = join(ROOT, "node_modules/.cache/sbx", `dist-${process.pid}`);
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true });
  try {
    const parts = await Promise.allSettled([buildCommand(staging), buildLibrary(join(staging, "lib"))]);
    for (const part of parts) if (part.status === "rejected") throw part.reason;
    const dist = join(ROOT, "dist");
    await rm(dist, { recursive: true, force: true });
    await rename(staging, dist);
    await writeBytecode(dist);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** All bundles lie in one directory: it is the one that nobody but the person who installed sbx may write to. */
async function buildCommand(out: string): Promise<void> {
  const started = new Map<string, Promise<Bundle>>();
  const add = async (entry: string): Promise<void> => {
    if (started.has(entry)) return;
    const bundle = bundleOf(entry);
    started.set(entry, bundle);
    await Promise.all((await bundle).loads.map(add));
  };
  await add(MAIN);
  const bundles = new Map<string, Bundle>();
  for (const [entry, bundle] of started) bundles.set(entry, await bundle);

  await refuseTwins([...bundles.values()]);
  // `wx`: two entries that came to the same name would be an error.
  for (const [entry, { text }] of bundles) await writeFile(join(out, fileOf(entry)), text, { flag: "wx" });
  const start = await readFile(join(ROOT, "scripts/start.cjs"), "utf8");
  await writeFile(join(out, "sbx.cjs"), start);
  // A thread starts with bytecode, too.
  await writeFile(join(out, "sbx-thread.cjs"), start.replace(fileOf(MAIN), fileOf(THREAD)), { flag: "wx" });
  await chmod(join(out, "sbx.cjs"), 0o755);
  await writeFile(join(out, "THIRD-PARTY-LICENSES.txt"), await licensesOf([...bundles.values()]));
}

const isPackage = (entry: string): boolean => !entry.startsWith("/");

function fileOf(entry: string): string {
  if (entry === MAIN) return "sbx-main.cjs";
  const name = isPackage(entry) ? entry : relative(SOURCES, entry).replace(/\.ts$/, "");
  return `sbx-${name.replaceAll("/", "-")}.cjs`;
}

async function bundleOf(entry: string): Promise<Bundle> {
  const loads = new Set<string>();
  const contents = `export * from ${JSON.stringify(entry)}`;
  const { outputFiles, metafile } = await build({
    ...(isPackage(entry) ? { stdin: { contents, resolveDir: ROOT } } : { entryPoints: [entry] }),
    absWorkingDir: ROOT,
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "cjs",
    platform: "node",
    target: "node20.19",
    logLevel: "silent",
    legalComments: "none",
    // yaml's CommonJS build can't be tree-shaken and is slower to start; its ES build does the same without needing Node.
    alias: { yaml: join(ROOT, "node_modules/yaml/browser/dist/index.js") },
    define: { "import.meta.filename": "__filename", "import.meta.dirname": "__dirname" },
    // What is left of import.meta has no meaning in CommonJS: a wrong path at run time is worse than no build.
    logOverride: { "empty-import-meta": "error" },
    // `import()` would wake Node's ES module loader; written as a `require` it costs nothing.
    supported: { "dynamic-import": false },
    plugins: [otherBundles(entry, loads)],
  });
  const text = outputFiles[0]?.text;
  if (text === undefined) throw new Error(`esbuild made nothing of ${entry}`);
  return { text, loads: [...loads].sort(), holds: holdsOf(metafile) };
}

/** Leaves out what is a bundle of its own, and notes it. */
function otherBundles(entry: string, loads: Set<string>): Plugin {
  return {
    name: "other-bundles",
    setup(builder) {
      builder.onResolve({ filter: /./ }, ({ kind, path, resolveDir }) => {
        if (NATIVE.includes(path)) return { path, external: true };
        const target = path.startsWith(".") ? resolve(resolveDir, path) : path;
        const isLazy = kind === "dynamic-import" && path.startsWith(".");
        if (kind === "entry-point" || target === entry || !(isLazy || SHARED.includes(target))) return undefined;
        loads.add(target);
        return { path: `./${fileOf(target)}`, external: true };
      });
    },
  };
}

function holdsOf({ outputs }: Metafile): string[] {
  const held = Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs));
  return held.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
}

/** A class or variable of a file that is in two bundles would be two: said here, before it puzzles whoever runs sbx. */
async function refuseTwins(bundles: readonly Bundle[]): Promise<void> {
  const held = bundles.flatMap(({ holds }) => holds).filter((path) => path.startsWith("src/"));
  for (const path of new Set(held.filter((path, index) => held.indexOf(path) !== index))) {
    const text = await readFile(join(ROOT, path), "utf8");
    const name = /^(?:export )?(?:abstract )?(?:class|let|var) (\w+)/m.exec(text)?.[1];
    if (name) throw new Error(`${path} is in several bundles, so there would be several \`${name}\`: add it to SHARED`);
  }
}

/**
 * Leaves this Node's bytecode beside the bundles, of the functions that a small profile makes run. `run` comes last: what
 * several commands share is left as it needs it; and `lint`, which changes V8's settings before it loads the rules, is left
 * as it is before it does, as `--score` needs it. A run that ends badly (no bwrap yet) only leaves less.
 */
async function writeBytecode(dist: string): Promise<void> {
  const project = await mkdtemp(join(tmpdir(), "sbx-bytecode-"));
  try {
    await writeFile(
      join(project, ".sandbox.yml"),
      "version: 1\nextends: [base]\nmounts: {.: rw}\nmask: ['${DIR}/*.key']\n",
    );
    const hook = join(ROOT, "scripts/bytecode.cjs");
    const env = { PATH: process.env.PATH, HOME: join(project, "home") };
    for (const args of [
      ["plan"],
      ["show"],
      ["lint"],
      ["lint", "--score"],
      ["render", "--", "true"],
      ["run", "--", "true"],
    ]) {
      const node = ["--require", hook, join(dist, "sbx.cjs"), ...args];
      await promisify(execFile)(process.execPath, node, { cwd: project, env }).catch(() => {});
    }
  } finally {
    await rm(project, { recursive: true, force: true });
  }
}

/** Removes the types and writes the declarations; whether the types are right is for `npm run check` to say. */
async function buildLibrary(out: string): Promise<void> {
  await run(join(ROOT, "node_modules/.bin/tsc"), ["-p", "tsconfig.build.json", "--outDir", out]);
  // What the generator writes as plain JavaScript is no business of tsc's, but part of the library.
  const generated = join(SOURCES, "generated");
  const isPlain = (path: string) => path === generated || !/\.[cm]?ts$/.test(path) || /\.d\.[cm]?ts$/.test(path);
  await cp(generated, join(out, "generated"), { recursive: true, filter: isPlain });
}

/** The licences of the packages whose code is in the command. */
async function licensesOf(bundles: readonly Bundle[]): Promise<string> {
  const paths = bundles.flatMap(({ holds }) => holds);
  const names = new Set(paths.flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []));
  const texts = [...names].sort().map(async (name) => {
    const license = await readFile(join(ROOT, "node_modules", name, "LICENSE"), "utf8");
    return `${name}\n\n${license.trim()}\n`;
  });
  return (await Promise.all(texts)).join(`\n${"-".repeat(80)}\n\n`);
}

function run(file: string, args: readonly string[]): Promise<void> {
  return new Promise((done, failed) => {
    const child = spawn(file, args, { cwd: ROOT, stdio: "inherit" });
    child.on("error", failed);
    child.on("exit", (code) => (code === 0 ? done() : failed(new Error(`${file} ended with ${code}`))));
  });
}

try {
  await main();
} catch (error) {
  process.stderr.write(`build: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
