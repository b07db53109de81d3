import { defineProblem } from "../model/problem.ts";

export const unknownMonitor = defineProblem<{ name: string; known: readonly string[]; nearest: string | undefined }>({
  id: "monitor/unknown",
  severity: "error",
  when: "A monitor is asked for by a name that there is none of.",
  message: ({ name, known }) => `there is no monitor ${JSON.stringify(name)}; monitors: ${known.join(", ")}`,
  help: ({ nearest }) => (nearest === undefined ? undefined : `did you mean \`${nearest}\`?`),
});
