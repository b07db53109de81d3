#!/usr/bin/env node
// Runs examples/node-project in its sandbox and shows what it could and could not do there. Nothing is taken on trust:
// the same program tries everything twice, outside on a throwaway copy and inside, and the host is looked at afterwards.
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { bootstrap, ROOT } from "./bootstrap.mjs";

const SBX = join(ROOT, "dist/sbx.cjs");
const SECRET = `canary-${randomBytes(8).toString("hex")}`;
const KEY = `PRIVATE KEY ${SECRET}`;

const colour = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code) => (text) => (colour ? `\x1b[${code}m${text}\x1b[0m` : text);
const [bold, dim, red, green] = ["1", "2", "31", "32"].map(paint);

/** Runs in the sandbox and outside of it, as `node -e`; so it must not use anything of this file. */
async function probe({ home, project, port, secret }) {
  const fs = require("node:fs");
  const net = require("node:net");
  const attempt = async (action) => {
    try {
      return { done: true, note: String(await action()) };
    } catch (error) {
      return { done: false, note: error.code ?? error.message };
    }
  };
  const connect = () =>
    new Promise((resolve, reject) => {
      const socket = net.connect(port, "127.0.0.1");
      socket.on("connect", () => resolve("connected")).on("connect", () => socket.destroy());
      socket.on("error", reject);
    });
  const environments = () => {
    const processes = fs.readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name));
    const holders = processes.filter((pid) => {
      try {
        return fs.readFileSync(`/proc/${pid}/environ`, "utf8").includes(secret);
      } catch {
        return false;
      }
    });
    if (!Object.values(process.env).includes(secret) && holders.length === 0) throw new Error("not there");
    return "seen";
  };
  const write = (path, text) => () => {
    fs.writeFileSync(path, text, { flag: "a" });
    return "written";
  };
  const list = (path) => fs.readdirSync(path).sort();
  return {
    attempts: {
      build: await attempt(write(`${project}/build.log`, "built\n")),
      key: await attempt(() => fs.readFileSync(`${home}/.ssh/id_ed25519`, "utf8") && "read"),
      profile: await attempt(write(`${home}/.bashrc`, "evil\n")),
      connect: await attempt(connect),
      secret: await attempt(environments),
      hook: await attempt(write(`${project}/.git/hooks/pre-commit`, "#!/bin/sh\nevil\n")),
      sandbox: await attempt(write(`${project}/.sandbox.yml`, "network: host\n")),
    },
    sees: {
      "/": list("/"),
      "~": list(home),
      processes: list("/proc").filter((name) => /^[0-9]+$/.test(name)),
      network: Object.keys(require("node:os").networkInterfaces()),
      variables: Object.keys(process.env).sort(),
    },
  };
}

/** A home directory with a key, a shell profile and a checkout of the example. */
function makeHome(home) {
  const project = join(home, "project");
  cpSync(join(ROOT, "examples/node-project"), project, { recursive: true });
  mkdirSync(join(project, ".git/hooks"), { recursive: true });
  mkdirSync(join(project, ".git/objects"));
  mkdirSync(join(project, ".git/refs/heads"), { recursive: true });
  writeFileSync(join(project, ".git/HEAD"), "ref: refs/heads/main\n");
  writeFileSync(join(project, ".git/config"), "[core]\n\trepositoryformatversion = 0\n\tbare = false\n");
  mkdirSync(join(home, ".ssh"), { mode: 0o700 });
  writeFileSync(join(home, ".ssh/id_ed25519"), KEY, { mode: 0o600 });
  writeFileSync(join(home, ".bashrc"), "# empty\n");
  return { home, project };
}

/** The host's view of what the attempts may have changed. */
function traces({ home, project }) {
  const read = (path) => (existsSync(path) ? readFileSync(path, "utf8") : "");
  return {
    build: read(join(project, "build.log")),
    profile: read(join(home, ".bashrc")),
    hook: read(join(project, ".git/hooks/pre-commit")),
    sandbox: read(join(project, ".sandbox.yml")),
  };
}

function run(file, args, { home, project }) {
  const { PATH, LANG, TERM, SBX_BWRAP } = process.env;
  const given = { PATH, LANG, TERM, SBX_BWRAP, HOME: home, SECRET_TOKEN: SECRET };
  const env = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return new Promise((resolve) => {
    const child = execFile(file, args, { cwd: project, env, maxBuffer: 2 ** 24 }, (error, stdout, stderr) => {
      resolve({ code: error ? (error.code ?? 1) : 0, stdout, stderr });
    });
    child.stdin.end();
  });
}

function sandboxed(command, place) {
  // A Node below a home directory (nvm and its like) is none that a profile shows by itself.
  const prefix = dirname(dirname(process.execPath));
  const node = prefix === "/usr" || prefix.startsWith("/usr/") ? [] : ["--ro-bind", prefix];
  const path = node.length === 0 ? [] : ["--env", `PATH=${prefix}/bin:/usr/local/bin:/usr/bin:/bin`];
  return run(process.execPath, [SBX, "run", ...node, ...path, "--", ...command], place);
}

async function probed(runIn, place, port) {
  const input = JSON.stringify({ ...place, port, secret: SECRET });
  const script = `(${probe})(JSON.parse(process.argv[1])).then((found) => console.log(JSON.stringify(found)))`;
  const done = await runIn(["node", "-e", script, input], place);
  if (done.code !== 0) throw new Error(`the probe ended with ${done.code}:\n${done.stdout}${done.stderr}`);
  return JSON.parse(done.stdout);
}

/** The probe outside and inside, while a server of the host's listens; `reached`: it was, from inside. */
async function tryBoth(twin, place) {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address();
    const outside = await probed(([, ...args], where) => run(process.execPath, args, where), twin, port);
    const others = connections;
    const inside = await probed(sandboxed, place, port);
    return { outside, inside, reached: connections > others };
  } finally {
    server.close();
  }
}

/** What is claimed: `holds` decides from what the attempt said and from what the host saw of it. */
function claimsOf({ outside, inside, before, after, reached }) {
  const tried = (id) => ({ outside: outside.attempts[id], inside: inside.attempts[id] });
  const untouched = (id) => outside.attempts[id].done && after[id] === before[id];
  /** Inside, a write may well succeed, on a copy that nobody else ever sees. */
  const harmless = (id) => {
    const { outside: loud, inside: quiet } = tried(id);
    const lost = quiet.done && untouched(id);
    return { outside: loud, inside: lost ? { ...quiet, note: `${quiet.note}, but not to the host` } : quiet };
  };
  const refused = (id) => outside.attempts[id].done && !inside.attempts[id].done;
  return {
    allowed: [{ what: "write a file in the project", ...tried("build"), holds: after.build === "built\n" }],
    refused: [
      { what: "read ~/.ssh/id_ed25519", ...tried("key"), holds: refused("key") },
      { what: "append to ~/.bashrc", ...harmless("profile"), holds: untouched("profile") },
      { what: "connect to a server on 127.0.0.1", ...tried("connect"), holds: refused("connect") && !reached },
      { what: "see $SECRET_TOKEN, anyone's", ...tried("secret"), holds: refused("secret") },
      { what: "plant .git/hooks/pre-commit", ...harmless("hook"), holds: untouched("hook") },
      { what: "loosen .sandbox.yml", ...harmless("sandbox"), holds: untouched("sandbox") },
    ],
  };
}

function claimLine({ what, outside, inside, holds }) {
  const mark = holds ? green("✓") : red("✗");
  return `  ${mark} ${what.padEnd(36)}${outside.note.padEnd(12)}${holds ? inside.note : red(inside.note)}`;
}

function seenLines({ outside, inside }) {
  const few = (names) => (names.length > 12 ? `${names.slice(0, 12).join(" ")} …` : names.join(" "));
  return Object.keys(inside.sees).map((what) => {
    const [all, some] = [outside.sees[what].length, inside.sees[what]];
    const names = what === "processes" ? "" : dim(few(some));
    return `    ${what.padEnd(12)}${`${some.length} of ${all}`.padEnd(12)}${names}`;
  });
}

async function demo(directory) {
  const twin = makeHome(join(directory, "outside"));
  const place = makeHome(join(directory, "inside"));

  const test = await sandboxed(["npm", "test"], place);
  const passed = /^(?:#|ℹ) pass (\d+)/m.exec(test.stdout)?.[1] ?? "0";
  const tests = { holds: test.code === 0 && passed !== "0", said: test.stdout + test.stderr };

  const before = traces(place);
  const { outside, inside, reached } = await tryBoth(twin, place);
  const after = traces(place);

  const { allowed, refused } = claimsOf({ outside, inside, before, after, reached });
  const broken = [tests, ...allowed, ...refused].filter(({ holds }) => !holds).length;
  const total = 1 + allowed.length + refused.length;
  const head = (title) => `  ${bold(title.padEnd(38))}${dim("outside     in the sandbox")}`;
  const verdict = broken === 0 ? green(`all ${total} claims held`) : red(`${broken} of ${total} claims did not hold`);
  const page = [
    "",
    `  ${bold("examples/node-project in its sandbox")}  ${dim("(profile: examples/node-project/.sandbox.yml)")}`,
    "",
    `  ${tests.holds ? green("✓") : red("✗")} ${"npm test".padEnd(36)}${dim("".padEnd(12))}${passed} tests passed`,
    ...(tests.holds ? [] : ["", tests.said]),
    "",
    head("It may"),
    ...allowed.map(claimLine),
    "",
    head("It may not"),
    ...refused.map(claimLine),
    "",
    `  ${bold("It sees")}`,
    ...seenLines({ outside, inside }),
    "",
    `  ${verdict}: each was tried on this machine and in the sandbox, and the host looked at afterwards`,
    "",
    `  ${dim("next:  cd examples/node-project && ../../dist/sbx.cjs plan")}`,
    "",
  ];
  process.stdout.write(`${page.join("\n")}\n`);
  return broken === 0;
}

bootstrap("run");
const directory = mkdtempSync(join(tmpdir(), "sbx-demo-"));
try {
  process.exitCode = (await demo(directory)) ? 0 : 1;
} catch (error) {
  process.stderr.write(`demo: ${error.message}\n`);
  process.exitCode = 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
