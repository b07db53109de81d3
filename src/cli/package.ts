import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The directory of the installed package: the nearest one above this file with a package.json. */
export function packageRoot(): string {
  let directory = dirname(import.meta.filename);
  while (!existsSync(join(directory, "package.json")) && directory !== dirname(directory))
    directory = dirname(directory);
  return directory;
}

export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")) as { version: string };
  return version;
}
