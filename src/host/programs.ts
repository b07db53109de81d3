import { accessSync, constants, lstatSync, realpathSync } from "node:fs";
import type { Host } from "../model/host.ts";
import { below, isAbsolute, isWithin, normalise } from "../model/path.ts";
import type { RelatedPlace, Result, Spot } from "../model/problem.ts";
import { installCommand } from "./install.ts";
import { nodeHost } from "./node.ts";
import { programMissing, programUnusable } from "./problems.ts";
import { whyReplaceable } from "./trust.ts";

/** Where to look for a program, and where it must not lie. */
export interface Search {
  /** As in `$PATH`. */
  readonly path: string;
  readonly project: string;
  /** The host directories that the sandboxed command will be able to write. */
  readonly writable: readonly string[];
  /** The program that the user named instead, as with `SBX_BWRAP`; PATH is not searched then. */
  readonly named?: string;
  readonly host?: Host;
}

const NOWHERE: Spot = { file: "default", line: 0, column: 0 };

/**
 * The program of that name, without links: of the first PATH entry where nobody but root and the caller can replace
 * it, neither directly nor by way of the project or of what the sandbox can write.
 */
export function findProgram(
  name: string,
  { path, project, writable, named, host = nodeHost() }: Search,
): Result<string> {
  if (named !== undefined) return namedProgram(name, named);
  // A project at / would rule out every program; when it is granted writable it is in `writable` too.
  const reachable = [
    ...(project === "/" ? [] : [{ directory: project, what: "the project" }]),
    ...writable.map((directory) => ({ directory, what: "a directory that the sandbox can write," })),
  ].flatMap(({ directory, what }) => [directory, real(directory) ?? directory].map((place) => ({ place, what })));
  const inReach = (place: string): string | undefined => {
    const found = reachable.find((each) => isWithin(each.place, place));
    return found && `${place} lies in ${found.what} ${found.place}`;
  };

  const passed: RelatedPlace[] = [];
  for (const entry of new Set(path === "" ? [] : path.split(":"))) {
    const { file, why } = lookIn(entry, name, inReach, host);
    if (file !== undefined) return { value: file, problems: [] };
    passed.push({ ...NOWHERE, file: entry, message: why });
  }
  const osRelease = host.readText("/etc/os-release") ?? host.readText("/usr/lib/os-release") ?? "";
  const install = installCommand(name, osRelease, host.uid === 0);
  return { value: undefined, problems: [programMissing({ name, install, searched: passed.length }, NOWHERE, passed)] };
}

type Look = { readonly file: string; readonly why?: never } | { readonly file?: never; readonly why: string };

function lookIn(entry: string, name: string, inReach: (place: string) => string | undefined, host: Host): Look {
  if (!isAbsolute(entry)) return { why: entry === "" ? "means the current directory" : "is no absolute path" };
  const directory = normalise(entry);
  const realDirectory = real(directory);
  if (realDirectory === undefined) return { why: "does not exist" };
  const file = below(realDirectory, name);
  const realFile = real(file);
  if (realFile === undefined) return { why: `holds no ${name}` };
  const why =
    whyNotExecutable(realFile) ??
    inReach(directory) ??
    inReach(realDirectory) ??
    inReach(realFile) ??
    whyReplaceable(file, host) ??
    whyReplaceable(realFile, host);
  if (why?.startsWith(`${directory} `)) return { why: why.slice(directory.length + 1) };
  if (why !== undefined) return { why: why.startsWith("/") ? why : `its ${name} ${why}` };
  // A program that is one of several names of a file (linux32, a link to setarch) must be called by its own.
  return { file: realFile.endsWith(`/${name}`) ? realFile : file };
}

function namedProgram(name: string, file: string): Result<string> {
  const refuse = (why: string): Result<string> => ({
    value: undefined,
    problems: [programUnusable({ name, file, why }, NOWHERE)],
  });
  if (!isAbsolute(file)) return refuse("is no absolute path");
  const realFile = real(file);
  if (realFile === undefined) return refuse("does not exist");
  const why = whyNotExecutable(realFile);
  return why === undefined ? { value: realFile, problems: [] } : refuse(why);
}

function whyNotExecutable(file: string): string | undefined {
  try {
    if (!lstatSync(file).isFile()) return "is no regular file";
    accessSync(file, constants.X_OK);
    return undefined;
  } catch {
    return "is not executable";
  }
}

/** The path without links; undefined when nothing (that the caller may see) is there. */
function real(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}
