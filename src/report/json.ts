import type { Problem } from "../model/problem.ts";
import { escapeJson } from "./escape.ts";
import type { ReportFormat } from "./format.ts";
import { linesOf } from "./lines.ts";
import { withoutSecrets } from "./private.ts";

/** Problems for programs: a list; paths stay absolute. */
export const json: ReportFormat = {
  name: "json",
  summary: "for programs: a JSON list of problems",
  format: (problems, { sources }) => {
    const lineAt = sources && linesOf(sources);
    const told = problems.map((problem) => inOrder(lineAt ? withoutSecrets(problem, lineAt) : problem));
    return `${escapeJson(JSON.stringify(told, null, 2))}\n`;
  },
};

const inOrder = (problem: Problem): Problem => ({
  rule: problem.rule,
  severity: problem.severity,
  message: problem.message,
  file: problem.file,
  line: problem.line,
  column: problem.column,
  endLine: problem.endLine,
  endColumn: problem.endColumn,
  related: problem.related.map(({ message, file, line, column }) => ({ message, file, line, column })),
  ...(problem.help === undefined ? {} : { help: problem.help }),
  data: problem.data,
});
