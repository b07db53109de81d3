import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { compile } from "../../src/compile/index.ts";
import { ownDirectories } from "../../src/host/own.ts";
import { load } from "../../src/load/index.ts";
import type { Effective } from "../../src/model/effective.ts";
import type { Host } from "../../src/model/host.ts";
import type { OverlayBackend } from "../../src/model/overlay.ts";
import type { Plan } from "../../src/model/plan.gen.ts";
import type { Problem, Result } from "../../src/model/problem.ts";
import { commandLineFragment, type Overrides } from "../../src/resolve/command-line.ts";
import { resolve, type Setting } from "../../src/resolve/index.ts";
import { library } from "../../src/sources/index.ts";
import { ceiling } from "../../src/trust/ceiling.ts";
import { unallowedApis } from "../../src/trust/programs.ts";
import { typed, validate, validateFragment } from "../../src/validate/index.ts";
import { type FakeFile, type FakeMachine, fakeHost } from "../support/fake-host.ts";

/** Where the files of a case lie on its machine. */
export const PROJECT = "/home/u/proj";

/** What may be asked for beside the profile; `args.json` in a case. */
export interface Wishes extends Overrides {
  readonly variant?: string;
  readonly flags?: readonly string[];
  readonly set?: Readonly<Record<string, string>>;
  /** Held to the ceiling, as a profile is that was merely found. */
  readonly discovered?: boolean;
  /** Default: {@link PROJECT}. */
  readonly project?: string;
  readonly target?: string;
  readonly argv?: readonly string[];
  /** Who makes copy-on-write views on the machine; default: bwrap. */
  readonly overlays?: OverlayBackend;
}

export interface Planned {
  readonly host: Host;
  readonly effective: Effective | undefined;
  readonly plan: Plan | undefined;
  readonly problems: readonly Problem[];
}

/** load → validate → resolve → compile (→ trust) of a profile that lies in the project of a fake machine. */
export function planOf(
  files: Readonly<Record<string, string>>,
  machine: FakeMachine = {},
  wishes: Wishes = {},
): Planned {
  const laid: Record<string, string | FakeFile> = { [`${PROJECT}/`]: { type: "directory" } };
  for (const [name, text] of Object.entries(files)) laid[posix.join(PROJECT, name)] = text;
  const host = fakeHost({ cwd: PROJECT, ...machine, files: { ...laid, ...machine.files } });
  const { value: effective, problems: before } = resolved(host, wishes);
  if (effective === undefined) return { host, effective, plan: undefined, problems: before };
  const { state, cache, configuration } = ownDirectories(host);
  const { overlays } = wishes;
  const own = {
    directories: [`/run/user/${host.uid}/sbx`, state, cache, configuration],
    ...(overlays && { overlays: () => overlays }),
  };
  const { value: plan, problems } = compile(effective, host, own);
  const refused =
    plan === undefined || !wishes.discovered
      ? []
      : [
          ...ceiling(plan, effective, host, "sbx run -p .sandbox.yml"),
          ...unallowedApis(plan, configuration, new Set(), "sbx run -p .sandbox.yml"),
        ];
  return { host, effective, plan, problems: [...before, ...problems, ...refused] };
}

function resolved(host: Host, wishes: Wishes): Result<Effective> {
  const profiles = library(host, { load, validate });
  const file = posix.join(PROJECT, ".sandbox.yml");
  const opened = profiles.openFile(file, { file: "command-line", line: 0, column: 0 });
  if (opened.value === undefined) return { value: undefined, problems: opened.problems };
  const settings = Object.entries(wishes.set ?? {}).map(
    ([name, value], index): Setting => ({ name, value, argument: index + 1 }),
  );
  const commandLine = commandLineFragment(wishes);
  return resolve(
    {
      source: opened.value,
      variant: wishes.variant,
      flags: (wishes.flags ?? []).map((name) => ({ name, on: true })),
      set: settings,
      project: wishes.project ?? PROJECT,
      ...(commandLine && { commandLine }),
    },
    {
      host,
      lookup: profiles.lookup,
      typedFragment: (node, where, route) => {
        const problems =
          where.startsWith("builtin:") || where === "command-line" ? [] : validateFragment(node, where, { route });
        return { value: problems.length > 0 ? undefined : typed(node, "fragment"), problems };
      },
    },
  );
}

/** The plan of a profile that has one; anything in its way fails the test. */
export function goodPlan(profile: string, machine: FakeMachine = {}, wishes: Wishes = {}): Plan {
  const { plan, problems } = planOf({ ".sandbox.yml": versioned(profile) }, machine, wishes);
  if (plan === undefined || problems.length > 0) throw new Error(JSON.stringify(problems, undefined, 1));
  return plan;
}

/** What is wrong with a profile, each as `line:column rule: message`. */
export function wrongs(profile: string, machine: FakeMachine = {}, wishes: Wishes = {}): string[] {
  const { problems } = planOf({ ".sandbox.yml": versioned(profile) }, machine, wishes);
  return problems.map(({ line, column, rule, message }) => `${line}:${column} ${rule}: ${message}`);
}

const versioned = (profile: string): string => `${profile.replace(/\n?$/, "\n")}version: 1\n`;

/** A case as it lies on disk: the texts of its profiles, its machine, and what is asked for. */
export interface Case {
  readonly files: Readonly<Record<string, string>>;
  readonly machine: FakeMachine;
  readonly wishes: Wishes;
  /** What is expected of it. */
  readonly golden: readonly string[];
}

export const GOLDEN = ["plan.txt", "bwrap.txt", "problems.txt"] as const;

export function readCase(directory: string): Case {
  const names = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => posix.relative(directory, posix.join(entry.parentPath, entry.name)))
    .sort();
  const read = (name: string) => readFileSync(posix.join(directory, name), "utf8");
  const json = (name: string) => (names.includes(name) ? JSON.parse(read(name)) : {});
  const golden = names.filter((name) => (GOLDEN as readonly string[]).includes(name));
  const profiles = names.filter((name) => !golden.includes(name) && name !== "host.json" && name !== "args.json");
  return {
    files: Object.fromEntries(profiles.map((name) => [name, read(name)])),
    machine: json("host.json"),
    wishes: json("args.json"),
    golden,
  };
}
