import type { Operation, Step } from "../model/plan.gen.ts";
import type { Origin } from "../model/source.ts";
import type { Context } from "./context.ts";
import type { Draft } from "./draft.ts";
import { badUnit } from "./problems.ts";
import { durationMs } from "./units.ts";

/** A socket that somebody else serves: its place in the sandbox, and its `{run}/NAME` on the host. */
export interface Endpoint {
  readonly at: string;
  readonly place: string;
  readonly origin: Origin;
}

/** Sockets of host-side servers, bound where the profile wants them. */
export function apiDrafts({ effective, report }: Context): Draft[] {
  return [...effective.apis].map(([name, { value, origin, layer }]) => {
    const socket = `{run}/api-${name}`;
    const ready = durationMs(value.ready ?? "10s");
    if (ready === undefined) {
      report(badUnit({ text: value.ready ?? "", expected: "duration", example: "10s" }, origin));
    }
    const start: Step = { kind: "start-api", name, command: value.command, socket, ready: ready ?? 10_000, origin };
    return { operation: socketBind(value.at, socket, origin), needs: "file", steps: [start], layer };
  });
}

/** Sockets that the embedding program serves: nothing that a caller binds hides them. */
export function endpointDrafts(endpoints: readonly Endpoint[]): Draft[] {
  return endpoints.map(({ at, place, origin }) => ({
    operation: socketBind(at, place, origin),
    needs: "file",
    steps: [],
    layer: Number.POSITIVE_INFINITY,
  }));
}

const socketBind = (at: string, source: string, origin: Origin): Operation => ({
  kind: "bind",
  at,
  source,
  access: "rw",
  missing: "fail",
  type: "socket",
  present: true,
  origin,
});
