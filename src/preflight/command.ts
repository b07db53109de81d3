import type { Host } from "../model/host.ts";
import { below, isAbsolute } from "../model/path.ts";
import type { Problem } from "../model/problem.ts";
import type { Tree } from "../tree/index.ts";
import { commandNotExecutable, commandNotFound } from "./problems.ts";

/** Why a command can't be started, known before anything is done. */
export interface Unstartable {
  /** 126: found but not executable; 127: not found, as a shell says it. */
  readonly exitCode: 126 | 127;
  readonly problem: Problem;
}

/** What execvp(3) takes when the environment has no PATH (confstr(3), _CS_PATH). */
const DEFAULT_PATH = "/bin:/usr/bin";
const SPOT = { file: "command-line", line: 0, column: 0 };

/**
 * Looks a command up as execvp(3) will, in the tree: through links of the sandbox, by the sandbox's PATH, from its
 * working directory. Undefined when it can be started, as far as the tree can tell.
 */
export function whyUnstartable(
  tree: Tree,
  host: Host,
  name: string,
  place: { readonly path: string | undefined; readonly cwd: string },
): Unstartable | undefined {
  const from = (path: string) => (isAbsolute(path) ? path : below(place.cwd, path));
  const searched = (place.path ?? DEFAULT_PATH).split(":");
  const candidates = name.includes("/") ? [from(name)] : searched.map((entry) => below(from(entry || "."), name));
  if (name === "") candidates.length = 0;
  let refused: { path: string; why: string } | undefined;
  for (const path of candidates) {
    const standing = tree.walk(path);
    if (standing.type === "absent" || standing.loop) continue;
    if (standing.type === "unknown" || standing.content === "proc") return undefined;
    const why = whyNotExecutable(tree, host, standing);
    if (why === undefined) return undefined;
    refused ??= { path, why };
  }
  if (refused !== undefined) {
    return { exitCode: 126, problem: commandNotExecutable({ name, ...refused }, SPOT) };
  }
  return { exitCode: 127, problem: commandNotFound({ name, searched: name.includes("/") ? [] : searched }, SPOT) };
}

function whyNotExecutable(tree: Tree, host: Host, standing: ReturnType<Tree["walk"]>): string | undefined {
  if (standing.type !== "file") return `is a ${standing.type}`;
  if (standing.access === "masked") return "is masked";
  const made = tree.operations[standing.decidedBy];
  if (made?.kind === "file")
    return (Number.parseInt(made.mode, 8) & 0o111) === 0 ? "has no execute permission" : undefined;
  const stat = standing.host === undefined ? undefined : host.lstat(standing.host);
  if (stat === undefined) return undefined;
  if ((stat.mode & 0o111) === 0) return "has no execute permission";
  const interpreter = /^#!\s*(\/\S+)/.exec(
    standing.host === undefined ? "" : (host.readText(standing.host) ?? ""),
  )?.[1];
  if (interpreter !== undefined && tree.walk(interpreter).type === "absent") {
    return `is a script for ${interpreter}, which is not in the sandbox`;
  }
  return undefined;
}
