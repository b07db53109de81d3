import type { FlagSwitch } from "../index.ts";
import { UsageError } from "./usage-error.ts";

/** What `sbx diff` compares: a profile and its flag sets; undefined where there is no profile on that side. */
export interface Compared {
  readonly profile: string | undefined;
  readonly flags: readonly FlagSwitch[];
}

/** A profile that is not there, as on one side of a pull request that adds one. */
const NONE = "none";

/**
 * Reads `PROFILE[+FLAG|+-FLAG]…`. Only a `+` behind the last `/` begins a flag set: directories may be called `c++`.
 * A file with one in its name is written with `\+`.
 */
export function parseCompared(text: string, argument: number): Compared {
  const slash = text.lastIndexOf("/") + 1;
  const [name = "", ...words] = text.slice(slash).split(/(?<!\\)\+/);
  const flags = words.map((word): FlagSwitch => {
    const on = !word.startsWith("-");
    const flag = on ? word : word.slice(1);
    if (flag === "")
      throw new UsageError(`${text}: behind a + stands the name of a flag set; a + in a file's name is \\+`);
    return { name: flag, on, argument };
  });
  const profile = text.slice(0, slash) + name.replaceAll("\\+", "+");
  if (profile === "") throw new UsageError(`${text}: name a profile in front of the +`);
  if (profile !== NONE) return { profile, flags };
  if (flags.length > 0) throw new UsageError(`${text}: where there is no profile there are no flag sets`);
  return { profile: undefined, flags };
}
