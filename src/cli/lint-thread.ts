import { parentPort } from "node:worker_threads";
import { nodeHost } from "../index.ts";
import type { Answer, Portion } from "./lint-many.ts";
import { lintOne } from "./lint-one.ts";

// What runs in a thread beside the command's own: it lints the profiles that it is sent, on the same machine.
const host = nodeHost();

parentPort?.on("message", async ({ indices, wishes }: Portion) => {
  const told = [];
  for (const wish of wishes) told.push(await lintOne(wish, host));
  const answer: Answer = { indices, told };
  parentPort?.postMessage(answer);
});
