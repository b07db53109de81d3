import type { Machine } from "../model/machine.ts";
import { defineProblem, type Problem, type RelatedPlace, type Severity, type Spot } from "../model/problem.ts";
import type { Origin, Place } from "../model/source.ts";
import type { Evidence } from "./evidence.ts";
import type { Facts } from "./facts.ts";
import type { Fix } from "./fix.ts";
import { isChosen, spotOf, toldAt, waysOf } from "./places.ts";

/** A profile that shows what a rule is about. It is read on the machine that `--offline` assumes. */
export interface Example {
  readonly profile: string;
  /** What the profile's file is called in `/home/user/project`. Default: `example.sandbox.yml`, which is named and not found. */
  readonly file?: string;
  /** Further files beside it. */
  readonly files?: Readonly<Record<string, string>>;
  /** What else there is on that machine. */
  readonly machine?: Pick<Machine, "files" | "mounts" | "env">;
  /** The machine in words, for the page. */
  readonly where?: string;
}

/** An id of the catalogue that this rule stands for, too. */
export interface Covered {
  readonly id: string;
  readonly because: string;
}

/** What the page of a rule says. */
export interface RulePage {
  /** `group/name`, as the rule's file. */
  readonly id: string;
  /** How much it matters where nothing else is said of a finding. */
  readonly severity: Severity;
  /** What it finds, in one sentence. */
  readonly title: string;
  /** Why that is dangerous. */
  readonly why: string;
  readonly sources: readonly [Evidence, ...Evidence[]];
  /** What to do about it. */
  readonly fix: string;
  readonly covers?: readonly Covered[];
  readonly bad: Example;
  readonly good: Example;
  /** The problems by which planning refuses it before any rule could look: there is no plan with it. */
  readonly refusedAs?: readonly [string, ...string[]];
}

/** One thing that a rule has found. */
export interface Finding {
  readonly problem: Problem;
  /** The entry that decides; the problem is told there, or where that entry was chosen. */
  readonly entry: Place;
  readonly fix?: Fix;
  /** It comes of a flag set that somebody else than its author has turned on. */
  readonly chosen?: true;
}

/** A rule looks at a plan and what it comes to. */
export interface Rule extends RulePage {
  /** It depends on what is on this machine beyond what the profile names: without the machine it is silent. */
  readonly needs?: "machine";
  /** What it finds depends on files of the project or on whose machine it is: one checkout may have it, and another may not. */
  readonly varies?: true;
  /** No exception takes it out: whoever could write one is whom it is about. */
  readonly always?: true;
  /** It looks at nothing but settings: network, environment, process, namespaces, limits, capabilities. */
  readonly about?: "settings";
  check(facts: Facts): readonly Finding[];
}

/** What a check yields; the rule has the words for it. */
export interface Found<Data extends object> {
  readonly data: Data;
  /** The entry that decides. */
  readonly at: Origin;
  readonly related?: readonly RelatedPlace[];
  readonly severity?: Severity;
  readonly fix?: Fix | undefined;
}

interface Definition<Data extends object> extends RulePage {
  readonly needs?: "machine";
  readonly varies?: true;
  readonly always?: true;
  readonly about?: "settings";
  message(data: Data): string;
  /** The next thing to type. */
  help(data: Data): string;
  check(facts: Facts): Iterable<Found<Data>>;
}

/** What most rules find in most plans. */
const NOTHING: readonly Finding[] = [];

/** Declares a rule: its page, its words and its check in one place. */
export function defineRule<Data extends object>({ message, help, check, ...page }: Definition<Data>): Rule {
  const { id, severity, title: when } = page;
  const make = defineProblem<Data>({ id, severity, when, message, help });
  const told = ({ data, at, related = [], severity: own, fix }: Found<Data>, facts: Facts): Finding => {
    const entry = spotOf(facts, at);
    const isOthers = isChosen(facts, at);
    const { spot, ways } = toldAt(facts, entry, waysOf(facts, at), isOthers);
    const problem = make(data, spot, [...related, ...ways]);
    return {
      problem: own === undefined ? problem : { ...problem, severity: own },
      entry,
      ...(fix && { fix }),
      ...(isOthers ? { chosen: true } : {}),
    };
  };
  return {
    ...page,
    check(facts) {
      let all: Finding[] | undefined;
      for (const found of check(facts)) {
        all ??= [];
        all.push(told(found, facts));
      }
      return all ?? NOTHING;
    },
  };
}

/** Declares what no rule needs to look for, because no plan is made of it: a page with examples, like the others. */
export const defineRefused = (page: RulePage & { readonly refusedAs: readonly [string, ...string[]] }): Rule => ({
  ...page,
  check: () => [],
});

/** A rule about exceptions, which are looked at when every other rule has spoken. */
export interface OwnRule<Data extends object> extends Rule {
  find(data: Data, spot: Spot, fix?: Fix): Finding;
}

/** Declares a rule about exceptions; whoever applies them makes its findings. */
export function defineOwn<Data extends object>({
  message,
  help,
  ...page
}: Omit<Definition<Data>, "check" | "needs">): OwnRule<Data> {
  const { id, severity, title: when } = page;
  const make = defineProblem<Data>({ id, severity, when, message, help });
  return {
    ...page,
    check: () => [],
    find: (data, spot, fix) => ({ problem: make(data, spot), entry: spot, ...(fix && { fix }) }),
  };
}
