import type { Effective } from "../model/effective.ts";
import type { Host } from "../model/host.ts";
import { isWithin } from "../model/path.ts";
import type { Plan } from "../model/plan.gen.ts";
import type { Problem } from "../model/problem.ts";
import { looksSecret } from "../model/secret.ts";
import type { Place } from "../model/source.ts";
import { boundSockets, isRunPath, realpath, tree } from "../tree/index.ts";
import { grantedSocket, keptCapabilities, madeOutside, passedSecret, removedMask, writableGrant } from "./problems.ts";

/** Nodes that every sandbox has, whoever names them. */
const HARMLESS: ReadonlySet<string> = new Set(
  ["null", "zero", "full", "random", "urandom", "tty"].map((name) => `/dev/${name}`),
);

/** Whether a file of the project (or something that it extends, built-ins excepted) wrote a value. */
const isForeign = ({ file }: Place): boolean =>
  !file.startsWith("builtin:") && file !== "default" && file !== "command-line";

/**
 * What a profile that was merely found in a directory may not ask for, whatever it extends: a repository's profile is
 * as untrusted as the repository. `command` is what the user types to run it all the same.
 */
export function ceiling(plan: Plan, effective: Effective, host: Host, command: string): Problem[] {
  const { project } = plan;
  const problems: Problem[] = shownSockets(plan, host, command);
  for (const operation of plan.operations) {
    if (operation.kind !== "bind" || operation.access === "ro" || !operation.present) continue;
    const { source, at, origin } = operation;
    if (!isForeign(origin) || isRunPath(source) || isWithin(project, source) || HARMLESS.has(source)) continue;
    problems.push(writableGrant({ source, at, project, command }, origin));
  }
  for (const step of plan.prepare) {
    if ((step.kind !== "make-directory" && step.kind !== "make-file") || !isForeign(step.origin)) continue;
    if (!isWithin(project, step.path)) problems.push(madeOutside({ path: step.path, project, command }, step.origin));
  }
  for (const { field, value, origin, was } of effective.removed) {
    if ((field !== "mask" && field !== "protect") || !isForeign(origin) || isForeign(was)) continue;
    problems.push(removedMask({ field, value, parent: was.file.replace("builtin:", ""), command }, origin));
  }
  const { value, origin } = plan.capabilities;
  if (isForeign(origin) && (value.base !== "none" || value.add.length > 0)) {
    problems.push(keptCapabilities({ command }, origin));
  }
  for (const variable of Object.values(plan.env)) {
    if (typeof variable.value === "string" || !isForeign(variable.origin) || !looksSecret(variable.value.from))
      continue;
    problems.push(passedSecret({ name: variable.value.from, command }, variable.origin));
  }
  return problems;
}

/** Sockets and FIFOs outside of the project that a foreign entry shows, by name or with their directory. */
function shownSockets({ project, operations }: Plan, host: Host, command: string): Problem[] {
  const foreign = operations.filter(
    (operation) => operation.kind === "bind" && operation.present && isForeign(operation.origin),
  );
  if (foreign.length === 0) return [];
  const shown = tree(operations, host);
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
