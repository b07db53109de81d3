import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ProblemKind } from "../../src/model/problem.ts";

type Kind = ProblemKind<never>;

/** The reference page of everything sbx reports, from the stages' own declarations. */
export async function problemsPage(sources: string): Promise<string> {
  const kinds: Kind[] = [];
  const files = readdirSync(sources, { recursive: true, encoding: "utf8" });
  for (const name of files.filter((path) => /[/-]problems\.ts$/.test(path)).sort()) {
    const file = join(sources, name);
    if (!readFileSync(file, "utf8").includes("defineProblem")) continue;
    const declared: Record<string, unknown> = await import(pathToFileURL(file).href);
    kinds.push(...Object.values(declared).flatMap((value) => kindOf(value) ?? []));
  }
  const rows = kinds.sort((a, b) => (a.id < b.id ? -1 : 1)).map(row);
  const twice = rows.find((text, index) => rows[index + 1]?.split("|")[1] === text.split("|")[1]);
  if (twice) throw new Error(`declared twice: ${twice}`);
  return `<!-- Generated from the problems.ts files below src by \`npm run generate\`; not edited by hand. -->

# Problems

Everything that sbx reports about a profile, by its id. An error stops what was asked for; a warning and an info don't.

| id | severity | reported when |
|---|---|---|
${rows.join("\n")}
`;
}

/** What `defineProblem` made carries its declaration. */
function kindOf(value: unknown): Kind | undefined {
  return typeof value === "function" && "kind" in value ? (value.kind as Kind) : undefined;
}

const row = (kind: Kind): string => `| \`${kind.id}\` | ${kind.severity} | ${kind.when.replaceAll("|", "\\|")} |`;
