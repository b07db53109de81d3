import { closeSync, fstatSync } from "node:fs";
import { openBelow, openDirectory } from "../directory.ts";
import { ioError, isIoError } from "../io-error.ts";
import type { Name, Place } from "./place.ts";
import { pathOf } from "./place.ts";

interface Known {
  readonly dev: bigint;
  readonly ino: bigint;
}

/**
 * One open directory that moves about in a tree: a step down follows no link, a step up must lead to the directory that
 * it came from. So a tree may be deeper than there are descriptors, and no move is longer than the way between two places.
 */
export class Cursor {
  #directory: number;
  #place: Place;
  readonly #known = new Map<Place, Known>();
  readonly #device: bigint;

  constructor(top: Place) {
    this.#directory = openDirectory(String(top.name));
    this.#place = top;
    const { dev, ino } = fstatSync(this.#directory, { bigint: true });
    this.#device = dev;
    this.#known.set(top, { dev, ino });
  }

  /** Gives the descriptor of a directory; it is open until the next move. */
  moveTo(place: Place): number {
    const down: Place[] = [];
    let shared = place;
    const climb = () => {
      down.push(shared);
      shared = parentOf(shared);
    };
    while (shared.depth > this.#place.depth) climb();
    while (this.#place.depth > shared.depth) this.#step("..", parentOf(this.#place));
    while (this.#place !== shared) {
      climb();
      this.#step("..", parentOf(this.#place));
    }
    for (const each of down.reverse()) this.#step(each.name, each);
    return this.#directory;
  }

  close(): void {
    closeSync(this.#directory);
  }

  #step(name: Name, place: Place): void {
    const opened = openNext(this.#directory, name, place);
    const { dev, ino } = fstatSync(opened, { bigint: true });
    const known = this.#known.get(place);
    const wrong = dev !== this.#device ? "EXDEV" : known && known.ino !== ino ? "ESTALE" : undefined;
    if (wrong !== undefined) {
      closeSync(opened);
      throw ioError(wrong, "another directory stands there", pathOf(place));
    }
    if (!known) this.#known.set(place, { dev, ino });
    closeSync(this.#directory);
    this.#directory = opened;
    this.#place = place;
  }
}

function openNext(directory: number, name: Name, place: Place): number {
  try {
    return openBelow(directory, name, "");
  } catch (error) {
    throw isIoError(error) ? Object.assign(error, { path: pathOf(place) }) : error;
  }
}

function parentOf(place: Place): Place {
  if (place.parent === undefined) throw new Error("two places of different trees");
  return place.parent;
}
