import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const SOURCES = fileURLToPath(new URL("../../src/host/", import.meta.url));

/** Looks at files with as many descriptors left, and with none. */
const LOOK = `
import { closeSync, openSync } from "node:fs";
import { nodeHost } from ${JSON.stringify(`${SOURCES}node.ts`)};
const tried = (look) => { try { return look() !== undefined; } catch (error) { return error.code; } };
const looks = () => {
  const host = nodeHost();
  return [() => host.readdir("/etc"), () => host.readText("/etc/passwd"), () => host.readText("/etc/missing")].map(tried);
};
const before = looks();
const taken = [];
try { for (;;) taken.push(openSync("/dev/null")); } catch {}
const without = looks();
for (const each of taken) closeSync(each);
console.log(JSON.stringify({ before, without, after: looks() }));
`;

it("without a descriptor left nothing passes for missing", () => {
  const words = ["-c", `ulimit -n 100; exec "$0" --import tsx --input-type=module -e "$1"`, process.execPath, LOOK];
  expect(JSON.parse(execFileSync("sh", words, { encoding: "utf8" }))).toEqual({
    before: [true, true, false],
    without: ["EMFILE", "EMFILE", "EMFILE"],
    after: [true, true, false],
  });
});
