import type { Effective } from "../model/effective.ts";
import type { Host } from "../model/host.ts";
import { isWithin } from "../model/path.ts";
import type { Plan } from "../model/plan.gen.ts";
import type { Problem } from "../model/problem.ts";
import { realpath } from "../model/realpath.ts";
import { looksSecret } from "../model/secret.ts";
import type { Origin, Place } from "../model/source.ts";
import { boundSockets, isRunPath, tree } from "../tree/index.ts";
import { foreignTo, isForeign } from "./foreign.ts";
import {
  grantedSocket,
  keptCapabilities,
  keptTerminal,
  madeOutside,
  passedDescriptors,
  passedSecret,
  removedMask,
  scratchElsewhere,
  sharedNamespace,
  writableGrant,
} from "./problems.ts";

/** Nodes that every sandbox has, whoever names them. */
const HARMLESS: ReadonlySet<string> = new Set(
  ["null", "zero", "full", "random", "urandom", "tty"].map((name) => `/dev/${name}`),
);

/**
 * What a profile that was merely found in a directory may not ask for, whatever it extends: a repository's profile is
 * as untrusted as the repository. `command` is what the user types to run it all the same.
 */
export function ceiling(plan: Plan, effective: Effective, host: Host, command: string): Problem[] {
  const { project } = plan;
  const isTheirs = foreignTo(effective.sources);
  const problems: Problem[] = [];
  // One entry, one error: what else it would need is no news.
  const refused = new Set<string>();
  const once = ({ file, line, column }: Place, problem: () => Problem): void => {
    const key = `${file}:${line}:${column}`;
    if (!refused.has(key)) problems.push(problem());
    refused.add(key);
  };
  const refuse = (source: string, { at, origin }: { readonly at: string; readonly origin: Origin }): void => {
    if (!isTheirs(origin) || isRunPath(source) || isWithin(project, source) || HARMLESS.has(source)) return;
    once(origin, () => writableGrant({ source, at, project, command }, origin));
  };
  for (const operation of plan.operations) {
    if (!operation.present) continue;
    if (operation.kind === "bind" && operation.access !== "ro") refuse(operation.source, operation);
    if (operation.kind === "overlay" && operation.keep !== undefined) refuse(operation.keep, operation);
  }
  // The last one is what an entry asks for, those before it are its parents.
  for (const step of plan.prepare.toReversed()) {
    const { origin } = step;
    if (step.kind === "scratch" && step.below !== undefined && isTheirs(origin)) {
      const { below } = step;
      if (![project, "/tmp", "/var/tmp"].some((place) => isWithin(place, below))) {
        once(origin, () => scratchElsewhere({ below, project, command }, origin));
      }
    }
    if (step.kind === "make-node") refuse(step.source, { at: step.source, origin });
    if (step.kind === "copy-hard-links") refuse(step.path, { at: step.path, origin });
    if (step.kind !== "make-directory" && step.kind !== "make-file" && step.kind !== "mount-point") continue;
    if (!isTheirs(origin) || isWithin(project, step.path)) continue;
    once(origin, () => madeOutside({ path: step.path, project, command }, origin));
  }
  for (const problem of shownSockets(plan, host, command)) once(problem, () => problem);
  for (const { field, value, origin, was } of effective.removed) {
    if ((field !== "mask" && field !== "protect") || !isForeign(origin) || isForeign(was)) continue;
    problems.push(removedMask({ field, value, parent: was.file.replace("builtin:", ""), command }, origin));
  }
  // A built-in that keeps root's rights was written for those who ask for it by name.
  const { value, origin } = plan.capabilities;
  if (value.base !== "none" || value.add.length > 0) {
    problems.push(keptCapabilities({ command }, origin));
  }
  const { passFds, dieWithParent, session } = plan.process;
  if (session.value === "keep" && isForeign(session.origin)) problems.push(keptTerminal({ command }, session.origin));
  const { user, pid, ipc } = plan.namespaces;
  // As root a command in the caller's own user namespace can pass for bwrap itself (ptrace(2), access mode checks).
  for (const [name, { value: had, origin: by }] of Object.entries({ user, pid, ipc, dieWithParent })) {
    if (had !== true) problems.push(sharedNamespace({ name, command }, by));
  }
  if (isForeign(passFds.origin) && passFds.value.length > 0)
    problems.push(passedDescriptors({ command }, passFds.origin));
  for (const variable of Object.values(plan.env)) {
    if (typeof variable.value === "string" || !isForeign(variable.origin) || !looksSecret(variable.value.from))
      continue;
    problems.push(passedSecret({ name: variable.value.from, command }, variable.origin));
  }
  return problems;
}

/** Sockets and FIFOs outside of the project that a foreign entry shows, by name or with their directory. */
function shownSockets({ project, operations, prepare }: Plan, host: Host, command: string): Problem[] {
  const foreign = operations.filter(
    (operation) => operation.kind === "bind" && operation.present && isForeign(operation.origin),
  );
  if (foreign.length === 0) return [];
  const shown = tree(operations, host, prepare);
  const named = foreign.flatMap((operation) => {
    const source = "source" in operation ? operation.source : "";
    const type = realpath(host, source).stat?.type;
    return type === "socket" || type === "fifo" ? [{ socket: source, operation }] : [];
  });
  const inside = boundSockets(host).flatMap((socket) =>
    shown.places(socket).flatMap((place) => {
      const operation = operations[place.mount];
      return operation !== undefined && foreign.includes(operation) ? [{ socket, operation }] : [];
    }),
  );
  return [...named, ...inside]
    .filter(({ socket }) => !isWithin(project, socket))
    .filter(({ socket }, index, all) => all.findIndex((other) => other.socket === socket) === index)
    .map(({ socket, operation }) => grantedSocket({ socket, at: operation.at, command }, operation.origin));
}
