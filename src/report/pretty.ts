import { isAbsolute, isWithin, relativeTo } from "../model/path.ts";
import type { Problem } from "../model/problem.ts";
import type { Place } from "../model/source.ts";
import { type Paint, painter } from "./color.ts";
import { escapeText } from "./escape.ts";
import type { ReportFormat, ReportOptions } from "./format.ts";
import { frame, sourceLine } from "./frame.ts";
import { type LineAt, linesOf } from "./lines.ts";
import { withoutSecrets } from "./private.ts";

/**
 * Problems for people: `file:line:col: error[id]: message`, the line with carets, related places, and the next thing
 * to type. Whatever comes from a profile, a path or the environment is escaped.
 */
export function formatProblems(problems: readonly Problem[], options: ReportOptions = {}): string {
  const { color = false, cwd, sources = () => undefined } = options;
  const paint = painter(color);
  const lineAt = linesOf(sources);
  const told = (problem: Problem) => describe(withoutSecrets(problem, lineAt), { cwd, paint, lineAt });
  return problems.map((problem) => `${told(problem).join("\n")}\n`).join("\n");
}

interface Context {
  readonly cwd: string | undefined;
  readonly paint: Paint;
  readonly lineAt: LineAt;
}

function describe(problem: Problem, { cwd, paint, lineAt }: Context): readonly string[] {
  const { severity, rule, message, related, help } = problem;
  const line = lineAt(problem);
  return [
    `${paint("bold", placed(problem, cwd))}${paint(severity, `${severity}[${rule}]`)}: ${escapeText(message)}`,
    ...(line === undefined ? [] : frame(line, problem, severity, paint)),
    ...related.flatMap((place) => {
      const other = lineAt(place);
      const at = { number: place.line, column: place.column };
      const told = `  ${paint("bold", placed(place, cwd))}${escapeText(place.message)}`;
      return other === undefined ? [told] : [told, sourceLine(other, at, paint)];
    }),
    ...(help === undefined ? [] : [`  ${paint("bold", "help:")} ${escapeText(help)}`]),
  ];
}

/** `file:line:column: `; without the numbers when there are none, and nothing at all for what no file says. */
function placed({ file, line, column }: Place, cwd: string | undefined): string {
  if (line === 0 && file === "default") return "";
  const below = cwd !== undefined && isAbsolute(file) && file !== cwd && isWithin(cwd, file);
  const name = escapeText(below ? relativeTo(cwd, file) : file);
  return line === 0 ? `${name}: ` : `${name}:${line}:${column}: `;
}

/** The format that `sbx` uses unless told otherwise. */
export const pretty: ReportFormat = {
  name: "pretty",
  summary: "for people: the line, the place in it, and what to type next",
  format: formatProblems,
};
