import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { misfits } from "../support/schemas.ts";
import type { Chapter } from "./promise.ts";

export const traces: Chapter = {
  title: "Traces",
  text:
    "Whatever sbx makes on the host for a run is on record before it is made (the journal, in the run directory), and " +
    "undone in reverse order when the run is over. After a SIGKILL of sbx its keeper does that at once; the next run, and " +
    "`sbx clean`, do it if even that was killed. What is no longer the same object is left alone, and told.",
  promises: [
    {
      promise: "Nothing stays of what the run needed",
      proof: "a mount point, a scratch directory; the project and the run directory afterwards",
      seen: "as before",
      async look({ room }) {
        room.directory("data");
        room.write(
          "p.yml",
          "version: 1\nextends: [base]\nmounts: {.: rw, ./made/deep: {from: ./data, access: ro}, /scratch: {scratch: true}}\n",
        );
        const before = readdirSync(room.project).sort().join(" ");
        const done = await room.sbx([
          "run",
          "-p",
          "./p.yml",
          "--",
          "sh",
          "-c",
          "test -d made/deep && echo x >/scratch/x",
        ]);
        const runs = join(room.project, "../../runtime/sbx");
        const after = readdirSync(room.project).sort().join(" ");
        const left = existsSync(runs) ? readdirSync(runs).join(" ") : "";
        return done.code === 0 && before === after && left === "" ? "as before" : `${done.code} ${after} ${left}`;
      },
    },
    {
      promise: "What the command put there is the user's, and stays",
      proof: "a file in what was a mount point",
      seen: "the file, and a word about it",
      async look({ room }) {
        room.directory("data");
        room.write("p.yml", "version: 1\nextends: [base]\nmounts: {.: rw, ./made: {from: ./data, access: rw}}\n");
        const run = room.start(["run", "-p", "./p.yml", "--", "sh", "-c", "echo ready; sleep 0.2"]);
        await run.said("ready");
        room.write("made/mine", "text");
        const done = await run.done;
        const kept = existsSync(join(room.project, "made/mine")) ? "the file" : "no file";
        return `${kept}${done.stderr.includes("warning[execute/left-behind]") ? ", and a word about it" : done.stderr}`;
      },
    },
    {
      promise: "`--report FILE` says how it ended, as JSON",
      proof: "`sbx run --report r.json -- sh -c 'exit 7'`, and its schema",
      seen: "exit 7, a hash of the plan, valid",
      async look({ room }) {
        await room.sbx(["run", "-p", "base", "--report", "r.json", "--", "sh", "-c", "exit 7"]);
        const report = JSON.parse(readFileSync(join(room.project, "r.json"), "utf8"));
        const wrong = misfits("report", report);
        const hash = /^sha256:[0-9a-f]{64}$/.test(report.plan) ? "a hash of the plan" : report.plan;
        return `${report.ended} ${report.exitCode}, ${hash}, ${wrong.length === 0 ? "valid" : wrong.join()}`;
      },
    },
  ],
};
