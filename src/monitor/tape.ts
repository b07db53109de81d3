import type { Finish, Monitor, Pipeline, Stage, StageResult } from "./monitor.ts";

/** What a monitor was told once. */
export type MonitorEvent =
  | ({ readonly kind: "begin" } & Pipeline)
  | ({ readonly kind: "stage" } & Stage)
  | { readonly kind: "log"; readonly text: string; readonly origin?: string | undefined }
  | ({ readonly kind: "result" } & StageResult)
  | ({ readonly kind: "finish" } & Finish);

/** A monitor that remembers everything. */
export interface Tape extends Required<Monitor> {
  /** In the order in which they came. */
  readonly events: readonly MonitorEvent[];
  count(kind: MonitorEvent["kind"]): number;
  /** All that was logged, or what came from one origin. */
  text(origin?: string): string;
}

/** A monitor for tests: what it recorded stays as it was told, whatever becomes of the objects. */
export function tapeMonitor(): Tape {
  const events: MonitorEvent[] = [];
  const record = (event: MonitorEvent) => void events.push(structuredClone(event));
  return {
    events,
    begin: (pipeline) => record({ kind: "begin", ...pipeline }),
    stage: (stage) => record({ kind: "stage", ...stage }),
    log: (text, origin) => record({ kind: "log", text, origin }),
    result: (result) => record({ kind: "result", ...result }),
    finish: (finish) => record({ kind: "finish", ...finish }),
    count: (kind) => events.filter((event) => event.kind === kind).length,
    text(origin) {
      const isWanted = (event: MonitorEvent) => event.kind === "log" && (origin ?? event.origin) === event.origin;
      return events.flatMap((event) => (event.kind === "log" && isWanted(event) ? [event.text] : [])).join("");
    },
  };
}
