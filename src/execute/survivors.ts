import type { Problem } from "../model/problem.ts";
import { DEFAULT_ORIGIN } from "../model/source.ts";
import type { FirstProcess } from "./first-process.ts";
import { survivor } from "./problems.ts";

const LOOK_AGAIN_MS = 2;
const LOOKS = 2500;
// Most are gone within microseconds.
const AT_ONCE = 50;

/**
 * Ends what is left of a sandbox and waits until it is gone, for nobody may write any more where things are undone.
 * Node can't wait for a process that is not its child, so this looks again and again; mostly once is enough.
 */
export async function endSurvivors(first: FirstProcess): Promise<Problem[]> {
  first.kill();
  for (let look = 0; first.isAlive(); look++) {
    if (look === LOOKS) return [survivor({ pid: first.pid }, DEFAULT_ORIGIN)];
    await new Promise((resolve) => (look < AT_ONCE ? setImmediate(resolve) : setTimeout(resolve, LOOK_AGAIN_MS)));
  }
  return [];
}
