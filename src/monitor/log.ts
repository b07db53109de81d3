import { painter } from "../report/color.ts";
import { escapeText } from "../report/escape.ts";
import { formatProblems } from "../report/index.ts";
import { layout } from "./layout.ts";
import type { Answer, Monitor } from "./monitor.ts";
import { descriptorSink, type Sink, streamSink } from "./sink.ts";
import { durationText, endText, optionsText, succeeded } from "./words.ts";

/** Where a log goes: to a stream or a descriptor, both the caller's to close (default: standard error). */
export type LogOptions = (
  | { readonly stream?: NodeJS.WritableStream; readonly fd?: never }
  | { readonly fd: number; readonly stream?: never }
) & {
  /** Default: on a terminal, unless NO_COLOR is set. Whatever gets colours is treated as a terminal. */
  readonly colours?: boolean;
};

// How long a line waits for somebody else's to end.
const PATIENCE_MS = 200;

/**
 * A monitor that writes for people: titles, options as JSON, the output as it comes, and how long things took. Every
 * record is written whole and in order; the promise that each method gives is kept when it is out.
 */
export function logMonitor(options: LogOptions = {}): Required<Monitor> {
  const sink = options.fd === undefined ? streamSink(options.stream ?? process.stderr) : descriptorSink(options.fd);
  return logInto(sink, options.colours);
}

/** The same into any sink. */
export function logInto(sink: Sink, colours = sink.isTerminal && wantsColours()): Required<Monitor> {
  const paint = painter(colours);
  const rows = layout({ isTerminal: sink.isTerminal || colours });
  const { began, text, ended, allEnded, own } = rows;
  let patience: NodeJS.Timeout | undefined;
  const put = (record: string): Answer => {
    if (!rows.isWaiting) {
      clearTimeout(patience);
      patience = undefined;
    } else {
      patience ??= setTimeout(() => {
        // A sink that fails says so to whoever writes next.
        Promise.resolve(put(rows.overdue())).catch(() => {});
      }, PATIENCE_MS);
    }
    return record === "" ? undefined : sink.write(record);
  };
  let title = "the build";
  let since: number | undefined;
  let hasRun = false;
  return {
    begin(pipeline) {
      title = escapeText(pipeline.title);
      since = performance.now();
      hasRun = false;
      return put(own(`${paint("bold", title)}\n${optionsText(pipeline.options)}`));
    },
    stage({ name, options, origin = name }) {
      hasRun = true;
      began(origin);
      return put(own(`${paint("info", `stage ${escapeText(name)}`)}\n${optionsText(options)}`));
    },
    log(piece, origin) {
      hasRun = true;
      return put(text(piece, origin));
    },
    result(result) {
      const { name, origin = name, durationMs, problems, cleanup } = result;
      const line = `stage ${escapeText(name)}: ${endText(result)} (${durationText(durationMs)})`;
      const told = formatProblems([...problems, ...cleanup], { color: colours });
      const style = succeeded(result) ? "info" : "error";
      return put(ended(origin) + own(`${paint(style, line)}\n${told}`));
    },
    finish({ success, durationMs = hasRun && since !== undefined ? performance.now() - since : undefined }) {
      const took = durationMs === undefined ? "" : ` (${durationText(durationMs)})`;
      const line = `${title}: ${success ? "done" : "failed"}${took}`;
      return put(allEnded() + own(`${paint(success ? "info" : "error", line)}\n`));
    },
  };
}

/** https://no-color.org: set and not empty. */
const wantsColours = (): boolean => !process.env.NO_COLOR && process.env.TERM !== "dumb";
