import type { Problem, Replacement } from "../../index.ts";

/** A finding, and what a fix would change. */
export interface ToldFinding {
  readonly problem: Problem;
  readonly fix?: {
    readonly title: string;
    /** Whether `--fix` makes it. */
    readonly safe: boolean;
    /** In the linted file; absent where it can't be made there, or was not asked for. */
    readonly replacement?: Replacement;
  };
}

/** What was found in one profile; plain data. */
export interface ToldProfile {
  /** The profile's file, or what was asked for where there is none. */
  readonly file: string;
  /** Whether there is such a file, and it could be read. */
  readonly isThere: boolean;
  readonly broken: boolean;
  readonly problems: readonly Problem[];
  readonly findings: readonly ToldFinding[];
  /** How many findings `--fix` has mended. */
  readonly mended?: number;
  readonly accepted: readonly { readonly problem: Problem; readonly reason: string; readonly until?: string }[];
}

/** What is reported: profiles, in the order in which they were looked at. */
export interface LintReport {
  readonly profiles: readonly ToldProfile[];
  /** The directory that paths are shown relative to. */
  readonly cwd: string;
  /** The words of the command line, for problems that point there. */
  readonly words: readonly string[];
  /** The version of sbx. */
  readonly version: string;
  /** What the command ends with. */
  readonly exitCode: number;
  /** Why warnings alone are enough for it to end with findings; undefined where they aren't. */
  readonly tooMany: string | undefined;
}

/** A format of findings; each is a file here. */
export type WriteFindings = (report: LintReport) => string | Promise<string>;

/** Everything that was said, each thing once: what a file says is found in every profile that extends it. */
export function problemsOf({ profiles }: Pick<LintReport, "profiles">): Problem[] {
  const all = profiles.flatMap(({ file, problems, findings }) =>
    [...problems, ...findings.map(({ problem }) => problem)].map((problem) => ({ problem, file })),
  );
  return once(all, ({ problem }) => problemKey(problem)).map(({ problem }) => problem);
}

/** Each once of what has the same key, as its own file tells it: a profile that extends it adds how it came there. */
export function once<T extends { readonly problem: Problem; readonly file: string }>(
  all: readonly T[],
  keyOf: (each: T) => string,
): T[] {
  const found = new Map<string, T>();
  for (const each of all) {
    const key = keyOf(each);
    const known = found.get(key);
    const isOwn = each.file === each.problem.file && known?.file !== known?.problem.file;
    if (known === undefined || isOwn) found.set(key, each);
  }
  return [...found.values()];
}

export const problemKey = ({ rule, file, line, column, message }: Problem): string =>
  JSON.stringify([rule, file, line, column, message]);

export const countOf = (problems: readonly Problem[], severity: Problem["severity"]): number =>
  problems.filter((problem) => problem.severity === severity).length;

/** Where there is no file at all: a built-in that is linted itself. */
const NOWHERE = { line: 0, column: 0, endLine: 0, endColumn: 0 } as const;
/** The place of a whole file. */
const TOP = { line: 1, column: 1, endLine: 1, endColumn: 1 } as const;

/** A problem with a place in its file, if it has one: a link, or a file that can't be read, has no lines. */
export const atTop = (problem: Problem): Problem =>
  problem.line === 0 && problem.file.startsWith("/") ? { ...problem, ...TOP } : problem;

/**
 * A problem at a place that a reader of the repository can be shown: what a built-in profile says is told at the entry that
 * brought it in, or at the top of the linted file.
 */
export function inFiles(problem: Problem, file: string | undefined): Problem {
  if (problem.file.startsWith("/") && problem.line > 0) return problem;
  const way = problem.related.find((place) => place.file.startsWith("/") && place.line > 0);
  const whole = file?.startsWith("/") ? { file, ...TOP } : undefined;
  const place = way && { file: way.file, line: way.line, column: way.column, endLine: way.line, endColumn: way.column };
  const there = place ?? whole ?? NOWHERE;
  const said = problem.line > 0 ? ` (${problem.file}:${problem.line}:${problem.column})` : "";
  return { ...problem, ...there, message: problem.message + said };
}

/** The linted file, for what has no place of its own. */
export const wholeFile = ({ file, isThere }: Pick<ToldProfile, "file" | "isThere">): string | undefined =>
  isThere ? file : undefined;

/** A file as people name it from where they stand. */
export const shortFile = (file: string, cwd: string): string =>
  file.startsWith(`${cwd}/`) ? file.slice(cwd.length + 1) : file.replace(/^\.\//, "");
