import type { Problem, TestedProfile, TestResult } from "../../index.ts";
import { element, xmlText } from "../xml.ts";
import { claimWords, shortFile, type TestReport, type WriteTests } from "./report.ts";

/** JUnit XML, as CI servers read it: a suite for each profile, a case for each test. */
export const junit: WriteTests = (report) => {
  const suites = report.profiles.map((profile) => suite(profile, report));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="sbx test">\n${suites.join("")}</testsuites>\n`;
};

function suite({ file, variant, tests, problems, broken }: TestedProfile, report: TestReport): string {
  const name = `${shortFile(file, report.cwd)}${variant === undefined ? "" : `#${variant}`}`;
  const count = (outcomes: readonly string[]) => tests.filter(({ outcome }) => outcomes.includes(outcome)).length;
  const numbers = {
    tests: tests.length + (broken ? 1 : 0),
    failures: count(["fails"]),
    errors: count(["defect", "broken"]) + (broken ? 1 : 0),
    skipped: count(["skipped"]),
    time: seconds(tests.reduce((sum, { durationMs }) => sum + durationMs, 0)),
  };
  const errors = problems.filter(({ severity }) => severity === "error");
  const whole = broken
    ? [element("testcase", { name: "the profile", classname: name, time: "0" }, trouble("error", "broken", errors))]
    : [];
  const cases = tests.map((test) => testCase(test, name, report));
  return element("testsuite", { name, ...numbers }, [...whole, ...cases].join(""));
}

function testCase(test: TestResult, classname: string, { live }: TestReport): string {
  const { name, spot, outcome, claims, problems, durationMs } = test;
  const place = { name, classname, file: spot.file, line: String(spot.line), time: seconds(durationMs) };
  const wrong = [
    ...problems.filter(({ severity }) => severity === "error"),
    ...claims.flatMap(({ problem }) => problem ?? []),
  ];
  const skipped = claims.filter((claim) => claim.outcome === "skipped").map(({ claim }) => claimWords(claim));
  const why = live ? "it can't be told" : "needs a sandbox: --live";
  switch (outcome) {
    case "fails":
      return element("testcase", place, trouble("failure", outcome, wrong));
    case "defect":
    case "broken":
      return element("testcase", place, trouble("error", outcome, wrong));
    case "skipped":
      return element("testcase", place, element("skipped", { message: why }, ""));
    case "holds": {
      const said =
        skipped.length === 0 ? "" : element("system-out", {}, xmlText(`skipped (${why}): ${skipped.join(", ")}`));
      return element("testcase", place, said);
    }
  }
}

function trouble(tag: "failure" | "error", type: string, problems: readonly Problem[]): string {
  const lines = problems.map(({ file, line, column, rule, message, help }) => {
    const place = line === 0 ? file : `${file}:${line}:${column}`;
    return `${place}: ${rule}: ${message}${help === undefined ? "" : `\n  help: ${help}`}`;
  });
  return element(tag, { type, message: problems[0]?.message ?? type }, xmlText(lines.join("\n")));
}

const seconds = (ms: number): string => (ms / 1000).toFixed(3);
