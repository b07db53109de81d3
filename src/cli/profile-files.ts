import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "./usage-error.ts";

/** `.sandbox.yml`, `ci.sandbox.yaml`: what people call profiles. */
const PROFILE = /\.sandbox\.ya?ml$/;
/** Files of others: packages bring profiles of their own, and git keeps what was. */
const PASSED = new Set([".git", "node_modules"]);

/**
 * The profiles that words of a command line name: a file is itself, a directory stands for every profile in it, however deep.
 * Linked directories are not followed.
 */
export function profileFiles(words: readonly string[]): readonly string[] {
  const found = words.flatMap((word) => {
    if (lstatSync(word, { throwIfNoEntry: false })?.isDirectory() !== true) return [named(word)];
    const files = below(word);
    if (files.length === 0)
      throw new UsageError(`there is no profile in ${word}: none is called .sandbox.yml or NAME.sandbox.yml`);
    return files;
  });
  return [...new Set(found)];
}

function below(directory: string): string[] {
  const entries = list(directory);
  // A link that is called like a profile is handed on: that it is refused is to be told, not passed over.
  const isFile = (entry: (typeof entries)[number]) => entry.isFile() || entry.isSymbolicLink();
  const files = entries.filter((entry) => isFile(entry) && PROFILE.test(entry.name)).map(({ name }) => name);
  const directories = entries.filter((entry) => entry.isDirectory() && !PASSED.has(entry.name)).map(({ name }) => name);
  const path = (name: string) =>
    directory === "." ? `./${name}` : join(directory.startsWith("/") ? "" : ".", directory, name);
  return [
    ...files.sort().map((name) => named(path(name))),
    ...directories.sort().flatMap((name) => below(named(path(name)))),
  ];
}

/** A bare word would be a built-in's name, one with a colon a revision's file, and `~` the home directory. */
const named = (path: string): string => (/^\.{0,2}\//.test(path) ? path : `./${path}`);

/** What can't be looked into can't be called clean. */
function list(directory: string) {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    throw new UsageError(`${directory} can't be listed: ${error instanceof Error ? error.message : error}`);
  }
}
