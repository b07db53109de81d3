#!/usr/bin/env node
// Makes a machine with nothing but git, Node and npm ready for this repository. Plain JavaScript with Node's own
// modules only, because it runs before the first `npm ci`. What is up to date already costs no output and little time.
//
// usage: node scripts/bootstrap.mjs [build | run | test]
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Programs that come from the system's package manager, and the package's name where it is another one. */
const BUBBLEWRAP = [{ command: "bwrap", package: "bubblewrap" }];
const TEST_TOOLS = [
  { command: "git", package: "git" },
  { command: "make", package: "make" },
  { command: "python3", package: "python3", pacman: "python" },
  { command: "setfacl", package: "acl" },
  // What roots are made of in tests and examples, which tell when they have to do without.
  { command: "busybox", package: "busybox-static", only: "apt-get" },
  { command: "fuse-overlayfs", package: "fuse-overlayfs", only: "apt-get" },
  { command: "fusermount3", package: "fuse3", only: "apt-get" },
  { command: "nc.openbsd", package: "netcat-openbsd", only: "apt-get" },
];

/** What a goal needs, in the order in which it can be had. */
const BUILD = [checkNode, installPackages, generate, build];
const GOALS = {
  build: BUILD,
  run: [...BUILD, () => installTools(BUBBLEWRAP), checkBubblewrap],
  test: [...BUILD, () => installTools([...BUBBLEWRAP, ...TEST_TOOLS]), checkBubblewrap],
};

const MANAGERS = [
  { name: "apt-get", refresh: ["update"], install: ["install", "-y", "--no-install-recommends"] },
  { name: "dnf", install: ["install", "-y"] },
  { name: "pacman", install: ["-Sy", "--noconfirm", "--needed"] },
  { name: "apk", install: ["add", "--no-cache"] },
  { name: "zypper", install: ["--non-interactive", "install"] },
];

/** Thrown for what the person at the keyboard has to do. */
class Stop extends Error {}

/** Brings everything up to date that `goal` needs; ends the process with 1 and the next thing to type when it can't. */
export function bootstrap(goal) {
  try {
    for (const step of GOALS[goal]) step();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    process.stderr.write(`bootstrap: ${error.message}\n`);
    process.exit(1);
  }
}

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Stop(`Node 20.19 or later is needed, this is ${process.version}`);
  }
  if (process.platform !== "linux") throw new Stop("sbx runs on Linux only");
}

function installPackages() {
  if (packagesAreCurrent()) return;
  say("installing the npm packages of package-lock.json (npm ci)");
  must("npm", ["ci", "--include=dev", "--no-audit", "--no-fund"]);
}

/** Compares what npm says it installed with the lock file: modification times change with every checkout. */
function packagesAreCurrent() {
  const installed = readJson("node_modules/.package-lock.json")?.packages;
  const locked = readJson("package-lock.json")?.packages ?? {};
  if (!installed) return false;
  return Object.entries(locked).every(
    ([path, { version, optional }]) => path === "" || optional || installed[path]?.version === version,
  );
}

function generate() {
  const sources = ["package-lock.json", "schema", "profiles", "scripts/generate.ts", "scripts/generate", "src"];
  const isOutput = (path) => path.startsWith("src/generated/") || path.endsWith(".gen.ts");
  refresh({
    name: "generate",
    says: "generating src/generated",
    inputs: () => digest(sources, (path) => !isOutput(path)),
    outputs: () => digest(["src"], isOutput),
    script: "scripts/generate.ts",
  });
}

function build() {
  const sources = [
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "tsconfig.build.json",
    "scripts/build.ts",
    "src",
  ];
  refresh({
    name: "build",
    says: "building dist",
    inputs: () => digest(sources),
    outputs: () => digest(["dist"]),
    script: "scripts/build.ts",
  });
}

/** Runs a script unless its inputs and outputs are byte for byte those of its last success. */
function refresh({ name, says, inputs, outputs, script }) {
  const stamp = join(ROOT, "node_modules/.cache/sbx", `${name}.stamp`);
  const before = inputs();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === `${before} ${outputs()}`) return;
  say(`${says} (${script})`);
  must(process.execPath, ["--import", "tsx", script]);
  mkdirSync(join(stamp, ".."), { recursive: true });
  writeFileSync(stamp, `${before} ${outputs()}`);
}

function installTools(tools) {
  const manager = MANAGERS.find(({ name }) => onPath(name));
  const missing = tools
    .filter(({ command }) => !onPath(command) && !(command === "bwrap" && process.env.SBX_BWRAP))
    .filter(({ only }) => only === undefined || only === manager?.name);
  if (missing.length === 0) return;
  const commands = missing.map(({ command }) => command).join(", ");
  if (!manager) throw new Stop(`${commands} is missing; install it with this system's package manager`);
  const packages = missing.map((tool) => tool[manager.name] ?? tool.package);
  const lines = [manager.refresh, [...manager.install, ...packages]]
    .filter(Boolean)
    .map((args) => [manager.name, ...args]);
  const prefix = process.getuid() === 0 ? [] : ["sudo", "-n"];
  if (prefix.length > 0 && spawnSync("sudo", ["-n", "true"], { stdio: "ignore" }).status !== 0) {
    throw new Stop(`${commands} is missing; type:  ${lines.map((line) => `sudo ${line.join(" ")}`).join(" && ")}`);
  }
  say(`installing ${packages.join(", ")} (${manager.name})`);
  for (const line of lines) {
    const [file, ...args] = [...prefix, "env", "DEBIAN_FRONTEND=noninteractive", ...line];
    // A package list that can't be refreshed may still be good enough to install from.
    if (line.includes("update")) spawnSync(file, args, { stdio: "ignore" });
    else must(file, args);
  }
}

/** Having bwrap is not enough: many hosts forbid the user namespace that it needs, each in its own way. */
function checkBubblewrap() {
  const bwrap = process.env.SBX_BWRAP || "bwrap";
  const args = ["--ro-bind", "/", "/", "--unshare-user", "--unshare-pid", "--unshare-net", "--", "true"];
  const tried = spawnSync(bwrap, args, { encoding: "utf8" });
  if (tried.status === 0) return;
  const said = (tried.stderr || tried.error?.message || `exit code ${tried.status}`).trim();
  throw new Stop(`bubblewrap is installed but can't make a sandbox here (${said})\n${namespaceAdvice()}`);
}

function namespaceAdvice() {
  const setting = (name) => readText(`/proc/sys/${name}`)?.trim();
  if (setting("user/max_user_namespaces") === "0") return "type:  sudo sysctl user.max_user_namespaces=15000";
  if (setting("kernel/unprivileged_userns_clone") === "0")
    return "type:  sudo sysctl kernel.unprivileged_userns_clone=1";
  if (setting("kernel/apparmor_restrict_unprivileged_userns") === "1") {
    const profile =
      "abi <abi/4.0>,\\ninclude <tunables/global>\\nprofile bwrap /usr/bin/bwrap flags=(unconfined) { userns, }\\n";
    return `type:  printf '${profile}' | sudo tee /etc/apparmor.d/bwrap && sudo apparmor_parser -r /etc/apparmor.d/bwrap`;
  }
  return "in a container, allow user namespaces: docker run --privileged, or --security-opt seccomp=unconfined";
}

/** Runs a program and is silent about it, unless it fails. */
function must(file, args) {
  const done = spawnSync(file, args, {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  if (done.status === 0) return;
  process.stderr.write(`${done.stdout ?? ""}${done.stderr ?? ""}`);
  throw new Stop(`${[file, ...args].join(" ")} failed${done.error ? `: ${done.error.message}` : ""}`);
}

/** One hash over names and contents of files and of everything below directories. */
function digest(paths, wanted = () => true) {
  const hash = createHash("sha1");
  const visit = (path) => {
    const stat = statSync(join(ROOT, path), { throwIfNoEntry: false });
    if (stat?.isDirectory()) for (const name of readdirSync(join(ROOT, path)).sort()) visit(`${path}/${name}`);
    else if (stat?.isFile() && wanted(path))
      hash.update(`${path}\0${stat.size}\0`).update(readFileSync(join(ROOT, path)));
  };
  for (const path of paths) visit(path);
  return hash.digest("hex");
}

function onPath(command) {
  return (process.env.PATH ?? "").split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function readText(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function readJson(path) {
  const text = readText(join(ROOT, path));
  return text === undefined ? undefined : JSON.parse(text);
}

function say(what) {
  process.stderr.write(`bootstrap: ${what}\n`);
}

if (realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const goal = process.argv[2] ?? "run";
  if (!Object.hasOwn(GOALS, goal)) {
    process.stderr.write(`usage: node scripts/bootstrap.mjs [${Object.keys(GOALS).join(" | ")}]\n`);
    process.exit(2);
  }
  bootstrap(goal);
}
