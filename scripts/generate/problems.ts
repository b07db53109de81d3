import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ProblemKind } from "../../src/model/problem.ts";

type Kind = ProblemKind<never>;

/** Everything sbx reports, by its id, from the stages' own declarations. */
export async function problemKinds(sources: string): Promise<readonly Kind[]> {
  const kinds: Kind[] = [];
  const files = readdirSync(sources, { recursive: true, encoding: "utf8" });
  for (const name of files.filter((path) => /[/-]problems\.ts$/.test(path)).sort()) {
    const file = join(sources, name);
    if (!readFileSync(file, "utf8").includes("defineProblem")) continue;
    const declared: Record<string, unknown> = await import(pathToFileURL(file).href);
    kinds.push(...Object.values(declared).flatMap((value) => kindOf(value) ?? []));
  }
  kinds.sort((a, b) => (a.id < b.id ? -1 : 1));
  const twice = kinds.find(({ id }, index) => kinds[index + 1]?.id === id);
  if (twice) throw new Error(`declared twice: ${twice.id}`);
  return kinds;
}

/** The same for `sbx rules ID`, without the stages. */
export const problemTable = (
  kinds: readonly Kind[],
): string => `// Generated from the problems.ts files below src by \`npm run generate\`; not edited by hand.
import type { ProblemKind } from "../model/problem.ts";

export const PROBLEM_KINDS: readonly Pick<ProblemKind<never>, "id" | "severity" | "when">[] = ${JSON.stringify(
  kinds.map(({ id, severity, when }) => ({ id, severity, when })),
  null,
  2,
)};
`;

/** The reference page of them. */
export const problemsPage = (
  kinds: readonly Kind[],
): string => `<!-- Generated from the problems.ts files below src by \`npm run generate\`; not edited by hand. -->

# Problems

Everything that sbx reports about a profile, by its id. An error stops what was asked for; a warning and an info don't.

| id | severity | reported when |
|---|---|---|
${kinds.map(row).join("\n")}
`;

/** What `defineProblem` made carries its declaration. */
function kindOf(value: unknown): Kind | undefined {
  return typeof value === "function" && "kind" in value ? (value.kind as Kind) : undefined;
}

const row = (kind: Kind): string => `| \`${kind.id}\` | ${kind.severity} | ${kind.when.replaceAll("|", "\\|")} |`;
