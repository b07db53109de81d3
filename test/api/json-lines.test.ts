import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ApiError } from "../../src/api/index.ts";
import { type Client, client, type Place, place, TestApi } from "./client.ts";

let at: Place;
let running: TestApi | undefined;
const clients: Client[] = [];
beforeEach(() => {
  at = place();
});
afterEach(async () => {
  for (const open of clients.splice(0)) await open.close();
  await running?.stop();
  running = undefined;
  at.remove();
});

async function started(...args: ConstructorParameters<typeof TestApi>): Promise<TestApi> {
  running = new TestApi(...args);
  await running.start(at.path);
  return running;
}

async function connected(): Promise<Client> {
  const made = await client(at.path);
  clients.push(made);
  return made;
}

const echo = (message: unknown) => message;
const error = (type: string, message: unknown = expect.any(String)) => ({ error: { type, message } });

/** A handler whose calls are ended one by one from outside. */
function held() {
  const calls: { readonly message: unknown; readonly end: (value: unknown) => void }[] = [];
  let called = () => {};
  const handler = (message: unknown) =>
    new Promise((end) => {
      calls.push({ message, end });
      called();
    });
  /** Resolves when there have been so many calls. */
  const reached = (count: number) =>
    new Promise<void>((resolve) => {
      called = () => calls.length >= count && resolve();
      called();
    });
  return { calls, handler, reached };
}

describe("messages", () => {
  it("two in one packet are two", async () => {
    await started(echo);
    const { write, reply } = await connected();
    await write('{"a":1}\n[2]\n');
    expect([await reply(), await reply()]).toEqual([{ a: 1 }, [2]]);
  });

  it("one in ten packets is one, also when a character is cut", async () => {
    const api = await started(echo);
    const { write, reply } = await connected();
    const bytes = Buffer.from('{"euro":"€€€"}\n');
    for (const byte of bytes) await write(Buffer.of(byte));
    expect(await reply()).toEqual({ euro: "€€€" });
    expect(api.heard).toEqual([{ euro: "€€€" }]);
  });

  it("of 5 MB go both ways", async () => {
    await started(echo);
    const { write, line } = await connected();
    const text = JSON.stringify({ large: "€".repeat(1_700_000) });
    const [, reply] = await Promise.all([write(`${text}\n`), line()]);
    expect(reply.length).toBe(text.length);
    expect(reply === text).toBe(true);
  });

  it("over the ceiling are answered with an error, and the next is handled", async () => {
    const api = await started(echo, { maxMessageBytes: 1000 });
    const { write, reply } = await connected();
    await Promise.all([
      write(`${JSON.stringify("x".repeat(998))}\n${JSON.stringify("y".repeat(200_000))}\n"next"\n`),
      (async () => {
        expect(await reply()).toBe("x".repeat(998));
        expect(await reply()).toEqual(error("too-large", "the message has more than 1000 bytes"));
        expect(await reply()).toBe("next");
      })(),
    ]);
    expect(api.heard).toHaveLength(2);
  });

  it("over the ceiling are refused although they never end", async () => {
    const api = await started(echo, { maxMessageBytes: 1000 });
    const { write, reply } = await connected();
    await write("z".repeat(100_000));
    expect(await reply()).toEqual(error("too-large"));
    await write("z".repeat(100_000));
    await write('\n"next"\n');
    expect(await reply()).toBe("next");
    expect(api.failures).toHaveLength(1);
  });

  it("of all clients together have a ceiling too", async () => {
    await started(echo, { maxMessageBytes: 1000, maxPendingBytes: 1500 });
    const [one, other] = [await connected(), await connected()];
    await one.write(`"${"1".repeat(899)}`);
    await one.write('"');
    const filled = connected();
    await (await filled).write('"seen"\n');
    expect(await (await filled).reply()).toBe("seen");
    await other.write(`"${"2".repeat(899)}`);
    expect(await other.reply()).toEqual(error("busy"));
    await one.write("\n");
    expect(await one.reply()).toBe("1".repeat(899));
    await other.write('"\n"free again"\n');
    expect(await other.reply()).toBe("free again");
  });

  it("the half of one is not handled", async () => {
    const api = await started(echo);
    const { socket, write, rest } = await connected();
    await write("12");
    socket.end();
    expect(JSON.parse(await rest())).toEqual(error("unterminated"));
    expect(api.heard).toEqual([]);
  });

  it.each([
    ["no JSON", '{"a":'],
    ["nothing", ""],
    ["two values", "1 2"],
    ["no UTF-8", Buffer.of(0x22, 0xff, 0x22)],
    ["half a character", Buffer.of(0x22, 0xe2, 0x82, 0x22)],
  ])("that are %s are answered with an error, and the next is handled", async (_, bytes) => {
    const api = await started(echo);
    const { write, reply } = await connected();
    await write(Buffer.concat([Buffer.from(bytes), Buffer.from('\n"next"\n')]));
    expect(await reply()).toEqual(error("invalid-json"));
    expect(await reply()).toBe("next");
    expect(api.heard).toEqual(["next"]);
    expect(api.failures).toEqual([expect.objectContaining({ name: "ApiError", code: "invalid-json" })]);
  });
});

describe("replies", () => {
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  const nasty = Object.defineProperty({}, "message", {
    get() {
      throw new Error("no");
    },
  });
  const thrower = (value: unknown) => () => {
    throw value;
  };

  it.each<readonly [string, () => unknown, unknown]>([
    ["throws", thrower(new RangeError("too far")), error("RangeError", "too far")],
    ["rejects", () => Promise.reject(new Error("later")), error("Error", "later")],
    ["throws a text", thrower("text"), error("Error", "text")],
    ["throws null", thrower(null), error("Error", "null")],
    ["throws what can't be read", thrower(Object.setPrototypeOf(nasty, null)), error("Error", "")],
    ["gives a circle", () => circular, error("TypeError")],
    ["gives a bigint", () => 1n, error("TypeError")],
    ["gives a function", () => echo, error("TypeError", "a function has no JSON form")],
  ])("are errors when the handler %s, and the server lives", async (_, handler, expected) => {
    const api = await started((message) => (message === 1 ? handler() : message));
    const { write, reply } = await connected();
    await write("1\n2\n");
    expect([await reply(), await reply()]).toEqual([expected, 2]);
    expect(api.failures).toHaveLength(1);
  });

  it("do not depend on the host's own interest in errors", async () => {
    const api = await started(thrower(new Error("first")));
    Object.defineProperty(api, "failed", { value: thrower(new Error("second")) });
    const { write, reply } = await connected();
    await write("1\n");
    expect(await reply()).toEqual(error("Error", "first"));
  });

  it("hold no stack", async () => {
    await started(thrower(new Error("words")));
    const { write, line } = await connected();
    await write("1\n");
    expect(await line()).toBe('{"error":{"type":"Error","message":"words"}}');
  });

  it("are none for undefined, and one for null", async () => {
    await started((message) => (message === "quiet" ? undefined : null));
    const { write, line } = await connected();
    await write('"quiet"\n"loud"\n');
    expect(await line()).toBe("null");
  });

  it("come in the order of requests, however long each takes", async () => {
    const { calls, handler, reached } = held();
    await started(handler);
    const { write, reply } = await connected();
    await write("1\n2\n");
    await write("3\n");
    for (const message of [1, 2, 3]) {
      await reached(message);
      // The next is not begun before.
      expect(calls).toHaveLength(message);
      calls[message - 1]?.end(message * 10);
      expect(await reply()).toBe(message * 10);
    }
  });

  it("hold up a client that sends more than can be handled", async () => {
    const { calls, handler, reached } = held();
    await started(handler);
    const { socket, write, rest } = await connected();
    await write("1\n");
    await reached(1);
    const sent = write(`${"2".padEnd(3_000_000)}\n`);
    for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(socket.writableLength).toBeGreaterThan(1_000_000);
    calls[0]?.end(undefined);
    await sent;
    await reached(2);
    calls[1]?.end("done");
    socket.end();
    expect(await rest()).toBe('"done"\n');
  });

  it("of one client do not wait for another's", async () => {
    const { calls, handler, reached } = held();
    await started(handler);
    const [slow, fast] = [await connected(), await connected()];
    await slow.write('"slow"\n');
    await reached(1);
    await fast.write('"fast"\n');
    await reached(2);
    calls[1]?.end("done");
    expect(await fast.reply()).toBe("done");
    calls[0]?.end("done too");
    expect(await slow.reply()).toBe("done too");
  });

  it("reach a client that has said that it sends no more", async () => {
    const { calls, handler, reached } = held();
    await started(handler);
    const { socket, write, rest } = await connected();
    await write("1\n2\n");
    socket.end();
    await reached(1);
    calls[0]?.end("one");
    await reached(2);
    calls[1]?.end("two");
    expect(await rest()).toBe('"one"\n"two"\n');
  });
});

describe("clients", () => {
  it("are served many at once, each by its number", async () => {
    await started((message, { id }) => ({ message, id }));
    const all = await Promise.all(Array.from({ length: 200 }, connected));
    await Promise.all(all.map(({ write }, index) => write(`${index}\n${index}\n`)));
    const replies = await Promise.all(all.map(async ({ reply }) => [await reply(), await reply()]));
    for (const [index, [first, second]] of replies.entries()) {
      expect(first).toEqual({ message: index, id: expect.any(Number) });
      expect(second).toEqual(first);
    }
    expect(new Set(replies.map(([first]) => (first as { id: number }).id)).size).toBe(200);
  });

  it("that ask for nothing need not read", async () => {
    const api = await started();
    const { socket, write, rest } = await connected();
    socket.pause();
    for (let index = 0; index < 200; index++) await write(`${index} `.padEnd(10_000).concat("\n").repeat(5));
    socket.end().resume();
    expect(await rest()).toBe("");
    expect(api.heard).toHaveLength(1000);
  });

  it("that leave their replies unread are not read from, and lose none", async () => {
    const reply = "r".repeat(50_000);
    const api = await started(() => reply);
    const { socket, write, line } = await connected();
    socket.pause();
    const COUNT = 2000;
    // As much as the server and the kernel take.
    const sent = write("1\n".repeat(COUNT));
    const other = await connected();
    await other.write("2\n");
    await other.line();
    await sent;
    expect(api.heard.length).toBeLessThan(COUNT / 2);
    socket.resume();
    for (let index = 0; index < COUNT; index++) expect((await line()).length).toBe(reply.length + 2);
    expect(api.heard).toHaveLength(COUNT + 1);
  });

  it("over their number are told so, and the others served", async () => {
    const api = await started(echo, { maxClients: 2 });
    const [one, two] = [await connected(), await connected()];
    await one.write("1\n");
    await one.reply();
    const refused = api.failures;
    Object.defineProperty(api, "failed", {
      value(error: unknown) {
        refused.push(error);
        throw new Error("the host's own");
      },
    });
    const three = await connected();
    expect(JSON.parse(await three.rest())).toEqual(error("busy"));
    await two.write("2\n");
    expect(await two.reply()).toBe(2);
    expect(api.failures).toEqual([expect.any(ApiError)]);
    await two.close();
    await one.write("3\n");
    await one.reply();
    const four = await connected();
    await four.write("4\n");
    expect(await four.reply()).toBe(4);
  });
});
