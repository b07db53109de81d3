import { formatted, wantsColor } from "../problems.ts";
import { countOf, type LintReport, problemsOf, type WriteFindings } from "./report.ts";

/** For people: each finding with its line, then how many there are and what to do about them. */
export const pretty: WriteFindings = (report) => {
  const problems = problemsOf(report);
  if (problems.length === 0) return "";
  const text = formatted(problems, report.words, process.stdout);
  return report.profiles.some(({ findings }) => findings.length > 0) ? `${text}\n${sum(report)}\n` : text;
};

function sum(report: LintReport): string {
  const problems = problemsOf(report);
  const counts = [
    [countOf(problems, "error"), "error"],
    [countOf(problems, "warning"), "warning"],
    [countOf(problems, "info"), "info"],
  ] as const;
  const told = counts.filter(([count]) => count > 0).map(([count, word]) => counted(count, word));
  const fixable = report.profiles.flatMap(({ findings }) => findings.filter(({ fix }) => fix?.safe)).length;
  const accepted = report.profiles.reduce((all, each) => all + each.accepted.length, 0);
  const more = [
    ...(fixable > 0 ? [`\`sbx lint --fix\` mends ${fixable}`] : []),
    ...(accepted > 0 ? [`${accepted} accepted`] : []),
    "`sbx rules ID` says why",
  ];
  const text = [told.join(", "), ...more].join("; ");
  return wantsColor(process.stdout) ? `\u001b[1m${text}\u001b[0m` : text;
}

const counted = (count: number, word: string): string => `${count} ${word}${count === 1 || word === "info" ? "" : "s"}`;
