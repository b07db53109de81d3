// A server: says where it is, and answers every client with one line, until it is ended.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { createServer } from "node:net";

const read = (link) => {
  try {
    return readlinkSync(link);
  } catch {
    return "";
  }
};
const fields = readFileSync("/proc/self/stat", "utf8").replace(/^.*\) /s, "").split(" ").map(Number);
const [, , group, session, terminal] = fields;
const self = {
  pid: process.pid,
  group,
  session,
  terminal,
  cwd: process.cwd(),
  env: process.env,
  descriptors: Object.fromEntries(readdirSync("/proc/self/fd").map((fd) => [fd, read(`/proc/self/fd/${fd}`)])),
};
console.log("a word on standard output");
console.error("a word on standard error");
createServer((client) => client.on("error", () => {}).end(`${JSON.stringify(self)}\n`)).listen(process.argv[2]);
