import type { Problem } from "../model/problem.ts";

export interface ReportOptions {
  /** Use terminal colours; off unless asked for. */
  readonly color?: boolean;
  /** Paths below this directory are shown relative to it. */
  readonly cwd?: string;
  /** The text of a file that a problem names, for the line it points at. */
  readonly sources?: (file: string) => string | undefined;
}

/** What a format of problems is: one file here and one row in index.ts. */
export interface ReportFormat {
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  /** The problems as text that ends with a line end; "" when there are none and the format can say so. */
  format(problems: readonly Problem[], options: ReportOptions): string;
}
