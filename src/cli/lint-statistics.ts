import { escapeText, lintRules, type Problem, problemKinds } from "../index.ts";
import { jsonText } from "./json.ts";
import { problemsOf, type ToldProfile } from "./lint-report/report.ts";

interface Row {
  readonly count: number;
  readonly rule: string;
  readonly severity: Problem["severity"];
  /** How many of them `--fix` may mend. */
  readonly fixable: number;
  readonly title: string;
}

/** How often each rule has found something, the most frequent first. */
export async function statistics(profiles: readonly ToldProfile[], format: string): Promise<string> {
  const rows = await rowsOf(profiles);
  if (format === "json") return jsonText(rows);
  const width = String(rows[0]?.count ?? 0).length;
  const id = Math.max(0, ...rows.map(({ rule }) => rule.length));
  return rows
    .map(({ count, rule, severity, fixable, title }) => {
      const mends = fixable > 0 ? ` (--fix mends up to ${fixable})` : "";
      return `${String(count).padStart(width)}  ${severity.padEnd("warning".length)}  ${rule.padEnd(id)}  ${escapeText(title)}${mends}\n`;
    })
    .join("");
}

async function rowsOf(profiles: readonly ToldProfile[]): Promise<readonly Row[]> {
  const { rules } = await lintRules();
  const kinds = await problemKinds();
  const fixable = new Set(
    profiles.flatMap(({ findings }) => findings.filter(({ fix }) => fix?.safe).map(({ problem }) => problem)),
  );
  const rows = new Map<string, Row>();
  for (const problem of problemsOf({ profiles })) {
    const { rule, severity, message } = problem;
    const key = `${rule}\n${severity}`;
    const title = rules.find(({ id }) => id === rule)?.title ?? message;
    const row = rows.get(key) ?? { count: 0, rule, severity, fixable: 0, title };
    // One message does not speak for others.
    const common = row.title === title ? title : (kinds.find(({ id }) => id === rule)?.when ?? title);
    rows.set(key, {
      ...row,
      count: row.count + 1,
      fixable: row.fixable + (fixable.has(problem) ? 1 : 0),
      title: common,
    });
  }
  return [...rows.values()].sort((a, b) => b.count - a.count || (a.rule < b.rule ? -1 : 1));
}
