import { parentPort, workerData } from "node:worker_threads";
import { nodeHost } from "../index.ts";
import { lintShare, type Work } from "./lint-many.ts";

// What runs in a thread beside the command's own: it lints its share, on the same machine.
void lintShare(workerData as Work, nodeHost(), (answer) => parentPort?.postMessage(answer));
