import { closeSync, mkdirSync, readFileSync } from "node:fs";
import { below } from "../../model/path.ts";
import type { MountTmpfsStep } from "../../model/plan.gen.ts";
import type { Problem } from "../../model/problem.ts";
import { inside, openBelow, withDirectory } from "../directory.ts";
import { isIoError, naming, reasonOf } from "../io-error.ts";
import type { Journal } from "../journal.ts";
import { standingAt } from "../made.ts";
import { nameOf } from "../make-place.ts";
import { noTmpfs } from "./problems.ts";
import { handed, runSystemProgram } from "./system-program.ts";
import { isMountPoint } from "./unmount.ts";

/** What mounting shares with the other steps of a run. */
export interface Mounting {
  readonly journal: Pick<Journal, "runDirectory" | "intend">;
  /** The real path of each `{run}/NAME`. */
  readonly places: Map<string, string>;
}

// Without nodev: the sandbox is to use the nodes in it, and to make some. The mode is meant whatever the umask.
const OPTIONS = "nosuid,mode=0755";

/** Mounts a tmpfs on a fresh directory of the run's. */
export function mountTmpfs(step: MountTmpfsStep, { journal, places }: Mounting): Problem | undefined {
  const run = journal.runDirectory();
  if (typeof run !== "string") return run;
  const path = below(run, nameOf(step.path));
  try {
    const refused = withDirectory(run, (parent) => mountAt(parent, path, step, journal));
    if (refused !== undefined) return noTmpfs({ path, reason: withCapability(refused) }, step.origin);
    places.set(step.path, path);
    return undefined;
  } catch (error) {
    if (!isIoError(error)) throw error;
    return noTmpfs({ path, reason: reasonOf(error) }, step.origin);
  }
}

/** Gives the reason when nothing is mounted. */
function mountAt(
  parent: number,
  path: string,
  { origin: spot }: MountTmpfsStep,
  journal: Mounting["journal"],
): string | undefined {
  const name = nameOf(path);
  // On record before there is a directory: from then on mount(8) could be killed, or we, at any moment.
  const intent = journal.intend({ kind: "unmount", path, type: "directory", spot });
  let refused: string | undefined;
  try {
    naming(path, () => mkdirSync(inside(parent, name), 0o700));
    const point = openBelow(parent, name, path);
    try {
      refused = runSystemProgram("mount", ["-i", "-t", "tmpfs", "-o", OPTIONS, "sbx-dev", handed(0)], [point])?.reason;
    } finally {
      closeSync(point);
    }
  } catch (error) {
    intent.dropped();
    throw error;
  }
  // It can have ended badly after its work was done.
  if (isMountPoint(parent, name, path)) {
    const made = standingAt(parent, name);
    if (made) intent.made(made);
  } else {
    intent.dropped();
    refused ??= "mount did nothing";
  }
  return refused;
}

const CAP_SYS_ADMIN = 1n << 21n;

/** The system's own words don't say what is missing. */
function withCapability(reason: string): string {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  const may = effective !== undefined && (BigInt(`0x${effective}`) & CAP_SYS_ADMIN) !== 0n;
  return may ? reason : `${reason} (mounting takes CAP_SYS_ADMIN, which sbx does not have here)`;
}
