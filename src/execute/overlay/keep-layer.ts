import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { type KeptLayer, LAYER_FILE, layerText, parseLayer, UPPER } from "../../model/overlay.ts";
import { below } from "../../model/path.ts";
import type { KeepLayerStep } from "../../model/plan.gen.ts";
import type { Problem } from "../../model/problem.ts";
import { inside, itself, openBelow, withDirectory } from "../directory.ts";
import { isIoError, reasonOf } from "../io-error.ts";
import { makePlace } from "../make-place.ts";
import { SYSTEM_DIRECTORIES } from "../system-file.ts";
import { linkOn, makeParts } from "./parts.ts";
import { layerInUse, notKept } from "./problems.ts";

/** A layer that is this run's. */
export interface HeldLayer {
  stop(): Promise<Problem[]>;
}

/**
 * Makes a directory ready to keep a layer, or takes up the one that an earlier run left there: never anything else. It is
 * the run's until it stops. Nothing of it is undone.
 */
export function keepLayer({ path, source, format, through, origin }: KeepLayerStep): HeldLayer | Problem {
  let lock: number | undefined;
  try {
    makePlace(path, { type: "directory", mode: 0o700 }, () => undefined);
    return withDirectory(path, (directory) => {
      const why = whyNotOwn(directory);
      if (why !== undefined) return notKept({ keep: path, reason: why }, origin);
      const held = openSync(itself(directory), constants.O_RDONLY | constants.O_DIRECTORY);
      lock = held;
      const refused = lockOf(held);
      const problem =
        refused === "in-use"
          ? layerInUse({ keep: path }, origin)
          : (refused ?? takeUp(directory, path, { source, format }) ?? whyNotThrough(directory, path, through));
      if (problem !== undefined) {
        closeSync(held);
        return typeof problem === "string" ? notKept({ keep: path, reason: problem }, origin) : problem;
      }
      return {
        async stop() {
          closeSync(held);
          return [];
        },
      };
    });
  } catch (error) {
    if (lock !== undefined) closeSync(lock);
    if (!isIoError(error)) throw error;
    const reason = error.code === "ELOOP" ? "a symbolic link" : reasonOf(error);
    return notKept({ keep: path, reason: error.path === path ? reason : `${error.path}: ${reason}` }, origin);
  }
}

/** Asked of what was opened: what the plan saw can have been exchanged. */
function whyNotOwn(directory: number): string | undefined {
  const { uid, mode } = fstatSync(directory);
  if (uid !== process.geteuid?.()) return `it belongs to user ${uid}`;
  return (mode & 0o022) === 0 ? undefined : "others can write to it";
}

/** The lock ends with this process, however that ends: flock(1) only borrows the descriptor. */
function lockOf(directory: number): string | undefined {
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  const { error, status, stderr } = spawnSync("flock", ["-n", "-x", "3"], {
    env: { PATH: SYSTEM_DIRECTORIES.join(":"), NODE_V8_COVERAGE: undefined },
    cwd: "/",
    stdio: ["ignore", "ignore", "pipe", directory],
    encoding: "utf8",
  });
  if (status === 0) return undefined;
  if (error) return `it can't be locked: ${error.message}`;
  return status === 1 && stderr.trim() === "" ? "in-use" : `it can't be locked: ${stderr.trim()}`;
}

function takeUp(directory: number, path: string, wanted: KeptLayer): string | undefined {
  const names = readdirSync(itself(directory));
  if (!names.includes(LAYER_FILE)) {
    if (names.length > 0) return "it holds other things";
    writeFileSync(inside(directory, LAYER_FILE), layerText(wanted), { flag: "wx", mode: 0o600 });
  } else {
    const file = openSync(inside(directory, LAYER_FILE), constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const found = parseLayer(readFileSync(file, "utf8"));
      if (found === undefined) return `its ${LAYER_FILE} says something else`;
      if (found.source !== wanted.source) return `it keeps a layer of ${found.source}`;
      if (found.format !== wanted.format) return `it keeps a layer of ${found.format}`;
    } finally {
      closeSync(file);
    }
  }
  makeParts(directory, path, wanted.source);
  return undefined;
}

/** Looked at under the lock: after the plan was made another run could still write here. */
function whyNotThrough(directory: number, path: string, places: readonly string[]): string | undefined {
  const upper = openBelow(directory, UPPER, below(path, UPPER));
  try {
    const link = places.map((place) => linkOn(upper, place)).find((found) => found !== undefined);
    return link && `an earlier run has made a link at ${link} in it, where something is to be mounted`;
  } finally {
    closeSync(upper);
  }
}
