import { formatted, wantsColor } from "../problems.ts";
import { countOf, type LintReport, problemKey, problemsOf, type WriteFindings } from "./report.ts";

/** For people: each finding with its line, then how many there are and what to do about them. What is silent was told nothing. */
export const pretty: WriteFindings = (report) => {
  const problems = problemsOf(report);
  const text = formatted(problems, report.words, process.stdout);
  const isSummed =
    report.profiles.some(({ findings, mended = 0 }) => findings.length + mended > 0) || acceptedIn(report) > 0;
  return [...(problems.length > 0 ? [text] : []), ...(isSummed ? [`${sum(report)}\n`] : [])].join("\n");
};

function sum(report: LintReport): string {
  const problems = problemsOf(report);
  const counts = [
    [countOf(problems, "error"), "error"],
    [countOf(problems, "warning"), "warning"],
    [countOf(problems, "info"), "info"],
  ] as const;
  const told = counts.filter(([count]) => count > 0).map(([count, word]) => counted(count, word));
  // What is left where all was tried can't be mended as the file is laid out.
  const untried = report.profiles.filter(({ mended }) => mended === undefined);
  const safe = untried.flatMap(({ findings }) => findings.filter(({ fix }) => fix?.safe));
  const fixable = new Set(safe.map(({ problem }) => problemKey(problem))).size;
  const accepted = acceptedIn(report);
  // What planning refuses says so itself, and has no page.
  const isOfRules = report.profiles.some(({ findings }) => findings.length > 0);
  const mended = report.profiles.reduce((all, each) => all + (each.mended ?? 0), 0);
  const more = [
    ...(report.tooMany !== undefined && countOf(problems, "error") === 0 ? [report.tooMany] : []),
    ...(mended > 0 ? [`${mended} mended`] : []),
    ...(fixable > 0 ? [`\`sbx lint --fix\` mends up to ${fixable}`] : []),
    ...(accepted > 0 ? [`${accepted} accepted (\`--no-exceptions\` shows them)`] : []),
    ...(isOfRules ? ["`sbx rules ID` says why"] : []),
  ];
  const text = [...(told.length > 0 ? [told.join(", ")] : []), ...more].join("; ");
  return wantsColor(process.stdout) ? `\u001b[1m${text}\u001b[0m` : text;
}

/** How many findings people accept; what a built-in accepts is sbx's own. */
const acceptedIn = ({ profiles }: LintReport): number =>
  profiles.filter(({ file }) => !file.startsWith("builtin:")).reduce((all, { accepted }) => all + accepted.length, 0);

const counted = (count: number, word: string): string => `${count} ${word}${count === 1 || word === "info" ? "" : "s"}`;
