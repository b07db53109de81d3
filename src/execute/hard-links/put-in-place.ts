import { linkSync, lstatSync, renameSync } from "node:fs";
import { inside } from "../directory.ts";
import { ioError } from "../io-error.ts";
import type { Copy } from "./copy-batch.ts";
import type { Cursor } from "./cursor.ts";
import { keepDirectory } from "./kept-directory.ts";
import { type Place, pathOf } from "./place.ts";
import { placeOf, statOf } from "./survey.ts";

/**
 * Puts finished copies in the place of their originals. Every name shows one or the other at any moment; names that
 * belong together are exchanged one right after the other.
 */
export function putInPlace(copies: readonly Copy[], cursor: Cursor, target: number): void {
  let kept: { readonly place: Place; readonly directory: number; readonly giveBack: () => void } | undefined;
  const enter = (place: Place): number => {
    if (kept?.place === place) return kept.directory;
    leave();
    const directory = cursor.moveTo(place);
    kept = { place, directory, giveBack: keepDirectory(directory) };
    return directory;
  };
  const leave = () => {
    kept?.giveBack();
    kept = undefined;
  };
  try {
    for (const { linked, name: copy } of copies) {
      const [, ...others] = linked.names;
      for (const index of others.keys()) linkSync(inside(target, copy), inside(target, furtherName(copy, index)));
      for (const [index, at] of linked.names.entries()) {
        const directory = enter(at.place);
        const place = placeOf(directory, at.name);
        const from = inside(target, index === 0 ? copy : furtherName(copy, index - 1));
        const { ino } = statOf(at, () => lstatSync(place, { bigint: true }));
        if (ino !== linked.ino) throw ioError("ESTALE", "another file stands there", pathOf(at.place, at.name));
        statOf(at, () => renameSync(from, place));
      }
    }
  } finally {
    leave();
  }
}

const furtherName = (copy: string, index: number): string => `${copy}-${index}`;
