/**
 * What `sbx run` costs, as a whole process: against a bare Node start, against bwrap with the very same arguments, and
 * against the sum of the two, which is the floor for "Node decides, bwrap runs".
 *
 * Machines drift by more than what is measured here, so everything runs in turn (A B C A B C …) and ratios are taken
 * within a round. Trust the ratios, not the milliseconds.
 *
 * usage: npm run bench [-- ROUNDS]
 */
import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Invocation } from "../src/model/invocation.ts";

const SBX = fileURLToPath(new URL("../dist/sbx.cjs", import.meta.url));
const WARM_UP = 3;

/** What `sbx render --format json` prints: an invocation, and what has to be done on the host around it. */
type Rendered = Invocation & { readonly prepare?: readonly unknown[] };

interface Command {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Files to be opened anew for every run, by descriptor. */
  readonly inputs: readonly { readonly fd: number; readonly path: string }[];
}

interface Ratio {
  readonly name: string;
  readonly of: (times: Readonly<Record<string, number>>) => number;
}

/**
 * The benchmark's own environment: a NODE_EXTRA_CA_CERTS (Node 20 reads the whole file at every start), NODE_OPTIONS or a
 * preload that this process happens to have would be measured too.
 */
function cleanEnvironment(home: string): Record<string, string> {
  return { PATH: process.env.PATH ?? "/usr/local/bin:/usr/bin:/bin", HOME: home, LANG: "C.UTF-8", TERM: "xterm" };
}

function bareBwrap(name: string, profile: readonly string[], project: string, scratch: string): Command {
  const env = cleanEnvironment(scratch);
  const done = spawnSync(process.execPath, [SBX, "render", "--format", "json", ...profile, "--", "true"], {
    cwd: project,
    env,
    encoding: "utf8",
  });
  if (done.status !== 0) throw new Error(`sbx render ${profile.join(" ")} ended with ${done.status}: ${done.stderr}`);
  const rendered: Rendered = JSON.parse(done.stdout);
  if (rendered.prepare?.length) console.warn(`${name}: ${rendered.prepare.length} steps on the host are left out`);
  const run = join(scratch, name.replace(/\W+/g, "-"));
  mkdirSync(run);
  const atRunTime = (text: string): string => text.replaceAll("{run}", run);
  const inputs = rendered.inputs.map(({ fd, content }) => {
    const path = join(run, `fd-${fd}`);
    const parts = typeof content === "string" ? [content] : content;
    writeFileSync(path, parts.map((part) => (typeof part === "string" ? atRunTime(part) : env[part.from])).join(""));
    return { fd, path };
  });
  const given = Object.entries(rendered.env).map(([key, value]) => [
    key,
    typeof value === "string" ? value : [...(value.prepend ?? []), env[value.from] ?? ""].join(":"),
  ]);
  return { name, file: rendered.file, args: rendered.args.map(atRunTime), env: Object.fromEntries(given), inputs };
}

/** Wall time of one run, in milliseconds. */
function timed({ name, file, args, env, inputs }: Command, cwd: string): number {
  const opened = inputs.map(({ fd, path }) => ({ fd, open: openSync(path, "r") }));
  const stdio: ("ignore" | number)[] = Array(Math.max(2, ...opened.map(({ fd }) => fd)) + 1).fill("ignore");
  for (const { fd, open } of opened) stdio[fd] = open;
  const start = process.hrtime.bigint();
  const { status, signal, error } = spawnSync(file, args, { cwd, env, stdio });
  const end = process.hrtime.bigint();
  for (const { open } of opened) closeSync(open);
  if (status !== 0) throw new Error(`${name} ended with ${status ?? signal ?? error?.message}`);
  return Number(end - start) / 1e6;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function quartiles(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): string => sorted[Math.floor((sorted.length - 1) * share)]!.toFixed(2);
  return `${at(0.25)}–${at(0.75)}`;
}

function measure(commands: readonly Command[], rounds: number, cwd: string): Record<string, number>[] {
  const round = (): Record<string, number> =>
    Object.fromEntries(commands.map((command) => [command.name, timed(command, cwd)]));
  for (let count = 0; count < WARM_UP; count += 1) round();
  return Array.from({ length: rounds }, round);
}

function bench(rounds: number, scratch: string): void {
  const project = join(scratch, "project");
  mkdirSync(project);
  writeFileSync(join(project, ".sandbox.yml"), "version: 1\nextends: [base]\nmounts:\n  .: rw\n");
  const env = cleanEnvironment(scratch);
  const node = (name: string, ...args: string[]): Command => ({ name, file: process.execPath, args, env, inputs: [] });
  const profiles = [
    { name: "discovered", options: [] },
    { name: "-p base", options: ["-p", "base"] },
  ];
  const commands = [
    node("node -e 0", "-e", "0"),
    node("sbx --version", SBX, "--version"),
    ...profiles.flatMap(({ name, options }) => [
      bareBwrap(`bwrap, ${name}`, options, project, scratch),
      node(`sbx run, ${name}`, SBX, "run", ...options, "--", "true"),
    ]),
  ];
  const ratios: readonly Ratio[] = [
    { name: "sbx --version / node", of: (t) => t["sbx --version"]! / t["node -e 0"]! },
    ...profiles.flatMap(({ name }): Ratio[] => {
      const sbx = `sbx run, ${name}`;
      const bwrap = `bwrap, ${name}`;
      return [
        { name: `${sbx} / node`, of: (t) => t[sbx]! / t["node -e 0"]! },
        { name: `${sbx} / bwrap`, of: (t) => t[sbx]! / t[bwrap]! },
        { name: `${sbx} / (node + bwrap)`, of: (t) => t[sbx]! / (t["node -e 0"]! + t[bwrap]!) },
      ];
    }),
  ];
  const results = measure(commands, rounds, project);
  console.log(`${rounds} rounds, Node ${process.version}; medians in ms`);
  for (const { name } of commands) {
    console.log(
      `  ${name.padEnd(40)}${median(results.map((times) => times[name]!))
        .toFixed(1)
        .padStart(7)}`,
    );
  }
  console.log("ratios, paired round by round: median, middle half");
  for (const { name, of } of ratios) {
    const values = results.map(of);
    console.log(`  ${name.padEnd(40)}${median(values).toFixed(2).padStart(7)}   ${quartiles(values)}`);
  }
}

const rounds = Number(process.argv[2] ?? 30);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error("usage: npm run bench [-- ROUNDS]");
const scratch = mkdtempSync(join(tmpdir(), "sbx-bench-"));
try {
  bench(rounds, scratch);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
