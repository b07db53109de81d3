import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { server } from "../lib/server.js";

// The sandbox has a loopback of its own: a server and its client inside it find each other.
test("answers over the loopback", async () => {
  const listening = server().listen(0, "127.0.0.1");
  await new Promise((resolve) => listening.once("listening", resolve));
  const response = await fetch(`http://127.0.0.1:${listening.address().port}/`, { method: "POST", body: "a b a" });
  assert.deepEqual(await response.json(), { a: 2, b: 1 });
  listening.closeAllConnections();
  listening.close();
});

test("has a temporary directory to write to", () => {
  const directory = mkdtempSync(join(tmpdir(), "words-"));
  writeFileSync(join(directory, "text"), "words");
  assert.equal(readFileSync(join(directory, "text"), "utf8"), "words");
  rmSync(directory, { recursive: true });
});
