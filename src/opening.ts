import { discover, isFoundByName, parseProfileArgument, projectFor } from "./discover/index.ts";
import { readRevision } from "./host/git.ts";
import { findProgram } from "./host/programs.ts";
import type { Host } from "./model/host.ts";
import { nestedProfiles } from "./model/nested.ts";
import type { Source } from "./model/node.ts";
import { below, isAbsolute, normalise, parentOf } from "./model/path.ts";
import type { Problem, Result } from "./model/problem.ts";
import { realpath } from "./model/realpath.ts";
import { type Library, library, type Reader, remembering } from "./sources/index.ts";

/** A profile that was asked for, read and validated. */
export interface Opened {
  readonly source: Source;
  readonly variant: string | undefined;
  /** `${PROJECT}`. */
  readonly project: string;
  /** Found in the directory and not named: as untrusted as the repository it lies in. */
  readonly discovered: boolean;
  readonly library: Library;
  /** Checks a part of a file after its variables were replaced; undefined when no file is involved. */
  readonly checkFragment: CheckFragment | undefined;
}

type CheckFragment = typeof import("./validate/index.ts").typedFragment;

/** A profile as a library caller writes it: the fields of a file, and the directory that its paths start from. */
export type ProfileObject = { readonly directory: string } & Readonly<Record<string, unknown>>;

const COMMAND_LINE = { file: "command-line", line: 0, column: 0 };

/** How a profile is opened. */
export interface Opening {
  /**
   * A file is opened by where it lies, not by where the caller stands: its repository is the project, and one that is called
   * `.sandbox.yml` is as one that was found in its directory.
   */
  readonly asFound?: boolean;
}

/** Opens `NAME | #VARIANT | PATH[#VARIANT] | REF:PATH`, an object, or the profile that governs the directory. */
export async function openProfile(
  profile: string | ProfileObject | undefined,
  host: Host,
  { asFound = false }: Opening = {},
): Promise<Result<Opened>> {
  if (typeof profile === "object") return openObject(profile, host);
  const argument = profile === undefined ? undefined : parseProfileArgument(profile);
  if (argument === undefined || argument.kind === "variant") return openDiscovered(argument?.variant, host);
  const { variant } = argument;
  const here = () => ({ project: projectFor(host.cwd, host), discovered: false });
  switch (argument.kind) {
    case "builtin": {
      const opened = library(host, undefined);
      return finish(opened.openBuiltin(argument.name, COMMAND_LINE), { ...here(), variant, library: opened });
    }
    case "file": {
      const { reader, checkFragment } = await readers();
      const opened = library(host, reader);
      const { path, ...named } = asFound ? fileNamed(profile, argument, host) : within(argument, host);
      const where = asFound ? placeOf(path, host) : here();
      // Who looks at files wants to know which of them is refused.
      const spot = asFound && host.lstat(path) !== undefined ? { ...COMMAND_LINE, file: path } : COMMAND_LINE;
      return finish(opened.openFile(path, spot), { ...where, ...named, library: opened, checkFragment });
    }
    case "revision": {
      const { reader, checkFragment } = await readers();
      const where = here();
      const { project } = where;
      const git = findProgram("git", { path: host.env.PATH ?? "", project, writable: [], host });
      if (git.value === undefined) return { value: undefined, problems: git.problems };
      const program = git.value;
      const read = (path: string) => readRevision(program, project, argument.revision, path);
      const opened = library(host, reader, { name: argument.revision, top: project, read });
      const path = below(project, argument.path);
      return finish(opened.openFile(path, COMMAND_LINE), { ...where, variant, library: opened, checkFragment });
    }
  }
}

interface NamedFile {
  readonly path: string;
  readonly variant: string | undefined;
}

const within = ({ path, variant }: NamedFile, host: Host): NamedFile => ({ path: absolute(path, host), variant });

/** Who looks at files can't be led elsewhere by one of them: a name with `#` in it is believed if it is one. */
function fileNamed(whole: string | undefined, argument: NamedFile, host: Host): NamedFile {
  const path = absolute(whole ?? "", host);
  return argument.variant !== undefined && host.lstat(path)?.type === "file"
    ? { path, variant: undefined }
    : within(argument, host);
}

/** Where a file governs by itself, whoever asks about it and from where. */
function placeOf(path: string, host: Host): Pick<Opened, "project" | "discovered"> {
  const directory = realpath(host, parentOf(path)).path;
  if (isFoundByName(path)) return { project: directory, discovered: true };
  return { project: projectFor(directory, host), discovered: false };
}

async function openDiscovered(variant: string | undefined, host: Host): Promise<Result<Opened>> {
  const { reader, checkFragment } = await readers();
  const opened = library(host, reader);
  const found = discover(host.cwd, host, (file) => {
    const source = opened.openFile(file, COMMAND_LINE).value;
    return source === undefined ? [] : nestedProfiles(source);
  });
  if (found.value === undefined) return { value: undefined, problems: found.problems };
  const { file, directory } = found.value;
  const options = { variant, project: directory, discovered: true, library: opened, checkFragment };
  return finish(opened.openFile(file, COMMAND_LINE), options, found.problems);
}

async function openObject({ directory, ...fields }: ProfileObject, host: Host): Promise<Result<Opened>> {
  const { reader, checkFragment } = await readers();
  const opened = library(host, reader);
  const project = absolute(directory, host);
  // JSON is YAML: positions are those in this text.
  const source = opened.openText("object", project, `${JSON.stringify(fields, null, 2)}\n`);
  return finish(source, { variant: undefined, project, discovered: false, library: opened, checkFragment });
}

const absolute = (path: string, host: Host): string => {
  if (path === "~" || path.startsWith("~/")) return normalise(`${host.home}${path.slice(1)}`);
  return normalise(isAbsolute(path) ? path : below(host.cwd, path));
};

function finish(
  source: Result<Source>,
  options: Omit<Opened, "source" | "checkFragment"> & { readonly checkFragment?: CheckFragment },
  before: readonly Problem[] = [],
): Result<Opened> {
  const problems = [...before, ...source.problems];
  if (source.value === undefined) return { value: undefined, problems };
  return { value: { ...options, checkFragment: options.checkFragment, source: source.value }, problems };
}

/** One reader for all that is opened: what it has read serves the next profile, too. */
const known = new WeakMap<Reader["load"], Reader>();

/** The YAML parser and the validators, loaded only when there is a file to read. */
export async function readers(): Promise<{ reader: Reader; checkFragment: CheckFragment }> {
  const [{ load }, { validate, typedFragment }] = await Promise.all([
    import("./load/index.ts"),
    import("./validate/index.ts"),
  ]);
  const reader = known.get(load) ?? remembering({ load, validate });
  known.set(load, reader);
  return { reader, checkFragment: typedFragment };
}
