import { closeSync, lstatSync, unlinkSync } from "node:fs";
import type { KeptPlace } from "../model/invocation.ts";
import { below, components } from "../model/path.ts";
import type { Problem } from "../model/problem.ts";
import { inside, openBelow, openDirectory } from "./directory.ts";
import { isIoError } from "./io-error.ts";
import { placeChanged } from "./problems.ts";

/**
 * Looks whether a link lies on the way to what bwrap is going to mount or make in a directory that earlier runs could
 * write. A link that is to stand there itself is taken away, for bwrap makes it anew and stops at one that is there.
 */
export function lookAtKeptPlaces(wanted: readonly KeptPlace[], places: ReadonlyMap<string, string>): Problem[] {
  return wanted.flatMap((each) => {
    const top = places.get(each.place);
    const link = top === undefined ? undefined : linkOnTheWay(each, top);
    return link === undefined ? [] : [placeChanged({ at: each.at, link }, each.spot)];
  });
}

function linkOnTheWay({ inner, isLink }: KeptPlace, top: string): string | undefined {
  const names = components(`/${inner}`);
  const last = names.pop() ?? "";
  let directory = openDirectory(top);
  let path = top;
  try {
    for (const name of names) {
      path = below(path, name);
      const parent = directory;
      directory = openBelow(parent, name, path);
      closeSync(parent);
    }
    path = below(path, last);
    const found = lstatSync(inside(directory, last), { throwIfNoEntry: false });
    if (!found?.isSymbolicLink()) return undefined;
    if (!isLink) return path;
    unlinkSync(inside(directory, last));
    return undefined;
  } catch (error) {
    if (!isIoError(error)) throw error;
    // What is missing is made.
    return error.code === "ENOENT" ? undefined : path;
  } finally {
    closeSync(directory);
  }
}
