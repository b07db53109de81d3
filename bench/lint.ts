/**
 * What `sbx lint .` costs over a repository of a thousand profiles, as a whole process: seconds, and the most memory it had
 * (VmHWM, proc_pid_status(5)). Three kinds of repository: a plan, two plans and five plans for each profile.
 *
 * usage: npm run bench:lint [-- PROFILES [ROUNDS]]
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const SBX = fileURLToPath(new URL("../dist/sbx.cjs", import.meta.url));
const [profiles = 1000, rounds = 5] = process.argv.slice(2).map(Number);

const shared = (index: number): string => `version: 1
description: Shared by a part of the services
extends: [${["node", "python", "make", "base", "host-ro"][index % 5]}]
limits: {memory: {value: ${index + 1}G, try: true}}
flags:
  registry:
    network: host
    mounts: {~/.config/registry.json: ro?}
`;

const service = (index: number): string => `# Service ${index}
version: 1
description: Builds and tests service ${index}
extends: [../shared/${index % 10}.sandbox.yml]
mounts:
  ./out: {access: rw, missing: create}
  ~/.cache/service-${index}: {access: rw, missing: create}
${index % 3 === 0 ? "  ~/.config/hcloud: ro?\n" : ""}tmpfs:
  /tmp/scratch-${index}: ${index % 4 === 0 ? "{}" : "{size: 64M}"}
env:
  pass: [TERM, LANG${index % 7 === 0 ? ", AWS_SECRET_ACCESS_KEY" : ""}]
  set: {SERVICE: "service-${index}", PORT: "${3000 + index}"}
protect: [./package.json]
flags:
  gpu:
    devices: [/dev/dri]
  docker:
    mounts: {/var/run/docker.sock: rw}
tests:
  no keys: {hidden: [~/.gnupg]}
`;

const plain = (index: number): string => `version: 1
extends: [base]
mounts:
  .: rw
  ~/.cache/service-${index}: {access: rw, missing: create}
env:
  pass: [TERM, LANG]
`;

const flagged = (index: number): string => `version: 1
extends: [node]
mounts:
  ~/.ssh: ro?
  ~/.cache/service-${index}: {access: rw, missing: create}
env:
  pass: [TERM, LANG]
  set: {SERVICE: "service-${index}"}
protect: [./package.json]
flags:
  gpu: {devices: [/dev/dri]}
`;

const KINDS = {
  "one plan each": plain,
  "two plans each, one for a flag set": flagged,
  "five plans each, parents in the repository": service,
} as const;

function repository(profile: (index: number) => string): string {
  const top = mkdtempSync(join(tmpdir(), "sbx-bench-lint-"));
  mkdirSync(join(top, ".git"));
  writeFileSync(join(top, ".git/HEAD"), "ref: refs/heads/main\n");
  mkdirSync(join(top, "shared"));
  for (let index = 0; index < 10; index++) writeFileSync(join(top, `shared/${index}.sandbox.yml`), shared(index));
  for (let index = 0; index < profiles - 10; index++) {
    mkdirSync(join(top, `s${index}`));
    writeFileSync(join(top, `s${index}`, "service.sandbox.yml"), profile(index));
  }
  return top;
}

interface Cost {
  readonly seconds: number;
  readonly mebibytes: number;
}

async function lint(top: string, args: readonly string[]): Promise<Cost & { readonly last: string }> {
  const env = { PATH: process.env.PATH ?? "/usr/bin:/bin", HOME: home, LANG: "C.UTF-8" };
  const began = process.hrtime.bigint();
  const child = spawn(process.execPath, [SBX, "lint", ...args, "."], {
    cwd: top,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (piece: string) => {
    text = (text + piece).slice(-400);
  });
  let mebibytes = 0;
  const watch = setInterval(() => {
    mebibytes = Math.max(mebibytes, highWater(child.pid));
  }, 20);
  const code = await new Promise((resolve) => child.on("close", resolve));
  clearInterval(watch);
  if (code !== 0 && code !== 1) throw new Error(`sbx lint ended with ${code}: ${text}`);
  return {
    seconds: Number(process.hrtime.bigint() - began) / 1e9,
    mebibytes,
    last: text.trim().split("\n").at(-1) ?? "",
  };
}

function highWater(pid: number | undefined): number {
  try {
    const kibibytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Number(kibibytes ?? 0) / 1024;
  } catch {
    return 0;
  }
}

const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;

const home = mkdtempSync(join(tmpdir(), "sbx-bench-home-"));
try {
  for (const [kind, profile] of Object.entries(KINDS)) {
    console.log(`${profiles} profiles, ${kind}`);
    const top = repository(profile);
    try {
      for (const args of [[], ["--offline"]]) await measure(top, args);
    } finally {
      rmSync(top, { recursive: true, force: true });
    }
  }
} finally {
  rmSync(home, { recursive: true, force: true });
}

async function measure(top: string, args: readonly string[]): Promise<void> {
  const costs = [];
  for (let round = 0; round < rounds; round++) costs.push(await lint(top, args));
  const seconds = costs.map((cost) => cost.seconds);
  const most = Math.max(...costs.map(({ mebibytes }) => mebibytes));
  const range = `${Math.min(...seconds).toFixed(2)} to ${Math.max(...seconds).toFixed(2)}`;
  console.log(
    `  sbx lint ${[...args, "."].join(" ")}: ${median(seconds).toFixed(2)} s (${range}), ${Math.round(most)} MiB`,
  );
  console.log(`    ${costs[0]?.last}`);
}
