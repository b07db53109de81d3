/**
 * A build tool's side of the example's endpoints, as a program: `through-sandbox DIRECTORY ROUNDS`. It runs the example's
 * Python client in a sandbox with a network of its own, and prints what it heard as JSON.
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ArgumentsApi, ExceptionApi, MetadataApi } from "../../examples/osbuild-endpoints/endpoints.ts";
import { type Api, compile, nodeHost, runPlan } from "../../src/index.ts";

const [directory = "", rounds = "0"] = process.argv.slice(2);
const sockets = mkdtempSync(join(tmpdir(), "sbx-api-"));
const PATH = "/run/osbuild/api";

/** Runs a Python program in the sandbox, with all servers stopped afterwards. */
async function stage(apis: readonly Api[], program: string) {
  const compiled = await compile({
    profile: {
      directory,
      version: 1,
      extends: ["base"],
      mounts: {
        [directory]: "ro",
        ...Object.fromEntries(
          apis.map(({ endpoint }) => [`${PATH}/${endpoint}`, { from: join(sockets, endpoint), access: "ro" }]),
        ),
      },
      env: { set: { PYTHONDONTWRITEBYTECODE: "1" } },
    },
  });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  const done = await runPlan(compiled.plan, ["python3", "-c", `import api\n${program}`], nodeHost(), {
    handleSignals: false,
    capture: {},
  });
  if (!("ended" in done)) throw new Error(JSON.stringify(done.problems));
  return { exitCode: done.exitCode, output: done.captured?.output };
}

async function together<T>(apis: readonly Api[], action: () => Promise<T>): Promise<T> {
  for (const api of apis) await api.start(join(sockets, api.endpoint));
  try {
    return await action();
  } finally {
    for (const api of apis.toReversed()) await api.stop();
  }
}

async function allThree() {
  const [metadata, exception] = [new MetadataApi(), new ExceptionApi()];
  const apis = [new ArgumentsApi({ name: "€", error: "none" }), metadata, exception];
  const done = await together(apis, () =>
    stage(
      apis,
      `
print(sorted(line.split(":")[0].strip() for line in open("/proc/net/dev") if ":" in line))
with api.reporting():
    api.metadata({"a": 1, "b": {"c": api.arguments()}})
    api.metadata({"a": 2, "__proto__": {"x": 1}})
    raise KeyError("missing")
`,
    ),
  );
  return { ...done, metadata: JSON.stringify(metadata.metadata), error: exception.error };
}

async function refused() {
  const [metadata, exception] = [new MetadataApi(), new ExceptionApi()];
  const apis = [metadata, exception];
  const done = await together(apis, () =>
    stage(
      apis,
      `
import socket
def told(endpoint, text):
    with socket.socket(socket.AF_UNIX) as s:
        s.connect("${PATH}/" + endpoint)
        s.sendall(text + b"\\n")
        print(s.makefile().readline(), end="")
told("metadata", b"[1]")
told("exception", b'{"type": 1}')
told("exception", b"no json")
`,
    ),
  );
  return { ...done, metadata: metadata.metadata, error: exception.error ?? null };
}

/** How often what a client had sent, who ended right after that, was there after the stop. */
async function repeated(count: number): Promise<number> {
  let right = 0;
  for (let round = 0; round < count; round++) {
    const metadata = new MetadataApi();
    const { exitCode } = await together([metadata], () =>
      stage([metadata], `import os\napi.metadata({"round": ${round}})\nos._exit(0)`),
    );
    if (exitCode === 0 && metadata.metadata.round === round) right++;
  }
  return right;
}

try {
  const results = { allThree: await allThree(), refused: await refused(), repeated: await repeated(Number(rounds)) };
  process.stdout.write(JSON.stringify({ ...results, left: readdirSync(sockets) }));
} finally {
  rmSync(sockets, { recursive: true, force: true });
}
