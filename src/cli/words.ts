/**
 * The words of a command line, with the number of the word that holds each option's value: problems point there
 * (file `command-line`, line = argument, counted from the command's name).
 */
export interface Words {
  readonly all: readonly string[];
  /** The number of the value of an option's next occurrence, in the order in which the parser meets them. */
  next(option: string): number;
}

export function words(all: readonly string[]): Words {
  const end = all.indexOf("--");
  const own = end < 0 ? all : all.slice(0, end);
  const seen = new Map<string, number>();
  return {
    all,
    next(option) {
      const names = option.split(",").map((name) => name.trim());
      const after = seen.get(option) ?? -1;
      const found = own.findIndex(
        (word, index) => index > after && names.some((name) => word === name || word.startsWith(`${name}=`)),
      );
      if (found < 0) return 0;
      seen.set(option, found);
      return found + (own[found]?.includes("=") ? 1 : 2);
    },
  };
}
