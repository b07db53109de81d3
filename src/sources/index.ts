import type { Host } from "../model/host.ts";
import { nearest } from "../model/nearest.ts";
import type { Source, Way } from "../model/node.ts";
import { below, isAbsolute, normalise, parentOf } from "../model/path.ts";
import { hasErrors, type Problem, type Result, type Spot } from "../model/problem.ts";
import { realpath } from "../model/realpath.ts";
import type { Place } from "../model/source.ts";
import { builtin, builtinNames } from "./builtin.ts";
import { findPackageFile } from "./package.ts";
import { gitFailed, relativeInBuiltin, unknownBuiltin } from "./problems.ts";
import { failed, readProfile } from "./read.ts";
import type { Reader } from "./reader.ts";

export { builtin, builtinNames } from "./builtin.ts";
export type { Reader } from "./reader.ts";
export { remembering } from "./remembering.ts";

/** A git revision that profiles are read from instead of the working tree. */
export interface Revision {
  readonly name: string;
  /** The top of the working tree: paths in the revision start there. */
  readonly top: string;
  read(path: string): { readonly text: string } | { readonly why: string };
}

/** Every profile that one command reads, by whatever name it is called. */
export interface Library {
  readonly sources: ReadonlyMap<string, Source>;
  openBuiltin(name: string, spot: Spot): Result<Source>;
  openFile(path: string, spot: Spot): Result<Source>;
  /** A profile given as text: a library caller's object, standard input. */
  openText(file: string, directory: string, text: string): Result<Source>;
  /** What an `extends` entry names. */
  lookup(reference: string, from: Source, origin: Place): Result<Source>;
}

type Whereabouts = Pick<Source, "path" | "ways">;

/** Opens profiles. Everything but built-ins needs the reader; with a revision, files are read from git. */
export function library(host: Host, reader: Reader | undefined, revision?: Revision): Library {
  const sources = new Map<string, Source>();
  const broken = new Map<string, readonly Problem[]>();

  function openText(file: string, directory: string, text: string, where: Whereabouts = {}): Result<Source> {
    if (reader === undefined) throw new Error(`no reader for ${file}`);
    const { value, problems } = reader.load(file, directory, text);
    const found = value === undefined ? problems : [...problems, ...reader.validate(value)];
    if (value === undefined || hasErrors(found)) {
      broken.set(file, found);
      sources.set(file, value ?? textOnly(file, directory, text));
      return { value: undefined, problems: found };
    }
    const source = { ...value, ...where };
    sources.set(file, source);
    return { value: source, problems: found };
  }

  function open(file: string, where: Required<Whereabouts>, spot: Spot): Result<Source> {
    const known = sources.get(file);
    // A file that is broken says so once, however often it is extended.
    if (known !== undefined) return { value: broken.has(file) ? undefined : known, problems: broken.get(file) ?? [] };
    const read = readProfile(host, where.path, spot);
    if (read.value === undefined) return { value: undefined, problems: read.problems };
    return openText(file, parentOf(where.path), read.value, where);
  }

  function openFile(path: string, spot: Spot): Result<Source> {
    if (revision !== undefined) return openRevision(revision, path, spot);
    // Links in the parents may be followed, if the command can't change them; the file itself may be none.
    const parent = realpath(host, parentOf(path));
    const real = below(parent.path, path.slice(path.lastIndexOf("/") + 1));
    const ways = parent.links.map((link): Way => ({ path: link, kind: "link" }));
    return open(real, { path: real, ways }, spot.file === path ? { ...spot, file: real } : spot);
  }

  function openRevision({ name, top, read }: Revision, path: string, spot: Spot): Result<Source> {
    const inside = path.startsWith(`${top}/`) ? path.slice(top.length + 1) : path;
    const file = `${name}:${inside}`;
    const known = sources.get(file);
    if (known !== undefined) return { value: known, problems: broken.get(file) ?? [] };
    const found = read(inside);
    if ("why" in found) return failed(gitFailed({ revision: name, path: inside, why: found.why }, spot));
    return openText(file, parentOf(below(top, inside)), found.text);
  }

  function openBuiltin(name: string, spot: Spot): Result<Source> {
    const source = sources.get(`builtin:${name}`) ?? builtin(name);
    if (source !== undefined) {
      sources.set(source.file, source);
      return { value: source, problems: [] };
    }
    const known = builtinNames().map(([other]) => other);
    return failed(unknownBuiltin({ name, known, nearest: nearest(name, known) }, spot));
  }

  function lookup(reference: string, from: Source, origin: Place): Result<Source> {
    const path = pathIn(reference, from, host.home);
    if (path === undefined && !reference.startsWith("npm:")) return openBuiltin(reference, origin);
    if (from.directory === undefined) return failed(relativeInBuiltin({ reference }, origin));
    if (path !== undefined) return openFile(path, origin);
    const found = findPackageFile(host, reference, from.directory, origin);
    if (found.value === undefined) return { value: undefined, problems: found.problems };
    const { name, ...where } = found.value;
    return open(name, where, origin);
  }

  return { sources, openBuiltin, openFile, openText, lookup };
}

/** The path that a reference names; undefined when it is a bare word or a package. */
function pathIn(reference: string, from: Source, home: string): string | undefined {
  if (isAbsolute(reference)) return normalise(reference);
  if (reference === "~" || reference.startsWith("~/")) return normalise(`${home}${reference.slice(1)}`);
  if (!/^\.\.?(\/|$)/.test(reference) || from.directory === undefined) return undefined;
  return normalise(below(from.directory, reference));
}

/** A broken file still has a text to show. */
const textOnly = (file: string, directory: string, text: string): Source => ({
  file,
  directory,
  text,
  root: { kind: "map", entries: [], span: { line: 1, column: 1, endLine: 1, endColumn: 1 } },
});
