import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { client, descriptors, type Place, place, TestApi } from "./client.ts";

let at: Place;
let api: TestApi;
beforeEach(() => {
  at = place();
});
afterEach(async () => {
  await api.stop();
  at.remove();
});

/** Runs Python to its end; this process is held up meanwhile, so that the server can't accept anything. */
function python(code: string, ...args: readonly string[]) {
  const done = spawnSync("python3", ["-c", `import socket, sys\n${code}`, at.path, ...args], { encoding: "utf8" });
  expect(done).toMatchObject({ status: 0, stderr: "" });
}

const SEND = `
for number in range(int(sys.argv[2])):
    s = socket.socket(socket.AF_UNIX)
    s.connect(sys.argv[1])
    s.sendall(b'{"number": %d}\\n' % number)
    s.close()
`;
const numbers = (count: number) => Array.from({ length: count }, (_, number) => ({ number }));

describe("after a stop", () => {
  it("all is there that clients had sent who never waited to be accepted", async () => {
    api = new TestApi();
    await api.start(at.path);
    python(SEND, "300");
    expect(api.heard).toEqual([]);
    await api.stop();
    expect(api.heard).toEqual(numbers(300));
  });

  it("it is there although each got replies that it never read", async () => {
    api = new TestApi(() => "r".repeat(1000));
    await api.start(at.path);
    const LINES = "s.sendall(b'1\\n' * 50); s.close()";
    python(`for _ in range(20):\n    s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); ${LINES}`);
    await api.stop();
    expect(api.heard).toHaveLength(1000);
  });

  it("it is there of clients who are still connected", async () => {
    api = new TestApi((message) => message);
    await api.start(at.path);
    const clients = await Promise.all(Array.from({ length: 20 }, () => client(at.path)));
    for (const { write, reply } of clients) {
      await write('"first"\n');
      await reply();
    }
    for (const [index, { socket }] of clients.entries()) socket.write(`${index}\n`);
    await api.stop();
    expect(api.heard.filter((message) => message !== "first")).toHaveLength(20);
    for (const [index, { rest, close }] of clients.entries()) {
      expect(await rest()).toBe(`${index}\n`);
      await close();
    }
  });

  it("handlers have ended, also those whose client has gone", async () => {
    let done = 0;
    api = new TestApi(async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      done++;
    });
    await api.start(at.path);
    python("s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.sendall(b'1\\n' * 20)");
    await api.stop();
    expect(done).toBe(20);
  });

  it("nothing is left of a client that reads nothing, and all it had sent is there", async () => {
    api = new TestApi(() => "r".repeat(100_000));
    await api.start(at.path);
    const stuck = await client(at.path);
    stuck.socket.pause();
    await stuck.write("1\n".repeat(100));
    await api.stop();
    expect(api.heard).toHaveLength(100);
    await stuck.close();
  });

  it("it ends although a client never stops sending", async () => {
    api = new TestApi();
    await api.start(at.path);
    const ENDLESS =
      "import socket, sys\ns = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])\nwhile True: s.sendall(b'%d\\n' % 10**999 * 100)";
    const child = spawn("python3", ["-c", ENDLESS, at.path], { stdio: "ignore" });
    const ended = once(child, "exit");
    try {
      while (api.heard.length < 1000) await new Promise((resolve) => setImmediate(resolve));
      await api.stop();
      // The connection was closed: a write failed.
      await ended;
    } finally {
      child.kill("SIGKILL");
      await ended;
    }
  });
});

describe("clients that vanish", () => {
  it("1000 times, leave no descriptor", async () => {
    api = new TestApi((message) => message);
    await api.start(at.path);
    const visit = async (what: number): Promise<void> => {
      const socket = connect(at.path);
      const [error] = await Promise.race([
        once(socket, "connect"),
        new Promise<[unknown]>((told) => socket.on("error", (e) => told([e]))),
      ]);
      // More clients wait than the kernel takes; others than Node's would just wait.
      if (error !== undefined) {
        await new Promise((resolve) => setImmediate(resolve));
        return visit(what);
      }
      if (what === 1) socket.write('{"half":');
      if (what === 2) socket.write('{"whole":true}\n');
      if (what === 3) socket.write('{"a":1}\n{"b":2}\n{"half"');
      socket.destroy();
      await once(socket, "close");
    };
    const settled = async () => {
      const probe = await client(at.path);
      await probe.write('"probe"\n');
      await probe.reply();
      await probe.close();
      await new Promise((resolve) => setImmediate(resolve));
    };
    await visit(0);
    await settled();
    const count = descriptors();
    for (let round = 0; round < 250; round++) await Promise.all([0, 1, 2, 3].map(visit));
    await settled();
    while (descriptors() > count) await new Promise((resolve) => setImmediate(resolve));
    expect(descriptors()).toBe(count);
    expect(api.heard.filter((message) => message !== "probe")).toHaveLength(750);
  });

  it("while a reply is written, lose nothing that they had sent", async () => {
    api = new TestApi(() => "r".repeat(3_000_000));
    await api.start(at.path);
    const { write, socket, close } = await client(at.path);
    await write("1\n");
    await once(socket, "data");
    socket.pause();
    socket.write("2\n");
    await close();
    await api.stop();
    expect(api.heard).toEqual([1, 2]);
  });

  it("while their message is handled, disturb nobody", async () => {
    const gone = deferred();
    const called = deferred();
    api = new TestApi(async (message) => {
      if (message !== "slow") return message;
      called.resolve();
      await gone.promise;
      return "too late";
    });
    await api.start(at.path);
    const one = await client(at.path);
    await one.write('"slow"\n"second"\n');
    await called.promise;
    await one.close();
    gone.resolve();
    const other = await client(at.path);
    await other.write('"other"\n');
    expect(await other.reply()).toBe("other");
    await other.close();
    await api.stop();
    expect(api.heard.toSorted()).toEqual(["other", "second", "slow"]);
  });
});

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
