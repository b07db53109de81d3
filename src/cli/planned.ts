import { type Host, type Planned, planProfile, type Request } from "../index.ts";
import { type CommonOptions, requestOf } from "./command.ts";
import { hostFor } from "./host.ts";
import type { Words } from "./words.ts";

/** Plans the profile that the common options name; prints what is wrong and gives undefined when it can't be. */
export async function planFor(
  options: CommonOptions,
  line: Words,
  more: Request = {},
): Promise<{ readonly planned: Planned; readonly host: Host } | undefined> {
  const host = hostFor(options.directory);
  const { value: planned, problems } = await planProfile({ ...requestOf(options), ...more }, host);
  if (problems.length > 0) {
    const { printProblems } = await import("./problems.ts");
    printProblems(problems, { words: line.all, json: options.format === "json" });
  }
  return planned && { planned, host };
}
