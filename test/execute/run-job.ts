import { readFileSync, writeFileSync } from "node:fs";
import { exitStatus } from "../../src/execute/exit-status.ts";
import { execute } from "../../src/execute/index.ts";

// A process that does nothing but run one job, as the command line does: `run-job JOB.json OUTCOME.json`.
const [jobFile, outcomeFile] = process.argv.slice(2);
if (!jobFile || !outcomeFile) throw new Error("usage: run-job JOB.json OUTCOME.json");
const before = listeners();
const { job, options } = JSON.parse(readFileSync(jobFile, "utf8"));
const outcome = await execute(job, options);
writeFileSync(outcomeFile, JSON.stringify({ outcome, leaked: listeners() - before }));
process.exitCode = exitStatus(outcome);

function listeners(): number {
  return process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
}
