import { spawnSync } from "node:child_process";
import {
  closeSync,
  constants,
  createWriteStream,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { afterAll, describe, expect, it } from "vitest";
import { descriptorSink, streamSink } from "../../src/monitor/sink.ts";

const directory = mkdtempSync(join(tmpdir(), "sbx-sink-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

let pipes = 0;
/** A pipe that doesn't block on either side. */
function pipe() {
  pipes += 1;
  const path = join(directory, `pipe-${pipes}`);
  expect(spawnSync("mkfifo", [path]).status).toBe(0);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  return { reader, writer };
}

const text = "1 € and\n".repeat(100);

describe("a descriptor", () => {
  it("that takes one byte a call gets the whole text, record by record", async () => {
    const taken: number[] = [];
    const sink = descriptorSink(99, async (fd, bytes) => {
      expect(fd).toBe(99);
      taken.push(bytes[0]!);
      return 1;
    });
    await Promise.all([sink.write(text), sink.write("second\n"), sink.write(text)]);
    expect(Buffer.from(taken).toString()).toBe(`${text}second\n${text}`);
  });

  it("that is full for now gets the rest when there is room", async () => {
    const { reader, writer } = pipe();
    // More than a pipe holds.
    const much = text.repeat(1000);
    const done = { isOut: false };
    const writing = descriptorSink(writer)
      .write(much)
      .finally(() => {
        done.isOut = true;
      });
    const heard: Buffer[] = [];
    const buffer = Buffer.alloc(1 << 20);
    while (Buffer.concat(heard).length < Buffer.byteLength(much)) {
      await new Promise(setImmediate);
      // The file system's own account: nothing was taken yet, so this much must still be waiting.
      if (heard.length === 0) expect(done.isOut).toBe(false);
      try {
        heard.push(Buffer.from(buffer.subarray(0, readSync(reader, buffer))));
      } catch (error) {
        expect(error).toMatchObject({ code: "EAGAIN" });
      }
    }
    await writing;
    expect(Buffer.concat(heard).toString()).toBe(much);
    for (const fd of [reader, writer]) closeSync(fd);
  });

  it("whose reader is gone is no error", async () => {
    const { reader, writer } = pipe();
    closeSync(reader);
    const sink = descriptorSink(writer);
    await sink.write(text);
    await sink.write(text);
    closeSync(writer);
  });

  it("that can't be written is one", async () => {
    const fd = openSync("/dev/full", "w");
    await expect(descriptorSink(fd).write(text)).rejects.toMatchObject({ code: "ENOSPC" });
    closeSync(fd);
  });

  it("goes on after an error", async () => {
    const path = join(directory, "file");
    const fd = openSync(path, "w");
    let isFirst = true;
    const sink = descriptorSink(fd, async (_, bytes) => {
      if (isFirst) {
        isFirst = false;
        throw Object.assign(new Error("full"), { code: "ENOSPC" });
      }
      return writeSync(fd, bytes);
    });
    await expect(sink.write("lost")).rejects.toThrow("full");
    await sink.write("kept");
    expect(readFileSync(path, "utf8")).toBe("kept");
    closeSync(fd);
  });
});

describe("a stream", () => {
  it("that takes its time gets the whole text, and then the promise is kept", async () => {
    const taken: Buffer[] = [];
    const slow = new Writable({
      highWaterMark: 1,
      write: (bytes, _, next) => {
        taken.push(bytes);
        setImmediate(next);
      },
    });
    const sink = streamSink(slow);
    await Promise.all([sink.write(text), sink.write("second\n")]);
    expect(Buffer.concat(taken).toString()).toBe(`${text}second\n`);
  });

  it("whose reader is gone ends nothing", async () => {
    const { reader, writer } = pipe();
    closeSync(reader);
    const stream = createWriteStream("", { fd: writer });
    const sink = streamSink(stream);
    // The error event comes later than the callback: were nobody listening, it would fail this file.
    const closed = new Promise<void>((resolve) => stream.on("close", () => resolve()));
    await sink.write(text);
    await sink.write(text);
    await closed;
    await sink.write(text);
  });

  it("that can't be written is an error", async () => {
    const sink = streamSink(createWriteStream("/dev/full"));
    await expect(sink.write(text)).rejects.toMatchObject({ code: "ENOSPC" });
  });

  it("is listened to once, however many monitors write to it", () => {
    const stream = new Writable({ write: (_bytes, _, next) => next() });
    for (let count = 0; count < 20; count += 1) streamSink(stream);
    expect(stream.listenerCount("error")).toBe(1);
  });
});
