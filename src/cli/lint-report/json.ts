import { problemsJson } from "../../index.ts";
import { problemsOf, type WriteFindings } from "./report.ts";

/** A list of problems, as `schema/problem.schema.json` describes it; a fix stands in `data`. */
export const json: WriteFindings = (report) => {
  const fixes = new Map(
    report.profiles.flatMap(({ findings }) =>
      findings.flatMap(({ problem, fix }) => (fix ? [[problem, fix] as const] : [])),
    ),
  );
  return problemsJson(
    problemsOf(report).map((problem) => {
      const fix = fixes.get(problem);
      return fix === undefined ? problem : { ...problem, data: { ...problem.data, fix } };
    }),
  );
};
