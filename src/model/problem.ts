import type { KeyRoute, Place, Span } from "./source.ts";

export type Severity = "error" | "warning" | "info";

/** Something sbx has to say about a profile, as data; `report/` turns it into text. */
export interface Problem extends Place {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly endLine: number;
  readonly endColumn: number;
  readonly related: readonly RelatedPlace[];
  /** The next thing to type. */
  readonly help?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface RelatedPlace extends Place {
  readonly message: string;
}

/** Where a problem is: a span of a file, or an origin (whose end is unknown). */
export type Spot = Place & Partial<Span> & { readonly route?: KeyRoute };

/** What a kind of problem is: its id, and the words for its data. The words live nowhere else. */
export interface ProblemKind<Data extends object> {
  readonly id: string;
  readonly severity: Severity;
  /** One sentence for the reference page: when this is reported. */
  readonly when: string;
  message(data: Data): string;
  help?(data: Data): string | undefined;
}

export type ProblemMaker<Data extends object> = ((
  data: Data,
  spot: Spot,
  related?: readonly RelatedPlace[],
) => Problem) & { readonly kind: ProblemKind<Data> };

/** Declares a kind of problem; the result makes problems of that kind. */
export function defineProblem<Data extends object>(kind: ProblemKind<Data>): ProblemMaker<Data> {
  const make = (data: Data, spot: Spot, related: readonly RelatedPlace[] = []): Problem => {
    const help = kind.help?.(data);
    return {
      rule: kind.id,
      severity: kind.severity,
      message: kind.message(data),
      file: spot.file,
      line: spot.line,
      column: spot.column,
      endLine: spot.endLine ?? spot.line,
      endColumn: spot.endColumn ?? spot.column,
      related,
      ...(help === undefined ? {} : { help }),
      data: Object.fromEntries(Object.entries(data)),
    };
  };
  return Object.assign(make, { kind });
}

/** What a stage returns: a value unless an error stopped it, and everything it noticed. */
export interface Result<T> {
  readonly value: T | undefined;
  readonly problems: readonly Problem[];
}

export const hasErrors = (problems: readonly Problem[]): boolean =>
  problems.some((problem) => problem.severity === "error");
