import { execPath } from "node:process";
import { nodeHost, type TestedProfile, testProfile } from "../../index.ts";
import { type CommonOptions, type DefineCommand, define, requestOf } from "../command.ts";
import { BROKEN, CLEAN, FINDINGS } from "../exit.ts";
import { hostFor } from "../host.ts";
import type { WriteTests } from "../test-report/report.ts";
import { UsageError } from "../usage-error.ts";
import type { Words } from "../words.ts";

interface TestingOptions extends CommonOptions {
  readonly live?: boolean;
  readonly allowApi?: readonly string[];
}

export const command: DefineCommand = (line, end) =>
  define("test", line, {
    summary:
      "Hold profiles to the `tests:` that they bring: by the simulation alone, which needs no bubblewrap, and with " +
      "--live in real sandboxes, too. 0 all holds, 1 something does not, 2 a broken profile.",
    formats: ["pretty", "tap", "junit", "json"],
    examples: [
      ["the profile found here", "sbx test"],
      ["in real sandboxes, commands included", "sbx test --live"],
      ["files, for a CI server", "sbx test --format junit *.sandbox.yml"],
      ["a built-in profile", "sbx test -p base --live"],
    ],
  })
    .argument("[file...]", "profiles to test; without any, the one found here")
    .option("--live", "try every claim in a real sandbox as well, and run the commands")
    .option(
      "--allow-api <name>",
      "let the profile start this server on the host (repeatable)",
      (name, before: readonly string[] = []) => [...before, name],
    )
    .action(async (files: readonly string[], options: TestingOptions) => end(await test(files, options, line)));

async function test(files: readonly string[], options: TestingOptions, line: Words): Promise<number> {
  if (files.length > 0 && options.profile !== undefined)
    throw new UsageError("name files, or a profile with -p, not both");
  const host = hostFor(options.directory);
  const named = files.map((file) => (file.includes("/") ? file : `./${file}`));
  const live = options.live === true;
  let stoppedBy: NodeJS.Signals | undefined;
  const profiles: TestedProfile[] = [];
  for (const profile of files.length === 0 ? [options.profile] : named) {
    if (stoppedBy) break;
    const tested = await testProfile({ ...requestOf(options), profile }, profiles.length === 0 ? host : nodeHost(), {
      live,
      allowedApis: new Set(options.allowApi),
      insist: ({ source }) => `sbx test --live ${source.file}`,
      cleaner: [execPath, process.argv[1] ?? "", "clean", "--quiet"],
      onStopped: (signal) => {
        stoppedBy = signal;
      },
    });
    profiles.push(tested);
  }
  const write = await writer(options.format);
  process.stdout.write(write({ live, profiles, cwd: host.cwd, words: line.all }));
  if (stoppedBy) process.kill(process.pid, stoppedBy);
  return exitCode(profiles);
}

function exitCode(profiles: readonly TestedProfile[]): number {
  const outcomes = profiles.flatMap(({ tests }) => tests.map(({ outcome }) => outcome));
  if (profiles.some(({ broken }) => broken) || outcomes.includes("broken")) return BROKEN;
  return outcomes.some((outcome) => outcome === "fails" || outcome === "defect") ? FINDINGS : CLEAN;
}

async function writer(format: string): Promise<WriteTests> {
  switch (format) {
    case "tap":
      return (await import("../test-report/tap.ts")).tap;
    case "junit":
      return (await import("../test-report/junit.ts")).junit;
    case "json":
      return (await import("../test-report/json.ts")).json;
    default:
      return (await import("../test-report/pretty.ts")).pretty;
  }
}
