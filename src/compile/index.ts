import type { Effective } from "../model/effective.ts";
import type { Host } from "../model/host.ts";
import { ancestors, below, isWithin } from "../model/path.ts";
import type { Operation, Plan, Step } from "../model/plan.gen.ts";
import { hasErrors, type Problem, type Result } from "../model/problem.ts";
import { PROFILE_NAMES } from "../model/profile-names.ts";
import { realpath } from "../model/realpath.ts";
import { DEFAULT_ORIGIN } from "../model/source.ts";
import { tree } from "../tree/index.ts";
import { apiDrafts, type Endpoint, endpointDrafts } from "./apis.ts";
import { carvedOut } from "./carved.ts";
import type { Context } from "./context.ts";
import { deviceDrafts } from "./devices.ts";
import type { Draft } from "./draft.ts";
import { entryDrafts } from "./entries.ts";
import { planEnvironment } from "./environment.ts";
import { footprint } from "./footprint.ts";
import { gitWishes } from "./git.ts";
import { heldDirectories, withWays } from "./held-views.ts";
import { type Overlays, settleLayers } from "./layers.ts";
import { planLimits } from "./limits.ts";
import { type Hidden, maskOperations } from "./mask.ts";
import { parentsFirst } from "./order.ts";
import { ownDirectorySteps } from "./own.ts";
import { hasHostSource, place } from "./place.ts";
import { refusePlantedLinks } from "./planted.ts";
import { planPrivileges } from "./privileges.ts";
import { tooWide } from "./problems.ts";
import { procDrafts } from "./proc.ts";
import { planProcess } from "./process.ts";
import { type Guarded, protectOperations } from "./protect.ts";
import { rootDrafts } from "./root.ts";
import { socketMasks } from "./sockets.ts";
import { unique } from "./unique.ts";
import { verify } from "./verify.ts";

/** What sbx keeps on the host: run, state, cache and configuration directories, masked in every plan. */
export interface OwnPlaces {
  readonly directories: readonly string[];
  /** Sockets of the embedding program's. */
  readonly endpoints?: readonly Endpoint[];
  /** Who makes a copy-on-write view on this machine; bwrap when nobody is asked. */
  readonly overlays?: Overlays;
}

export type { Endpoint } from "./apis.ts";

/** The mount plan of a resolved profile on a host. Pure: nothing is asked but the host facts. */
export function compile(effective: Effective, host: Host, own: OwnPlaces): Result<Plan> {
  const problems: Problem[] = [];
  const context: Context = { effective, host, report: (problem) => problems.push(problem) };
  const git = gitWishes(context);
  const drafts = [
    ...rootDrafts(context),
    ...procDrafts(context),
    ...deviceDrafts(context),
    ...entryDrafts(context),
    ...apiDrafts(context),
    ...endpointDrafts(own.endpoints ?? []),
    ...git.grants,
    ...workingDirectoryDraft(context),
  ];
  const entries = place(unique(drafts, context.report), host, context.report);
  const placed = settleLayers(entries, context, own.overlays);
  const granted = tree(placed.operations, host);

  const hidden: Hidden[] = [
    ...effective.mask.map(({ value: path, origin }) => ({ path, pattern: true, origin })),
    ...git.hidden,
    ...own.directories.map((path) => ({ path, origin: DEFAULT_ORIGIN })),
  ];
  const sockets = effective.root.value === "host" ? socketMasks(granted, host) : [];
  const wished = maskOperations(hidden, granted, host, context.report);
  const covered = (at: string) => wished.some((mask) => isWithin(mask.at, at));
  const made = ownDirectorySteps(context, own.directories, () =>
    wished.length === 0 ? granted : inOrder([...placed.operations, ...wished], host),
  );
  const masks = [...wished, ...made.masks, ...sockets.filter((mask) => !covered(mask.at))];
  const masked = masks.length === 0 ? granted : inOrder([...placed.operations, ...masks], host);

  const guarded: Guarded[] = [
    ...effective.protect.map(({ value: { path, missing = "fail" }, origin }) => ({
      path,
      pattern: true,
      missing,
      origin,
    })),
    ...git.guarded,
    ...profileFiles(effective),
    ...carvedOut(placed.operations),
    // Hidden, but to be kept where they are: a directory that leads there could be moved away and made anew.
    ...[...git.hidden, ...own.directories.map((path) => ({ path, origin: DEFAULT_ORIGIN }))].map(
      ({ path, origin }) => ({
        path: realpath(host, path).path,
        missing: "masked" as const,
        origin,
      }),
    ),
  ];
  const guards = protectOperations(guarded, masked, host, context.report);
  const held = heldDirectories([...placed.operations, ...guards, ...masks], masked);
  const operations = parentsFirst([...placed.operations, ...held, ...guards, ...masks], (operation) => operation.at);
  refuseWideBuiltins(context, operations);
  refusePlantedLinks(effective, masked, host, context.report);
  const prepare = distinct([...made.steps, ...withWays(placed.steps, operations)]);
  if (!hasErrors(problems)) verify(operations, prepare, host, context.report);

  const whole = tree(operations, host, prepare);
  const plan: Plan = {
    version: 1,
    project: effective.project,
    operations,
    env: planEnvironment(context),
    process: planProcess(context, whole),
    limits: planLimits(context),
    ...planPrivileges(context),
    prepare,
    footprint: footprint(prepare),
    warnings: [],
  };
  const notes = problems.filter((problem) => problem.severity !== "error");
  const warnings = notes.map(({ rule, message, file, line, column }) => ({
    rule,
    message,
    origin: { file, line, column, route: [], chain: [] },
  }));
  return { value: hasErrors(problems) ? undefined : { ...plan, warnings }, problems };
}

const inOrder = (operations: readonly Operation[], host: Host) =>
  tree(
    parentsFirst(operations, ({ at }) => at),
    host,
  );

/** What two entries need made on the host is made once, in the first one's place; what an author asked for stays. */
function distinct(steps: readonly Step[]): Step[] {
  const made = new Map<string, Step>();
  for (const step of steps) {
    const key = isMade(step) ? step.path : `${made.size}`;
    if (!made.has(key) || (isMade(step) && step.kind !== "mount-point")) made.set(key, step);
  }
  return [...made.values()];
}

const isMade = (step: Step): step is Extract<Step, { kind: "make-directory" | "make-file" | "mount-point" }> =>
  step.kind === "make-directory" || step.kind === "make-file" || step.kind === "mount-point";

/**
 * The profile, every file that it extends, and every profile that a later run from here would find: what could be
 * rewritten inside would be wider on the next run.
 */
function profileFiles({ sources, project, inner }: Effective): Guarded[] {
  const guard = (path: string, missing: Guarded["missing"]): Guarded => ({ path, missing, origin: DEFAULT_ORIGIN });
  const own = sources.flatMap(({ path, ways = [] }) => [
    ...(path === undefined ? [] : [guard(path, "fail")]),
    ...ways.filter(({ kind }) => kind !== "link").map((way) => guard(way.path, "fail")),
  ]);
  const found = [...ancestors(project), project].flatMap((directory) =>
    PROFILE_NAMES.map((name) => below(directory, name)),
  );
  return [...own, ...[...found, ...inner].map((path) => guard(path, "skip"))];
}

/** An explicit working directory exists inside, whatever the mounts: it is made where nothing stands. */
function workingDirectoryDraft({ effective }: Context): Draft[] {
  const cwd = effective.process.cwd;
  if (cwd === undefined || cwd.value === "caller" || effective.entries.has(cwd.value)) return [];
  const operation: Operation = {
    kind: "dir",
    at: cwd.value,
    mode: "0755",
    implied: true,
    present: true,
    origin: cwd.origin,
  };
  return [{ operation, needs: "directory", steps: [], layer: -1 }];
}

/** A built-in profile grants the project; in a home directory that would be everything. */
function refuseWideBuiltins({ host, report }: Context, operations: readonly Operation[]): void {
  const home = realpath(host, host.home).path;
  for (const operation of operations) {
    if (operation.kind !== "bind" || !hasHostSource(operation) || operation.access === "ro") continue;
    if (!operation.origin.file.startsWith("builtin:") || !isWithin(operation.source, home)) continue;
    report(tooWide({ source: operation.source, at: operation.at, home }, operation.origin));
  }
}
