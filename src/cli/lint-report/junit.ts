import type { Problem } from "../../index.ts";
import { element, xmlText } from "../xml.ts";
import { shortFile, type ToldProfile, type WriteFindings } from "./report.ts";

/** JUnit XML, as CI servers read it: a suite for each profile, a case for each finding; what was accepted is skipped. */
export const junit: WriteFindings = ({ profiles, cwd }) => {
  const suites = profiles.map((profile) => suite(relative(profile, cwd), shortFile(profile.file, cwd)));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="sbx lint">\n${suites.join("")}</testsuites>\n`;
};

/** The same with names of files as a reader of the repository knows them. */
function relative(profile: ToldProfile, cwd: string): ToldProfile {
  const short = <T extends { readonly problem: Problem }>(each: T): T => ({ ...each, problem: named(each.problem) });
  const named = (problem: Problem): Problem => ({ ...problem, file: shortFile(problem.file, cwd) });
  const { problems, findings, accepted } = profile;
  return { ...profile, problems: problems.map(named), findings: findings.map(short), accepted: accepted.map(short) };
}

function suite({ broken, problems, findings, accepted }: ToldProfile, name: string): string {
  const told = [...problems, ...findings.map(({ problem }) => problem)];
  const failing = told.filter(({ severity }) => severity !== "info");
  // Where nothing was found there is one case, which holds.
  const none =
    told.length + accepted.length === 0 ? [element("testcase", { name: "lint", classname: name, time: "0" }, "")] : [];
  const title = titles();
  const cases = [
    ...none,
    ...told.map((problem) => testCase(problem, title(problem), name, trouble(problem, broken))),
    ...accepted.map(({ problem, reason }) =>
      testCase(problem, title(problem), name, element("skipped", { message: reason }, "")),
    ),
  ];
  const errors = broken ? failing.filter(({ severity }) => severity === "error").length : 0;
  const numbers = {
    tests: cases.length,
    failures: failing.length - errors,
    errors,
    skipped: accepted.length,
    time: "0",
  };
  return element("testsuite", { name, ...numbers }, cases.join(""));
}

function testCase({ file, line }: Problem, name: string, classname: string, inner: string): string {
  const place = line > 0 ? { file, line } : {};
  return element("testcase", { name, classname, ...place, time: "0" }, inner);
}

/** CI servers take cases of the same name for one. */
function titles(): (problem: Problem) => string {
  const counts = new Map<string, number>();
  return ({ rule, line }) => {
    const name = line > 0 ? `${rule}, line ${line}` : rule;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  };
}

/** An info is told and fails nothing. */
function trouble({ severity, rule, message, help, file, line, column }: Problem, broken: boolean): string {
  const place = line === 0 ? file : `${file}:${line}:${column}`;
  const text = xmlText(`${place}: ${severity}: ${message}${help === undefined ? "" : `\nhelp: ${help}`}`);
  if (severity === "info") return element("system-out", {}, text);
  return element(broken && severity === "error" ? "error" : "failure", { type: rule, message }, text);
}
