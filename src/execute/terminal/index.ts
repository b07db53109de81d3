import type { Problem } from "../../model/problem.ts";
import type { StandardDescriptor } from "../../model/session.ts";
import { DEFAULT_ORIGIN } from "../../model/source.ts";
import { noPty, noSettings } from "../terminal-problems.ts";
import { type CallerTerminal, callerTerminal } from "./caller.ts";
import type { Pty } from "./open-pty.ts";
import { createRelay, type Relay } from "./relay.ts";
import { changeSettings, readSettings } from "./settings.ts";

export type { Relay, SavedTerminal } from "./relay.ts";

/** What a relay needs to know. */
export interface RelayWish {
  /** Which of the caller's descriptors are terminals; at least one. */
  readonly terminals: readonly StandardDescriptor[];
  /** Where stty(1) is, absolutely. */
  readonly stty: string;
}

/** Makes a pty with the settings and the size of the caller's terminal, which nothing happens to until `begin`. */
export async function openRelay({ terminals, stty }: RelayWish): Promise<Relay | Problem> {
  const input = terminals.includes(0) ? callerTerminal(0) : undefined;
  const shown = ([1, 2, 0] as const).find((fd) => terminals.includes(fd));
  if (shown === undefined) throw new Error("a relay needs a terminal");
  const output = shown === 0 && input ? input : callerTerminal(shown);
  const close = () => {
    for (const terminal of new Set([input ?? output, output])) terminal.close();
  };

  const { text: settings, failure } = readSettings(stty, (input ?? output).fd);
  if (failure !== undefined) {
    close();
    return noSettings({ stty, reason: failure }, DEFAULT_ORIGIN);
  }
  let pty: Pty;
  try {
    // A native addon, loaded only for this.
    const { openPty } = await import("./open-pty.ts");
    pty = await openPty();
  } catch (error) {
    close();
    return noPty({ reason: firstLine(error) }, DEFAULT_ORIGIN);
  }
  changeSettings(stty, pty.slave, slaveSettings({ settings, input, output }));
  return createRelay({ pty, input, output, settings, stty });
}

/** What the caller's terminal stays, it goes on doing itself: without a keyboard all of the output's processing. */
function slaveSettings(of: {
  readonly settings: string;
  readonly input: CallerTerminal | undefined;
  readonly output: CallerTerminal;
}): string[] {
  const { columns, rows } = of.output.size();
  return [of.settings, ...(of.input ? [] : ["-opost"]), "rows", `${rows}`, "columns", `${columns}`];
}

function firstLine(error: unknown): string {
  const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  return line;
}
