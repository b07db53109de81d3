import { closeSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { escapeText } from "../index.ts";
import { ESCAPED, words } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { BROKEN, CLEAN, SBX_SAYS } from "./exit.ts";
import { packageVersion } from "./package.ts";
import { UsageError } from "./usage-error.ts";

/** Runs a command line and gives the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const [name = "", ...rest] = argv;
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  const runs = name === "run" || name === "shell";
  try {
    if (entry === undefined) return await overview(argv);
    const { command } = await entry.load();
    let exitCode = CLEAN;
    const parser = command(words(argv), (code) => {
      exitCode = code;
    });
    parser.name(`sbx ${name}`).exitOverride();
    await parser.parseAsync(rest, { from: "user" });
    return exitCode;
  } catch (error) {
    return failure(error, runs ? SBX_SAYS : BROKEN);
  }
}

/** `sbx`, `sbx --help`, `sbx --version`, and words that are no command. */
async function overview(argv: readonly string[]): Promise<number> {
  const program = new Command("sbx")
    .description("Sandbox profiles as code: a YAML profile becomes a bubblewrap sandbox.")
    .version(packageVersion(), "-V, --version", "show the version")
    .helpOption("-h, --help", "show this help; sbx COMMAND --help shows a command's")
    .helpCommand(false)
    .configureOutput(ESCAPED)
    .exitOverride();
  for (const [name, { summary }] of Object.entries(COMMANDS)) program.command(name).summary(summary).helpOption(false);
  program.addHelpText(
    "after",
    "\nExamples:\n  sbx run -- npm test           in the sandbox of .sandbox.yml\n" +
      "  sbx run -p untrusted -- ./x   in a built-in one\n  sbx plan                      what it would see",
  );
  if (argv.length === 0) {
    process.stderr.write(program.helpInformation());
    return BROKEN;
  }
  await program.parseAsync([...argv], { from: "user" });
  return CLEAN;
}

/** What ends a command early: help, a word too many, or a defect of sbx, which is told without a stack trace. */
function failure(error: unknown, usage: number): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? CLEAN : usage;
  if (error instanceof UsageError) process.stderr.write(`sbx: error: ${escapeText(error.message)}\n`);
  else {
    const text = error instanceof Error ? (process.env.SBX_DEBUG ? error.stack : error.message) : String(error);
    process.stderr.write(`sbx: defect: ${text}\nPlease report it; SBX_DEBUG=1 shows where it happened.\n`);
  }
  return usage;
}

/** Hands the exit code on when everything is written. */
async function finish(exitCode: number): Promise<never> {
  if (exitCode === HUNG_UP) process.on("exit", () => [0, 1, 2].map(closeQuietly));
  if (result !== undefined) await new Promise((written) => result.write("", written));
  if (unwritten === undefined) process.exit(exitCode);
  process.stderr.write(`sbx: error: the result can't be written: ${unwritten.message}\n`);
  process.exit(BROKEN);
}

// With a terminal that has gone on one of these, Node aborts at its exit: it can't set it back (measured).
const HUNG_UP = 129;
function closeQuietly(fd: number): void {
  try {
    closeSync(fd);
  } catch {}
}

const argv = process.argv.slice(2);
// `run` has no result of its own, and looking at standard output costs it milliseconds.
const result = argv[0] === "run" || argv[0] === "shell" ? undefined : process.stdout;
let unwritten: NodeJS.ErrnoException | undefined;
result?.on("error", (error: NodeJS.ErrnoException) => {
  // A reader that went away (`sbx plan | head`) is nobody's mistake.
  if (error.code !== "EPIPE") unwritten = error;
});
// Nothing is left to wait for, and nobody has said how it ended: that is not the 0 that Node would end with.
process.on("beforeExit", () => {
  process.exit(failure(new Error("the command came to no end"), result === undefined ? SBX_SAYS : BROKEN));
});
main(argv).then(finish);
