import { escapeText, type Problem, type TestResult } from "../../index.ts";
import { claimWords, shortFile, type TestReport, type WriteTests } from "./report.ts";

/** TAP 14 (testanything.org): a point for each test, and why it isn't ok as a YAML block. */
export const tap: WriteTests = (report) => {
  const points = report.profiles.flatMap((profile) => {
    const named = shortFile(profile.file, report.cwd);
    const wrong = profile.problems.filter(({ severity }) => severity === "error");
    const whole = profile.broken ? [{ ok: false, name: named, note: "", lines: block("broken", wrong) }] : [];
    return [...whole, ...profile.tests.map((test) => pointOf(test, named, report))];
  });
  const plan = points.length === 0 ? "1..0 # SKIP no tests" : `1..${points.length}`;
  const lines = points.flatMap(({ ok, name, note, lines }, index) => {
    return [`${ok ? "ok" : "not ok"} ${index + 1} - ${described(name)}${note}`, ...lines];
  });
  return `${["TAP version 14", plan, ...lines].join("\n")}\n`;
};

function pointOf(test: TestResult, file: string, { live }: TestReport) {
  const { outcome, claims, name } = test;
  const ok = outcome === "holds" || outcome === "skipped";
  const skipped = claims.filter((claim) => claim.outcome === "skipped").map(({ claim }) => claimWords(claim));
  const note = outcome === "skipped" ? ` # SKIP ${live ? "it can't be told" : "needs a sandbox: --live"}` : "";
  const wrong = [
    ...test.problems.filter(({ severity }) => severity === "error"),
    ...claims.flatMap(({ problem }) => problem ?? []),
  ];
  const unsaid = outcome === "holds" && skipped.length > 0 ? [`  # skipped: ${described(skipped.join(", "))}`] : [];
  return { ok, name: `${file}: ${name}`, note, lines: ok ? unsaid : block(outcome, wrong) };
}

/** JSON is YAML: every text is quoted, and fits on a line. */
function block(outcome: string, problems: readonly Problem[]): string[] {
  const quoted = (text: string) => JSON.stringify(escapeText(text));
  const items = problems.flatMap(({ rule, file, line, column, message, help }) => [
    `    - rule: ${quoted(rule)}`,
    ...(line === 0 ? [] : [`      at: ${quoted(`${file}:${line}:${column}`)}`]),
    `      message: ${quoted(message)}`,
    ...(help === undefined ? [] : [`      help: ${quoted(help)}`]),
  ]);
  const list = items.length === 0 ? ["  problems: []"] : ["  problems:", ...items];
  return ["  ---", `  outcome: ${quoted(outcome)}`, ...list, "  ..."];
}

/** A description ends where a directive begins, unless that is escaped. */
const described = (text: string): string => escapeText(text).replaceAll("\\", "\\\\").replaceAll("#", "\\#");
