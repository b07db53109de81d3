import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ApiErrorCode } from "../../src/api/index.ts";
import { client, descriptors, type Place, place, TestApi } from "./client.ts";

let at: Place;
const running: TestApi[] = [];
beforeEach(() => {
  at = place();
});
afterEach(async () => {
  for (const api of running.splice(0)) await api.stop();
  at.remove();
});

function server(...args: ConstructorParameters<typeof TestApi>): TestApi {
  const api = new TestApi(...args);
  running.push(api);
  return api;
}

const echo = (message: unknown) => message;
const failure = (code: ApiErrorCode) => expect.objectContaining({ name: "ApiError", code });

/** Whether a server at a path answers. */
async function answers(path: string): Promise<boolean> {
  const { write, reply, close } = await client(path);
  await write('"hello"\n');
  const isRight = (await reply()) === "hello";
  await close();
  return isRight;
}

describe("an address", () => {
  it("may have 107 bytes, and no more: nothing is made then", async () => {
    const rest = 107 - Buffer.byteLength(at.directory) - 1;
    const [longest, longer] = [join(at.directory, "n".repeat(rest)), join(at.directory, "n".repeat(rest + 1))];
    const api = server(echo);
    await expect(api.start(longer)).rejects.toEqual(failure("address-too-long"));
    // é takes two bytes.
    await expect(api.start(join(at.directory, `é${"n".repeat(rest - 1)}`))).rejects.toEqual(
      failure("address-too-long"),
    );
    expect(readdirSync(at.directory)).toEqual([]);
    await api.start(longest);
    expect(await answers(longest)).toBe(true);
  });

  it.each(["socket", "", "./socket", "\0socket", "/tmp/a\0b", "/"])(
    "is an absolute path, and %j is none",
    async (path) => {
      await expect(server().start(path)).rejects.toEqual(failure("invalid-address"));
    },
  );

  it("where a server lives is refused, and that server goes on", async () => {
    await server(echo).start(at.path);
    await expect(server().start(at.path)).rejects.toEqual(failure("address-in-use"));
    expect(await answers(at.path)).toBe(true);
  });

  it.each<readonly [string, (path: string) => void]>([
    ["a file", (path) => writeFileSync(path, "kept")],
    ["a directory", (path) => mkdirSync(path)],
    ["a link", (path) => symlinkSync("elsewhere", path)],
    ["a killed program's socket", (path) => leaveSocket(path)],
  ])("where %s stands is refused, and that stays", async (_, make) => {
    make(at.path);
    const before = lstatSync(at.path);
    const count = descriptors();
    await expect(server().start(at.path)).rejects.toEqual(failure("address-in-use"));
    expect(lstatSync(at.path)).toMatchObject({ ino: before.ino, mode: before.mode, size: before.size });
    expect(descriptors()).toBe(count);
  });

  it("in no directory is refused at once, and the server can be started elsewhere", async () => {
    const api = server(echo);
    const count = descriptors();
    await expect(api.start(join(at.directory, "none/socket"))).rejects.toEqual(failure("not-listening"));
    writeFileSync(join(at.directory, "file"), "");
    await expect(api.start(join(at.directory, "file/socket"))).rejects.toEqual(failure("not-listening"));
    expect(descriptors()).toBe(count);
    await api.start(at.path);
    expect(await answers(at.path)).toBe(true);
  });
});

/** A socket that nobody listens at any more. */
function leaveSocket(path: string): void {
  const code = "import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])";
  expect(spawnSync("python3", ["-c", code, path], { encoding: "utf8" })).toMatchObject({ status: 0, stderr: "" });
}

describe("the socket", () => {
  it("is the owner's alone under any umask, unless the author says otherwise", async () => {
    const umask = process.umask(0);
    try {
      await server().start(at.path);
      process.umask(0o777);
      await server(echo, { mode: 0o666 }).start(`${at.path}-for-all`);
    } finally {
      process.umask(umask);
    }
    expect(statSync(at.path).mode & 0o7777).toBe(0o600);
    expect(statSync(`${at.path}-for-all`).mode & 0o7777).toBe(0o666);
  });

  it("has its path in the kernel's list, by which others know sockets", async () => {
    await server().start(at.path);
    expect(readFileSync("/proc/net/unix", "utf8")).toContain(` ${at.path}\n`);
  });

  it("is gone after the stop, with every descriptor", async () => {
    const api = server(echo);
    await api.start(at.path);
    await answers(at.path);
    await api.stop();
    const count = descriptors();
    for (let round = 0; round < 5; round++) {
      await api.start(at.path);
      await answers(at.path);
      await api.stop();
    }
    expect(readdirSync(at.directory)).toEqual([]);
    expect(descriptors()).toBe(count);
  });

  it("that is gone already is no error", async () => {
    const api = server();
    await api.start(at.path);
    unlinkSync(at.path);
    await api.stop();
  });

  it("is removed where it was made, although its directory is elsewhere by now", async () => {
    const [before, after] = [join(at.directory, "before"), join(at.directory, "after")];
    mkdirSync(before);
    const api = server();
    await api.start(join(before, "socket"));
    renameSync(before, after);
    mkdirSync(before);
    writeFileSync(join(before, "socket"), "another's");
    await api.stop();
    expect(readdirSync(after)).toEqual([]);
    expect(readFileSync(join(before, "socket"), "utf8")).toBe("another's");
    expect(readdirSync(before)).toEqual(["socket"]);
  });

  it.each<readonly [string, (path: string) => unknown]>([
    ["a file", (path) => writeFileSync(path, "another's")],
    ["a link", (path) => symlinkSync("elsewhere", path)],
    ["a directory", (path) => mkdirSync(path)],
  ])("that became %s is left alone", async (_, make) => {
    const api = server();
    await api.start(at.path);
    unlinkSync(at.path);
    make(at.path);
    const { ino } = lstatSync(at.path);
    await api.stop();
    expect(lstatSync(at.path).ino).toBe(ino);
    expect(readdirSync(at.directory)).toEqual(["socket"]);
  });

  it("that became another server's is left alone, and that server is reached", async () => {
    const api = server();
    await api.start(at.path);
    unlinkSync(at.path);
    await server(echo).start(at.path);
    await api.stop();
    expect(await answers(at.path)).toBe(true);
  });
});

describe("a socket that can't be removed", () => {
  it("is told, after all else is closed", async () => {
    const api = server(echo);
    await api.start(at.path);
    const { rest, close } = await client(at.path);
    const count = descriptors();
    chmodSync(at.directory, 0o500);
    // Root is not held up by modes.
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(4242);
    try {
      await expect(api.stop()).rejects.toEqual(failure("not-removed"));
    } finally {
      if (isRoot) process.seteuid?.(0);
      chmodSync(at.directory, 0o700);
    }
    expect(await rest()).toBe("");
    await close();
    expect(existsSync(at.path)).toBe(true);
    // The server's, its two of the socket and both ends of the connection.
    expect(descriptors()).toBe(count - 5);
    unlinkSync(at.path);
    await api.start(at.path);
    expect(await answers(at.path)).toBe(true);
  });
});

describe("starting and stopping", () => {
  it("twice is refused, and the first goes on", async () => {
    const api = server(echo);
    await api.start(at.path);
    await expect(api.start(`${at.path}-2`)).rejects.toEqual(failure("already-started"));
    expect(existsSync(`${at.path}-2`)).toBe(false);
    expect(await answers(at.path)).toBe(true);
    await api.stop();
    expect(readdirSync(at.directory)).toEqual([]);
  });

  it("twice at the same time is one start", async () => {
    const api = server(echo);
    const [first, second] = await Promise.allSettled([api.start(at.path), api.start(`${at.path}-2`)]);
    expect(first.status).toBe("fulfilled");
    expect(second).toEqual({ status: "rejected", reason: failure("already-started") });
  });

  it("again at another path works", async () => {
    const api = server(echo);
    await api.start(at.path);
    await api.stop();
    await api.start(`${at.path}-2`);
    expect(readdirSync(at.directory)).toEqual(["socket-2"]);
    expect(await answers(`${at.path}-2`)).toBe(true);
  });

  it("stopping what is not started does nothing, and stopping twice is one stop", async () => {
    const api = server();
    await api.stop();
    await api.start(at.path);
    await Promise.all([api.stop(), api.stop()]);
    await api.stop();
    expect(readdirSync(at.directory)).toEqual([]);
  });

  it("a stop in the middle of a start ends with nothing started", async () => {
    const api = server(echo);
    const starting = api.start(at.path);
    await api.stop();
    await starting;
    expect(readdirSync(at.directory)).toEqual([]);
    await api.start(at.path);
    expect(await answers(at.path)).toBe(true);
  });

  it("a stop closes the connections that are left", async () => {
    const api = server(echo);
    await api.start(at.path);
    const { write, reply, rest, close } = await client(at.path);
    await write("1\n");
    await reply();
    await api.stop();
    expect(await rest()).toBe("");
    await close();
  });

  it("lets the process end once it is stopped", async () => {
    const code = `
      import { JsonLinesApi } from ${JSON.stringify(join(import.meta.dirname, "../../src/api/index.ts"))};
      class A extends JsonLinesApi { handle() {} }
      const api = new A({ endpoint: "a" });
      await api.start(${JSON.stringify(at.path)});
      await api.stop();
    `;
    const done = spawnSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", code], {
      cwd: dirname(dirname(import.meta.dirname)),
      encoding: "utf8",
    });
    expect(done).toMatchObject({ status: 0, stderr: "" });
  });
});
