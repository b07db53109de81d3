import type { WriteStream } from "node:tty";
import { escapeText, type Monitor } from "sbx-profiles";

/** One line a stage. On a terminal it also shows what the stage wrote last; elsewhere it comes when the stage has ended. */
export function progress(stream: WriteStream): Monitor {
  let running = "";
  const isTerminal = stream.isTTY;
  const draw = (line: string): void => {
    stream.write(`\r\u001b[K${line.slice(0, (stream.columns || 80) - 1)}`);
  };
  return {
    begin({ title }) {
      stream.write(`${title}\n`);
    },
    stage({ name }) {
      running = name;
      if (isTerminal) draw(`… ${name}`);
    },
    log(text) {
      const lines = text.trimEnd().split(/[\r\n]/);
      if (isTerminal) draw(`… ${running}  ${escapeText(lines.at(-1) ?? "")}`);
    },
    result({ name, ended, exitCode, durationMs, output }) {
      const isGood = ended === "exit" && exitCode === 0;
      if (isTerminal) draw("");
      stream.write(`${isGood ? "✓" : "✗"} ${name} (${(durationMs / 1000).toFixed(1)} s)\n`);
      if (isGood) return;
      for (const line of output.trimEnd().split("\n").slice(-20)) stream.write(`  | ${escapeText(line)}\n`);
    },
  };
}
