/**
 * What explaining costs: 1,000 paths over a plan of 1,000 mounts, on this machine's own files. `cold` starts from
 * nothing (tree, host facts and all); `warm` asks again. Each figure is the median of some rounds.
 *
 * usage: npx tsx bench/explain.ts [ROUNDS]
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile, explainer, nodeHost, type Plan } from "../src/index.ts";

const COUNT = 1000;

/** A project with a thousand places in it, each granted by an entry of its own, some hidden, some protected. */
async function planOf(top: string): Promise<Plan> {
  const mounts: Record<string, unknown> = { [top]: "rw" };
  for (let index = 0; index < COUNT; index += 1) {
    const directory = join(top, `part-${index % 50}`, `unit-${index}`, "src");
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "file"), "");
    mounts[`/srv/part-${index % 50}/unit-${index}`] = { from: join(directory, ".."), access: index % 3 ? "ro" : "rw" };
  }
  const profile = { directory: top, version: 1, extends: ["base"], mounts, git: "none" };
  const compiled = await compile({ profile });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems.slice(0, 3)));
  return compiled.plan;
}

function paths(top: string): string[] {
  return Array.from({ length: COUNT }, (_, index) => {
    const inner = `part-${index % 50}/unit-${index}/src`;
    const kinds = [
      `/srv/${inner}/file`,
      `${top}/${inner}/file`,
      `/srv/${inner}/absent`,
      `/usr/bin/env-${index}`,
      "/bin/sh",
    ];
    return kinds[index % kinds.length] ?? "/";
  });
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

interface Time {
  readonly wall: number;
  /** Of all threads, the compiler's and the garbage collector's too; what else the machine does is not in it. */
  readonly processor: number;
}

function timed(work: () => void): Time {
  const [start, before] = [process.hrtime.bigint(), process.cpuUsage()];
  work();
  const { user, system } = process.cpuUsage(before);
  return { wall: Number(process.hrtime.bigint() - start) / 1e6, processor: (user + system) / 1e3 };
}

const shown = (times: readonly Time[]): string =>
  `${median(times.map(({ wall }) => wall)).toFixed(1)} ms, processors ${median(times.map(({ processor }) => processor)).toFixed(1)} ms`;

const rounds = Number(process.argv[2] ?? 15);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error("usage: npx tsx bench/explain.ts [ROUNDS]");
const top = realpathSync(mkdtempSync(join(tmpdir(), "sbx-bench-")));
try {
  const plan = await planOf(top);
  const asked = paths(top);
  const results = Array.from({ length: rounds }, () => {
    const ask = { path: (_: string): unknown => undefined };
    const cold = timed(() => {
      ask.path = explainer(plan, nodeHost()).path;
      asked.map(ask.path);
    });
    return { cold, warm: timed(() => asked.map(ask.path)) };
  });
  const present = plan.operations.filter((operation) => operation.present).length;
  console.log(`${COUNT} paths over ${present} operations, ${rounds} rounds, Node ${process.version}`);
  console.log(`  first round, not compiled yet  ${shown(results.slice(0, 1).map(({ cold }) => cold))}`);
  console.log(`  cold                           ${shown(results.map(({ cold }) => cold))}`);
  console.log(`  warm                           ${shown(results.map(({ warm }) => warm))}`);
} finally {
  rmSync(top, { recursive: true, force: true });
}
