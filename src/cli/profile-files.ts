import { lstatSync, readdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { builtinNames, isFoundByName, type Problem, twoProfiles, unlistedDirectory } from "../index.ts";
import { UsageError } from "./usage-error.ts";

/** `.sandbox.yml`, `ci.sandbox.yaml`: what people call profiles. */
const PROFILE = /\.sandbox\.ya?ml$/;
/** Files of others: packages bring profiles of their own, and git keeps what was. */
const PASSED = new Set([".git", "node_modules"]);

/** The profiles that were named, and what can't be called clean whatever they say. */
export interface ProfileFiles {
  readonly files: readonly string[];
  readonly problems: readonly Problem[];
}

/**
 * The profiles that words of a command line name: a file is itself, a directory stands for every profile in it, however deep.
 * Linked directories are not followed. What is excluded is a path, or a name without a slash that something has anywhere.
 */
export function profileFiles(words: readonly string[], excluded: readonly string[] = []): ProfileFiles {
  const wild = excluded.find((each) => /[*?[]/.test(each));
  if (wild !== undefined)
    throw new UsageError(`--exclude takes no patterns (${wild}): a path, or a name that something has anywhere`);
  const problems: Problem[] = [];
  const found = words.flatMap((word) => {
    const type = typeOf(word);
    if (type === "none" && builtinNames().some(([name]) => name === word))
      throw new UsageError(`there is no file ${word}; the built-in of that name is \`sbx lint -p ${word}\``);
    if (type !== "directory") return [named(word)];
    const before = problems.length;
    const files = below(word, isLeft(excluded), problems);
    if (files.length === 0 && problems.length === before)
      throw new UsageError(
        `there is no profile in ${word}: none is called .sandbox.yml or NAME.sandbox.yml${excluded.length > 0 ? ", but for those that are left out" : ""}`,
      );
    return files;
  });
  // Nothing is below one directory twice.
  if (words.length < 2) return { files: found, problems };
  // Whatever it is called: what is wrong with it is to be counted once.
  return { files: [...new Map(found.toReversed().map((file) => [resolve(file), file])).values()].reverse(), problems };
}

/** Every profile below a directory that can be listed. */
export const profilesBelow = (directory: string): readonly string[] => below(directory, () => true, []);

type IsLeft = (path: string) => boolean;

/** Whether a path is none of those that are left out. */
function isLeft(excluded: readonly string[]): IsLeft {
  if (excluded.length === 0) return () => true;
  const names = new Set(excluded.filter((each) => !each.includes("/")));
  const paths = new Set(excluded.filter((each) => each.includes("/")).map((each) => resolve(each)));
  return (path) => !names.has(basename(path)) && !paths.has(resolve(path));
}

function below(directory: string, isWanted: IsLeft, problems: Problem[]): string[] {
  const entries = list(directory, problems);
  // A link or a pipe that is called like a profile is handed on: that it is refused is to be told, not passed over.
  const isFile = (entry: (typeof entries)[number]) => !entry.isDirectory();
  const files = entries.filter((entry) => isFile(entry) && PROFILE.test(entry.name)).map(({ name }) => name);
  const directories = entries.filter((entry) => entry.isDirectory() && !PASSED.has(entry.name)).map(({ name }) => name);
  const paths = (names: readonly string[]) =>
    names
      .toSorted()
      .map((name) => (directory === "." ? `./${name}` : join(directory.startsWith("/") ? "" : ".", directory, name)))
      .filter(isWanted)
      .map(named);
  const own = paths(files);
  if (own.filter(isFoundByName).length > 1)
    problems.push(
      twoProfiles({ directory: resolve(directory) }, { file: resolve(directory, ".sandbox.yaml"), line: 1, column: 1 }),
    );
  return [...own, ...paths(directories).flatMap((path) => below(path, isWanted, problems))];
}

/** A bare word would be a built-in's name, one with a colon a revision's file, and `~` the home directory. */
const named = (path: string): string => (/^\.{0,2}\//.test(path) ? path : `./${path}`);

/** What can't be looked at is somebody else's to tell: it is handed on. */
function typeOf(path: string): "none" | "directory" | "other" {
  try {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    return stat === undefined ? "none" : stat.isDirectory() ? "directory" : "other";
  } catch {
    return "other";
  }
}

function list(directory: string, problems: Problem[]) {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    const why = String(error instanceof Error ? error.message : error).replace(/, scandir .*/s, "");
    problems.push(
      unlistedDirectory(
        { directory: directory.replace(/^\.\//, ""), why },
        { file: resolve(directory), line: 0, column: 0 },
      ),
    );
    return [];
  }
}
