import { builtinTexts } from "../generated/builtin-texts.ts";
import { isAbsolute } from "../model/path.ts";
import { readText } from "./read-text.ts";

/** The text of a file that a problem names, for the line that it points at. */
export function sourceText(file: string): string | undefined {
  if (file.startsWith("builtin:")) return builtinTexts[file.slice("builtin:".length)];
  return isAbsolute(file) ? readText(file) : undefined;
}
