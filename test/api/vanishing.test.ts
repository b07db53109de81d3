import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
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

  it("it is there although it is more than is read at once", async () => {
    api = new TestApi();
    await api.start(at.path);
    const { socket, write, close } = await client(at.path);
    await write('"first"\n');
    while (api.heard.length < 1) await turns(1);
    // About as much as the kernel takes of one client by default.
    const [large, small] = [`"${"x".repeat(50_000)}"\n`, '"small"\n'];
    for (const message of [large, large, large, small]) socket.write(message);
    expect(socket.writableLength).toBe(0);
    await api.stop();
    expect(api.heard.map((message) => String(message).length)).toEqual([5, 50_000, 50_000, 50_000, 5]);
    await close();
  });

  it("it is there although some of it was read already, and waits for its turn", async () => {
    const [called, end] = [deferred(), deferred()];
    api = new TestApi(async () => {
      called.resolve();
      await end.promise;
    });
    await api.start(at.path);
    const { write, close } = await client(at.path);
    await write("1\n");
    await called.promise;
    for (const message of ["2\n", "3\n", "4\n"]) {
      await write(message);
      await turns(5);
    }
    const stopped = api.stop();
    end.resolve();
    await stopped;
    expect(api.heard).toEqual([1, 2, 3, 4]);
    await close();
  });

  it("it ends although a client sends a little all the time", async () => {
    api = new TestApi();
    await api.start(at.path);
    const { socket, close } = await client(at.path);
    const stop = always(() => socket.write("1\n"));
    while (api.heard.length < 100) await turns(1);
    const before = api.heard.length;
    await api.stop();
    stop();
    expect(api.heard.length).toBeLessThan(before + 20);
    await close();
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

  it("handlers have ended, also those whose client has cut the connection with replies unread", async () => {
    const [called, end] = [deferred(), deferred()];
    api = new TestApi(async (message) => {
      if (message === 1) return "unread";
      called.resolve();
      await end.promise;
      return "too late";
    });
    await api.start(at.path);
    const gone = visitor("s.sendall(b'1\\n'); select.select([s], [], []); s.sendall(b'2\\n')");
    await called.promise;
    await gone;
    let isStopped = false;
    const stopped = api.stop().then(() => {
      isStopped = true;
    });
    await turns(50);
    expect(isStopped).toBe(false);
    end.resolve();
    await stopped;
  });

  it("nothing is left of a client that reads nothing, and all it had sent is there", async () => {
    api = new TestApi(() => "r".repeat(100_000));
    await api.start(at.path);
    const stuck = await client(at.path);
    stuck.socket.pause();
    await stuck.write("1\n".repeat(100));
    while (api.heard.length < 3) await turns(1);
    // Until the kernel takes no more replies.
    for (let seen = 0; seen !== api.heard.length; await turns(20)) seen = api.heard.length;
    expect(api.heard.length).toBeLessThan(100);
    await api.stop();
    expect(api.heard).toHaveLength(100);
    await stuck.close();
  });

  it("it ends although a client never stops sending", async () => {
    api = new TestApi();
    await api.start(at.path);
    const { socket, close } = await client(at.path);
    const message = `"${"x".repeat(100_000)}"\n`;
    const stop = always(() => socket.writableLength === 0 && socket.write(message));
    while (api.heard.length < 10) await turns(1);
    await api.stop();
    stop();
    await close();
  });

  it("it ends although new clients never stop coming", async () => {
    api = new TestApi();
    await api.start(at.path);
    const comers: Socket[] = [];
    const stop = always(() => comers.push(connect(at.path).on("error", () => {})));
    while (comers.length < 10) await turns(1);
    await api.stop();
    stop();
    // As many as may have been waiting, and not until there are no descriptors left.
    expect(comers.length).toBeLessThan(1000);
    for (const socket of comers) socket.destroy();
    await turns(2);
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
        await turns(1);
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
    };
    await visit(0);
    await settled();
    const count = descriptors();
    for (let round = 0; round < 250; round++) await Promise.all([0, 1, 2, 3].map(visit));
    await settled();
    while (descriptors() > count) await turns(1);
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

  it("while their message is handled, lose nothing that they had sent after it", async () => {
    const [called, gone] = [deferred(), deferred()];
    api = new TestApi(async (message) => {
      if (message !== "slow") return undefined;
      called.resolve();
      await gone.promise;
      return "nobody reads this";
    });
    await api.start(at.path);
    const { write, close } = await client(at.path);
    await write('"slow"\n');
    await called.promise;
    await write(`"${"x".repeat(100_000)}"\n"last"\n`);
    await close();
    gone.resolve();
    await api.stop();
    expect(api.heard.map((message) => String(message).length)).toEqual([4, 100_000, 4]);
  });

  it("with replies unread, lose nothing that they had sent", async () => {
    const [called, gone] = [deferred(), deferred()];
    api = new TestApi(async (message) => {
      if (message !== 2) return "unread";
      called.resolve();
      await gone.promise;
      return undefined;
    });
    await api.start(at.path);
    const SEND_ON = "s.sendall(b'2\\n'); sys.stdin.readline(); s.sendall(b'3\\n')";
    const left = visitor(`s.sendall(b'1\\n'); select.select([s], [], []); ${SEND_ON}`, called.promise);
    await left;
    // The server could have read on, up to the reset of the connection.
    await turns(20);
    gone.resolve();
    await api.stop();
    expect(api.heard).toEqual([1, 2, 3]);
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

/** Does something in every round of the event loop, until the function is called that it gives. */
function always(action: () => unknown): () => void {
  let immediate = setImmediate(function again() {
    action();
    immediate = setImmediate(again);
  });
  return () => clearImmediate(immediate);
}

/** Lets the event loop look for input so many times. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** A client in Python, `s`, that ends without reading; a line on its standard input comes after `goOn`. */
async function visitor(code: string, goOn?: Promise<void>): Promise<void> {
  const CONNECT = "import select, socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])";
  const child = spawn("python3", ["-c", `${CONNECT}; ${code}`, at.path], { stdio: ["pipe", "inherit", "inherit"] });
  const ended = once(child, "exit");
  await goOn;
  child.stdin.end("\n");
  expect(await ended).toEqual([0, null]);
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
