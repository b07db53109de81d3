import { constants } from "node:fs";
import { builtinTexts } from "../generated/builtin-texts.ts";
import { isAbsolute } from "../model/path.ts";
import { readText } from "./read-text.ts";

/**
 * The text of a file that a problem names, for the line that it points at. No profile is a link: one that is refused for
 * being one would show what it leads to.
 */
export function sourceText(file: string): string | undefined {
  if (file.startsWith("builtin:")) return builtinTexts[file.slice("builtin:".length)];
  return isAbsolute(file) ? readText(file, constants.O_NOFOLLOW) : undefined;
}
