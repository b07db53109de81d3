import { Option } from "commander";
import {
  type Difference,
  diffProfiles,
  offers,
  type Planned,
  type Problem,
  planProfile,
  scorePlan,
} from "../../index.ts";
import { type CommonOptions, type DefineCommand, define, requestOf } from "../command.ts";
import { parseCompared } from "../diff-argument.ts";
import type { Comparison } from "../diff-json.ts";
import { BROKEN, CLEAN, FINDINGS } from "../exit.ts";
import { hostFor } from "../host.ts";
import { UsageError } from "../usage-error.ts";
import type { Words } from "../words.ts";

interface DiffOptions extends CommonOptions {
  readonly failOn?: "widen" | "any";
}

export const command: DefineCommand = (line, end) =>
  define("diff", line, {
    summary:
      "Compare two profiles by what they let in: paths, environment, namespaces, network, capabilities, devices, limits.",
    formats: ["pretty", "json", "markdown"],
    examples: [
      ["what this branch changes", "sbx diff main:.sandbox.yml .sandbox.yml"],
      [
        "in CI: no pull request may widen it",
        "sbx diff --fail-on widen --format markdown main:ci.sandbox.yml ci.sandbox.yml",
      ],
      ["what a flag set adds", "sbx diff node node+network"],
      ["all that a profile lets in", "sbx diff none untrusted"],
    ],
  })
    .argument("<before>", "what -p takes, with +FLAG for each flag set, +-FLAG without one; none for no profile")
    .argument("<after>", "the same")
    .addOption(
      new Option("--fail-on <what>", "end with 1 if anything widens, or if there is any difference").choices([
        "widen",
        "any",
      ]),
    )
    .action(async (before: string, after: string, options: DiffOptions) =>
      end(await diff([before, after], options, line)),
    );

async function diff(names: readonly [string, string], options: DiffOptions, line: Words): Promise<number> {
  if (options.profile !== undefined) throw new UsageError("diff takes no -p: its two profiles are its arguments");
  const host = hostFor(options.directory);
  const found: Problem[] = [];
  const plan = async (text: string): Promise<Planned | undefined> => {
    const { profile, flags } = parseCompared(text, line.all.indexOf(text) + 1);
    const common = requestOf(options);
    const request =
      profile === undefined
        ? { profile: { directory: host.cwd, version: "1", devices: "none", proc: "false" } }
        : { ...common, profile, flags: [...(common.flags ?? []), ...flags] };
    const { value, problems } = await planProfile(request, host);
    // What both sides say is told once.
    const told = new Set(found.map((problem) => JSON.stringify(problem)));
    found.push(...problems.filter((problem) => !told.has(JSON.stringify(problem))));
    return value;
  };
  const [before, after] = [await plan(names[0]), await plan(names[1])];
  if (found.length > 0) {
    const { printProblems } = await import("../problems.ts");
    printProblems(found, { words: line.all, json: options.format === "json" });
  }
  if (before === undefined || after === undefined) return BROKEN;
  const base = diffProfiles(before, after, host);
  const differences = [...base, ...(await withFlagSets(names, [before, after], base, { plan, host }))];
  const comparison: Comparison = {
    before: { name: names[0], ...scorePlan(before.plan, host) },
    after: { name: names[1], ...scorePlan(after.plan, host) },
    differences,
  };
  process.stdout.write(await formatted(comparison, options.format, host.cwd));
  const isFound = differences.some(({ change }) => change === "widens" || options.failOn === "any");
  return options.failOn !== undefined && isFound ? FINDINGS : CLEAN;
}

interface Comparing {
  readonly plan: (text: string) => Promise<Planned | undefined>;
  readonly host: ReturnType<typeof hostFor>;
}

/** What differs only with a flag set that either profile has: `sbx shell` takes one, and whoever runs it may take any. */
async function withFlagSets(
  names: readonly [string, string],
  planned: readonly [Planned, Planned],
  base: readonly Difference[],
  { plan, host }: Comparing,
): Promise<Difference[]> {
  if (names.some((name) => /(?<!\\)\+/.test(name))) return [];
  const has = planned.map(({ opened, effective }) => offers(opened.source, effective.sources).flags);
  const known = new Set(base.map(keyOf));
  const found: Difference[] = [];
  for (const flag of new Set(has.flat())) {
    const [before, after] = await Promise.all(
      [0, 1].map((side) => (has[side]?.includes(flag) ? plan(`${names[side]}+${flag}`) : planned[side])),
    );
    if (!before || !after) continue;
    for (const difference of diffProfiles(before, after, host)) {
      if (known.has(keyOf(difference))) continue;
      found.push({ ...difference, subject: `${difference.subject} (with +${flag})` });
    }
  }
  return found;
}

const keyOf = ({ area, subject, change }: Difference): string => JSON.stringify([area, subject, change]);

async function formatted(comparison: Comparison, format: string, cwd: string): Promise<string> {
  if (format === "json") return (await import("../diff-json.ts")).diffJson(comparison);
  if (format === "markdown") return (await import("../diff-markdown.ts")).diffMarkdown(comparison, cwd);
  return (await import("../diff-text.ts")).diffText(comparison, (await import("../explain-rows.ts")).layoutFor(cwd));
}
