import { pathToFileURL } from "node:url";
import type { ArtifactLocation, Fix, Location, Log, Notification, ReportingDescriptor, Result } from "sarif";
import { escapeJson, lintRules, type Problem, problemKinds, type Rule } from "../../index.ts";
import { BROKEN } from "../exit.ts";
import { rulePage } from "../rule-page.ts";
import {
  inFiles,
  type LintReport,
  once,
  problemKey,
  shortFile,
  type ToldFinding,
  type WriteFindings,
  wholeFile,
} from "./report.ts";

const LEVELS = { error: "error", warning: "warning", info: "note" } as const satisfies Record<
  Problem["severity"],
  Result.level
>;

/** The same as code scanning sorts alerts by: high, medium, low (GitHub docs: SARIF support for code scanning). */
const SCORES: Readonly<Record<Problem["severity"], string>> = { error: "8.0", warning: "5.0", info: "2.0" };

/** SARIF 2.1.0 (OASIS), which code scanning takes: rules with their pages, fixes, and what was accepted with its reason. */
export const sarif: WriteFindings = async (report) => {
  const { rules } = await lintRules();
  const kinds = await problemKinds();
  const all = report.profiles.flatMap((profile): Told[] => [
    ...profile.problems.map((problem) => ({ problem, file: profile.file, whole: wholeFile(profile) })),
    ...profile.findings.map((finding) => ({ ...finding, file: profile.file, whole: profile.file })),
    ...profile.accepted.map((accepted) => ({ ...accepted, file: profile.file, whole: profile.file })),
  ]);
  const ids = [...new Set(all.map(({ problem }) => problem.rule))].sort();
  const keyOf = ({ problem, whole }: Told) => problemKey(inFiles(problem, whole));
  const isOpen = ({ reason }: Told) => reason === undefined;
  const open = once(all.filter(isOpen), keyOf);
  // What one profile accepts is open where another one tells it.
  const known = new Set(open.map(keyOf));
  const accepted = once(
    all.filter((each) => !isOpen(each) && !known.has(keyOf(each))),
    keyOf,
  );
  const told = [...open, ...accepted].map((each) => ({ ...each, problem: inFiles(each.problem, each.whole) }));
  // GitHub refuses a whole file for one result without a place.
  const placed = told.filter(({ problem }) => problem.line > 0);
  const others = told.filter((each) => each.problem.line === 0 && isOpen(each));
  const log: Log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "sbx",
            version: report.version,
            rules: ids.map((id) =>
              descriptor(
                id,
                rules.find((rule) => rule.id === id),
                kinds.find((kind) => kind.id === id),
              ),
            ),
          },
        },
        columnKind: "utf16CodeUnits",
        originalUriBaseIds: { SRCROOT: { uri: pathToFileURL(`${report.cwd}/`).href } },
        invocations: [
          {
            executionSuccessful: report.exitCode !== BROKEN,
            exitCode: report.exitCode,
            ...(others.length > 0
              ? { toolExecutionNotifications: others.map(({ problem }) => notification(problem, ids)) }
              : {}),
          },
        ],
        results: placed.map((each) => result(each, ids, report)),
      },
    ],
  };
  return `${escapeJson(JSON.stringify(log, null, 2))}\n`;
};

interface Told extends ToldFinding {
  readonly file: string;
  /** The same, where there is such a file. */
  readonly whole: string | undefined;
  readonly reason?: string;
}

type Kind = Awaited<ReturnType<typeof problemKinds>>[number];

function descriptor(id: string, rule: Rule | undefined, kind: Kind | undefined): ReportingDescriptor {
  if (rule === undefined) {
    const { severity = "error", when = id } = kind ?? {};
    return { id, shortDescription: { text: when }, defaultConfiguration: { level: LEVELS[severity] } };
  }
  return {
    id,
    shortDescription: { text: rule.title },
    fullDescription: { text: rule.why },
    help: { text: rule.fix, markdown: rulePage(rule) },
    defaultConfiguration: { level: LEVELS[rule.severity] },
    properties: { tags: ["security", id.split("/")[0] ?? id], "security-severity": SCORES[rule.severity] },
  };
}

function result({ problem, file, fix, reason }: Told, ids: readonly string[], { cwd }: LintReport): Result {
  const { rule, severity, related } = problem;
  const others = related.filter((place) => place.file.startsWith("/") && place.line > 0);
  return {
    ruleId: rule,
    ruleIndex: ids.indexOf(rule),
    level: LEVELS[severity],
    message: messageOf(problem),
    locations: [location(problem, cwd)],
    ...(others.length > 0
      ? {
          relatedLocations: others.map((place, id) => ({
            ...location({ ...place, endLine: place.line, endColumn: place.column }, cwd),
            id,
            message: { text: place.message },
          })),
        }
      : {}),
    ...(fix?.replacement === undefined ? {} : { fixes: [fixOf(fix.title, fix.replacement, file, cwd)] }),
    ...(reason === undefined
      ? {}
      : { suppressions: [{ kind: "inSource", status: "accepted", justification: reason }] }),
  };
}

/** What is about no file of the repository. */
const notification = (problem: Problem, ids: readonly string[]): Notification => ({
  level: LEVELS[problem.severity],
  message: messageOf(problem),
  associatedRule: { id: problem.rule, index: ids.indexOf(problem.rule) },
});

const messageOf = ({ message, help }: Problem) => ({ text: help === undefined ? message : `${message}\n${help}` });

type Stretch = Pick<Problem, "file" | "line" | "column" | "endLine" | "endColumn">;

function location({ file, line, column, endLine, endColumn }: Stretch, cwd: string): Location {
  const end = endLine > line || endColumn > column ? { endLine, endColumn } : {};
  return {
    physicalLocation: {
      artifactLocation: artifact(file, cwd),
      region: { startLine: line, startColumn: column, ...end },
    },
  };
}

function fixOf(
  title: string,
  replacement: NonNullable<NonNullable<ToldFinding["fix"]>["replacement"]>,
  file: string,
  cwd: string,
): Fix {
  const { line, column, endLine, endColumn, text } = replacement;
  return {
    description: { text: title },
    artifactChanges: [
      {
        artifactLocation: artifact(file, cwd),
        replacements: [
          {
            deletedRegion: { startLine: line, startColumn: column, endLine, endColumn },
            ...(text === "" ? {} : { insertedContent: { text } }),
          },
        ],
      },
    ],
  };
}

/** Relative to where sbx was called, as code scanning wants it; whole where it lies elsewhere. */
function artifact(file: string, cwd: string): ArtifactLocation {
  const short = shortFile(file, cwd);
  if (short === file) return { uri: pathToFileURL(file).href };
  return { uri: short.split("/").map(encodeURIComponent).join("/"), uriBaseId: "SRCROOT" };
}
