import { join } from "node:path";
import { buildSync } from "esbuild";
import { type Done, type Installed, ROOT, type Room, type RunOptions, type Started } from "./sbx.ts";

/** Programs that embed the library. */
export interface Embedder {
  /**
   * Runs a module of a room's user that has everything the library exports; what it hands to `tell` comes back.
   * `start` is the same for one that is to be watched.
   */
  run(room: Room, text: string, options?: RunOptions): Promise<Done & { readonly told: readonly unknown[] }>;
  start(room: Room, text: string, options?: RunOptions): Started;
  /** The program's file, for those who start it themselves. */
  write(room: Room, text: string): string;
}

const NAMES = ["Sandbox", "SandboxError", "compile", "runPlan", "nodeHost", "formatProblems", "cleanUp"];

/** Puts the library, as the sources are now, where the users of all rooms can read it. */
export function embedder({ directory }: Installed): Embedder {
  const library = join(directory, "package/library.mjs");
  buildSync({
    entryPoints: [join(ROOT, "src/index.ts")],
    outfile: library,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    external: ["@lydell/node-pty"],
    // CommonJS packages in it ask for Node's own modules.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
  let count = 0;
  const program = (room: Room, text: string): string =>
    room.write(
      `../program-${++count}.mjs`,
      `import * as sbx from ${JSON.stringify(library)};
import { readFileSync, readdirSync, writeFileSync, mkdirSync } from "node:fs";
const { ${NAMES.join(", ")} } = sbx;
const tell = (value) => process.stdout.write(\`\\0\${JSON.stringify(value ?? null)}\\n\`);
${text}
`,
    );
  const argv = (room: Room, text: string) => [process.execPath, program(room, text)];
  return {
    async run(room, text, options) {
      const done = await room.run(argv(room, text), options);
      const told = done.stdout.split("\n").filter((line) => line.startsWith("\0"));
      return { ...done, told: told.map((line): unknown => JSON.parse(line.slice(1))) };
    },
    write: program,
    start: (room, text, options) => room.launch(argv(room, text), options),
  };
}
