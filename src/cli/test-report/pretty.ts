import { escapeText, type Problem, type TestedProfile, type TestOutcome, type TestResult } from "../../index.ts";
import { formatted, wantsColor } from "../problems.ts";
import { type Counts, countsOf, shortFile, type TestReport, type WriteTests } from "./report.ts";

/** For people: a line for each test, what is wrong with its place and line, and what it comes to. */
export const pretty: WriteTests = (report) => {
  const parts = report.profiles.map((profile) => profileText(profile, { ...report, told: new Set() }));
  return `${[...parts, summary(report)].join("\n\n")}\n`;
};

/** A report, and what of the profile was said already. */
type Telling = TestReport & { readonly told: Set<string> };

const keyOf = ({ rule, file, line, column, message }: Problem): string =>
  JSON.stringify([rule, file, line, column, message]);

function profileText({ file, variant, problems, tests, broken }: TestedProfile, report: Telling): string {
  const name = `${shortFile(file, report.cwd)}${variant === undefined ? "" : `#${variant}`}`;
  const none = tests.length === 0 && !broken ? ["  no tests: write some under `tests:`"] : [];
  const lines = [bold(escapeText(name)), ...none, ...tests.flatMap((test) => testLines(test, report))];
  return [...lines, ...told(problems, report)].join("\n");
}

function testLines(test: TestResult, report: Telling): string[] {
  const { name, flags, outcome, claims } = test;
  const skipped = claims.filter((claim) => claim.outcome === "skipped").length;
  const notes = [
    ...(flags.length === 0 ? [] : [`with ${flags.join(", ")}`]),
    ...(skipped === 0 ? [] : [report.live ? `${skipped} can't be told` : `${skipped} skipped: --live tries them`]),
  ];
  const note = notes.length === 0 ? "" : dim(`  (${escapeText(notes.join("; "))})`);
  const wrong = claims.flatMap(({ problem }) => problem ?? []);
  return [`  ${MARKS[outcome]()} ${escapeText(name)}${note}`, ...told([...test.problems, ...wrong], report)];
}

function told(problems: readonly Problem[], { words, told: before }: Telling): string[] {
  // What is wrong with the profile is so for each of its tests.
  const news = problems.filter((problem) => !before.has(keyOf(problem)));
  for (const problem of news) before.add(keyOf(problem));
  if (news.length === 0) return [];
  const text = formatted(news, words, process.stdout).trimEnd();
  return ["", ...text.split("\n").map((line) => (line === "" ? "" : `    ${line}`)), ""];
}

function summary({ profiles, live }: TestReport): string {
  const counts = countsOf(profiles);
  const one = (count: number, word: string) => `${count} ${word}${count === 1 ? "" : "s"}`;
  const parts = [
    `${one(counts.tests, "test")}, ${one(counts.claims, "claim")}: ${counts.holds} hold${counts.holds === 1 ? "s" : ""}`,
    ...numbered(counts, "fails", "fail"),
    ...numbered(counts, "skipped", live ? "can't be told" : "skipped without --live"),
    ...(counts.defect === 0 ? [] : [one(counts.defect, "defect of sbx")]),
    ...(counts.broken === 0 ? [] : [`${counts.broken} could not be tried`]),
  ];
  return parts.join(", ");
}

const numbered = (counts: Counts, outcome: TestOutcome, words: string): string[] =>
  counts[outcome] === 0 ? [] : [`${counts[outcome]} ${words}`];

const paint = (code: string, text: string): string =>
  wantsColor(process.stdout) ? `\u001b[${code}m${text}\u001b[0m` : text;
const bold = (text: string): string => paint("1", text);
const dim = (text: string): string => paint("2", text);

/** With a word beside each: colours alone tell nothing to some. */
const MARKS: Readonly<Record<TestOutcome, () => string>> = {
  holds: () => paint("32", "ok     "),
  fails: () => paint("31", "FAILS  "),
  defect: () => paint("35", "DEFECT "),
  skipped: () => paint("33", "skipped"),
  broken: () => paint("31", "BROKEN "),
};
