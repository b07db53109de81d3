import { nearest } from "../model/nearest.ts";
import { child, nodeAt, type Source } from "../model/node.ts";
import type { Spot } from "../model/problem.ts";
import type { KeyRoute } from "../model/source.ts";
import type { Fix } from "./fix.ts";
import type { Finding, Rule } from "./rule.ts";
import { rule as expired } from "./rules/lint/expired-ignore.ts";
import { rule as unknown } from "./rules/lint/unknown-rule.ts";
import { rule as unused } from "./rules/lint/unused-ignore.ts";
import { SETTLED } from "./settled.ts";

/** A finding that somebody has accepted. */
export interface Accepted {
  readonly finding: Finding;
  /** The file that accepts it. */
  readonly by: string;
  readonly reason: string;
  readonly until?: string;
}

/** What is left of findings when the exceptions of the profile have been heard. */
export interface Weighed {
  readonly findings: readonly Finding[];
  readonly accepted: readonly Accepted[];
}

export interface Hearing {
  /** The file that is linted; its exceptions hold for all that it comes to. */
  readonly source: Source;
  /**
   * Every file that took part. A built-in's exceptions hold for its own entries, which were made with them in mind: for who
   * extends it as far as warnings go, for an error is to be accepted by name.
   */
  readonly sources: readonly Source[];
  readonly rules: readonly Rule[];
  /** The ids of the rules that were asked, on the whole profile: what they don't find is not there. Undefined when only a part was. */
  readonly asked: readonly string[] | undefined;
  /** Whether the linted file's own exceptions are heard. */
  readonly isHeard: boolean;
  /** YYYY-MM-DD. */
  readonly today: string;
}

interface Exception {
  readonly id: string;
  readonly reason: string;
  readonly until: string | undefined;
  readonly spot: Spot;
  readonly route: KeyRoute;
}

/** Takes out what the profile accepts, and adds what is wrong with its exceptions. */
export function weighed(found: readonly Finding[], hearing: Hearing): Weighed {
  const { source, sources, rules, today } = hearing;
  const own = hearing.isHeard ? exceptionsOf(source) : [];
  const isBuiltin = ({ file }: Source) => file.startsWith("builtin:") && file !== source.file;
  const theirs = new Map(sources.filter(isBuiltin).map((each) => [each.file, exceptionsOf(each)]));
  const known = byName(rules);
  const isAbout = (exception: Exception, id: string) => (known.get(exception.id)?.id ?? exception.id) === id;
  const isOver = ({ until }: Exception) => until !== undefined && (!isDay(until) || until < today);

  const findings: Finding[] = [];
  const accepted: Accepted[] = [];
  const used = new Set<Exception>();
  for (const finding of found) {
    const { rule, severity } = finding.problem;
    const { file } = finding.entry;
    // A flag set that another file turned on was that file's choice.
    const isTheirs = !finding.chosen && (severity !== "error" || source.file.startsWith("builtin:"));
    const builtins = !isTheirs ? [] : (theirs.get(file) ?? []).filter((exception) => isAbout(exception, rule));
    const isOpen = builtins.length === 0 && known.get(rule)?.always === undefined;
    const fitting = isOpen ? own.filter((exception) => isAbout(exception, rule)) : [];
    const by = [...builtins, ...fitting.filter((exception) => !isOver(exception))][0];
    // Of two that say the same one is enough; an end that has passed is to be told in any case.
    for (const exception of fitting) if (exception === by || isOver(exception)) used.add(exception);
    if (by === undefined) findings.push(finding);
    else
      accepted.push({
        finding,
        by: by.spot.file,
        reason: by.reason,
        ...(by.until === undefined ? {} : { until: by.until }),
      });
  }
  return { findings: [...findings, ...own.flatMap((exception) => flaws(exception))], accepted };

  function flaws(exception: Exception): Finding[] {
    const { id, until, spot } = exception;
    const rule = known.get(id);
    if (SETTLED.some((each) => each.id === id))
      return [unused.find({ rule: id, is: "settled" }, spot, withdrawal(exception))];
    if (rule === undefined && !used.has(exception)) {
      return [unknown.find({ rule: id, nearest: nearest(id, known.keys()) }, spot)];
    }
    if (rule?.always) return [unused.find({ rule: id, is: "void" }, spot, withdrawal(exception))];
    if (rule?.refusedAs) return [unused.find({ rule: id, is: "refused" }, spot, withdrawal(exception))];
    const lacks = rule !== undefined && !used.has(exception) && rule.needs === undefined;
    if (lacks && hearing.asked?.includes(rule.id)) return [idle(rule, exception)];
    if (until !== undefined && isOver(exception)) return [expired.find({ rule: id, until, day: isDay(until) }, spot)];
    return [];
  }

  /** What another checkout may need is not for a program to take out, nor for a job to fail by. */
  function idle({ varies }: Rule, exception: Exception): Finding {
    const { id, spot } = exception;
    if (varies === undefined) return unused.find({ rule: id, is: "unused" }, spot, withdrawal(exception));
    const { problem, ...finding } = unused.find({ rule: id, is: "unused-here" }, spot);
    return { ...finding, problem: { ...problem, severity: "info" } };
  }

  /** The whole of `lint` goes with its last exception. */
  function withdrawal({ route }: Exception): Fix {
    const last = own.length === 1;
    const lint = child(source.root, "lint");
    const alone = lint?.kind === "map" && lint.entries.length === 1;
    const at = !last ? route : alone ? ["lint"] : ["lint", "ignore"];
    return { title: "take the exception out", edits: [{ kind: "remove", at }], safe: true };
  }
}

const names = new WeakMap<readonly Rule[], ReadonlyMap<string, Rule>>();

/** Rules by every id that they answer to. */
function byName(rules: readonly Rule[]): ReadonlyMap<string, Rule> {
  let known = names.get(rules);
  if (known === undefined) {
    known = new Map(rules.flatMap((rule) => [rule.id, ...coveredBy(rule)].map((id) => [id, rule] as const)));
    names.set(rules, known);
  }
  return known;
}

const coveredBy = ({ covers = [] }: Rule): string[] => covers.map(({ id }) => id);

/** Whether a text is a day of the calendar. */
function isDay(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.split("-").map(Number);
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return day >= 1 && day <= days;
}

function exceptionsOf({ file, root }: Source): Exception[] {
  const list = nodeAt(root, ["lint", "ignore"]);
  if (list?.kind !== "list") return [];
  return list.items.map((item, index): Exception => {
    const text = (key: string) => {
      const node = child(item, key);
      return node?.kind === "scalar" ? node : undefined;
    };
    const rule = text("rule");
    return {
      id: rule?.text ?? "",
      reason: text("reason")?.text ?? "",
      until: text("until")?.text,
      spot: { file, ...(rule?.span ?? item.span) },
      route: ["lint", "ignore", index],
    };
  });
}
