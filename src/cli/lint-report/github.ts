import { escapeText, type Problem } from "../../index.ts";
import { inFiles, problemKey, shortFile, type WriteFindings, wholeFile } from "./report.ts";

const COMMANDS: Readonly<Record<Problem["severity"], string>> = { error: "error", warning: "warning", info: "notice" };

/** Commands of a workflow, which GitHub shows beside the lines of a change (docs: workflow commands). */
export const github: WriteFindings = ({ profiles, cwd }) => {
  const all = profiles.flatMap((profile) =>
    [...profile.problems, ...profile.findings.map(({ problem }) => problem)].map((problem) =>
      inFiles(problem, wholeFile(profile)),
    ),
  );
  const once = new Map(all.map((problem) => [problemKey(problem), problem]));
  return [...once.values()].map((problem) => `${annotation(problem, cwd)}\n`).join("");
};

function annotation(
  { severity, rule, message, help, file, line, column, endLine, endColumn }: Problem,
  cwd: string,
): string {
  const place: Readonly<Record<string, string | number>> =
    line === 0
      ? {}
      : {
          file: shortFile(file, cwd),
          line,
          // Columns are shown only for places on one line.
          ...(endLine === line ? { col: column, ...(endColumn > column ? { endColumn } : {}) } : { endLine }),
        };
  const properties = Object.entries({ ...place, title: rule }).map(
    ([key, value]) => `${key}=${property(String(value))}`,
  );
  const text = help === undefined ? message : `${message}\nhelp: ${help}`;
  return `::${COMMANDS[severity]} ${properties.join(",")}::${data(text)}`;
}

const data = (text: string): string =>
  text.split("\n").map(escapeText).join("\n").replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

const property = (text: string): string => data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
