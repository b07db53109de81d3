import { describedHost } from "../../src/host/described.ts";
import { type Example, TYPICAL_MACHINE } from "../../src/lint/index.ts";
import { type LintedProfile, lintProfile } from "../../src/linting/index.ts";
import type { Host } from "../../src/model/host.ts";
import type { Machine } from "../../src/model/machine.ts";

export const PROJECT = "/home/user/project";
export const TODAY = "2026-11-29";

/** The machine that `--offline` assumes, with more on it, and a profile in its project. */
export function exampleMachine(
  file: string,
  profile: string,
  more: Pick<Machine, "files" | "mounts" | "env"> & { readonly beside?: Readonly<Record<string, string>> } = {},
): Host {
  const { files = {}, mounts = [], env = {}, beside = {} } = more;
  return describedHost({
    ...TYPICAL_MACHINE,
    cwd: PROJECT,
    env: { ...TYPICAL_MACHINE.env, ...env },
    mounts,
    files: { ...TYPICAL_MACHINE.files, ...files, ...beside, [`${PROJECT}/${file}`]: profile },
  });
}

/** Lints an example of a rule's as it is told to be: rules may ask its machine. */
export function lintExample({
  profile,
  file = "example.sandbox.yml",
  files = {},
  machine = {},
}: Example): Promise<LintedProfile> {
  const host = exampleMachine(file, profile, { ...machine, beside: files });
  const guards = { node: "/usr/local/bin/node", bwrap: "/usr/bin/bwrap" };
  return lintProfile({ profile: `${PROJECT}/${file}` }, host, { today: TODAY, machine: host, guards });
}

/** The ids of everything that was said. */
export const idsOf = ({ problems, findings }: LintedProfile): string[] => [
  ...problems.map(({ rule }) => rule),
  ...findings.map(({ problem }) => problem.rule),
];
