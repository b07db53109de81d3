import { defineProblem } from "../../model/problem.ts";

export const captureFailed = defineProblem<{ what: "output" | "input"; directory: string; reason: string }>({
  id: "execute/capture",
  severity: "error",
  when: "The pipes for captured output, or the file for given input, can't be made in the run directory.",
  message: ({ what, directory, reason }) =>
    what === "output"
      ? `can't make the pipes for the command's output in ${directory}: ${reason}`
      : `can't hold the command's input in ${directory}: ${reason}`,
  help: ({ directory }) =>
    `see whether there is room with \`df -h '${directory.replaceAll("'", "'\\''")}'\`, ` +
    "and how many files may be open with `ulimit -n`",
});
