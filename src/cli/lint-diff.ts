import { createTwoFilesPatch } from "diff";
import { escapeText } from "../index.ts";
import { shortFile } from "./lint-report/report.ts";

/** What becomes of a file, as `patch` and `git apply` take it; `color` paints it for a terminal, and makes it safe there. */
export function patchOf(
  file: string,
  texts: { readonly before: string; readonly after: string },
  options: { readonly cwd: string; readonly color: boolean },
): string {
  const name = shortFile(file, options.cwd).replace(/^\//, "");
  const made = createTwoFilesPatch(`a/${name}`, `b/${name}`, texts.before, texts.after, undefined, undefined, {
    headerOptions: { includeIndex: false, includeUnderline: false, includeFileHeaders: true },
  });
  // A tab ends a name with blanks, as git and diff write it: `patch` takes the first blank for its end otherwise.
  const patch =
    placeOf(file, options.cwd) +
    made.replace(/^((?:---|\+\+\+) (?!").* .*)$/gm, (header, _, offset) =>
      offset < made.indexOf("\n@@") ? `${header}\t` : header,
    );
  if (!options.color) return patch;
  return patch
    .split("\n")
    .map((line) => painted(escapeText(line)))
    .join("\n");
}

/** What patch(1) and git pass over, for whoever reads it. */
const placeOf = (file: string, cwd: string): string =>
  file.startsWith("/") && !file.startsWith(`${cwd}/`) ? "The names in this patch begin at /: apply it there.\n" : "";

function painted(line: string): string {
  if (/^(---|\+\+\+) /.test(line)) return `\u001b[1m${line}\u001b[0m`;
  if (line.startsWith("+")) return `\u001b[32m${line}\u001b[0m`;
  if (line.startsWith("-")) return `\u001b[31m${line}\u001b[0m`;
  return line.startsWith("@@") ? `\u001b[36m${line}\u001b[0m` : line;
}
