import { type Dirent, opendirSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { itself } from "../directory.ts";
import type { Pace } from "./pace.ts";
import type { Name } from "./place.ts";

/** What stands in a directory under a name. */
export interface Entry {
  readonly name: Name;
  readonly isDirectory: boolean;
}

/** What is in an open directory. A name that is no UTF-8 can't be told from its text: then all come as bytes. */
export async function entriesOf(directory: number, pace: Pace): Promise<Entry[]> {
  const entries: Entry[] = [];
  const listing = opendirSync(itself(directory), { bufferSize: 128 });
  try {
    for (let entry = listing.readSync(); entry !== null; entry = listing.readSync()) {
      if (entry.name.includes("\uFFFD")) return await entriesAsBytes(directory);
      entries.push(asEntry(entry));
      if (pace.isDue()) await pace.pause();
    }
  } finally {
    listing.closeSync();
  }
  return entries;
}

async function entriesAsBytes(directory: number): Promise<Entry[]> {
  const listed = await readdir(itself(directory), { encoding: "buffer", withFileTypes: true });
  return listed.map(asEntry);
}

const asEntry = (entry: Pick<Dirent, "isDirectory"> & { readonly name: Name }): Entry => ({
  name: entry.name,
  isDirectory: entry.isDirectory(),
});
