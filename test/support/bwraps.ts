import { accessSync, constants, realpathSync } from "node:fs";

/** A bwrap, and who runs it. */
export interface Runner {
  readonly bwrap: string;
  readonly user: "root" | "ordinary";
}

/** The bwrap on PATH and those of SBX_TEST_BWRAPS (absolute paths, separated by colons). */
export function bwraps(): string[] {
  const onPath = (process.env.PATH ?? "").split(":").map((directory) => `${directory}/bwrap`);
  const named = (process.env.SBX_TEST_BWRAPS ?? "").split(":").filter(Boolean);
  const first = onPath.filter(isExecutable).slice(0, 1);
  return [...new Set([...first, ...named].map((file) => realpathSync(file)))];
}

/** Every bwrap as the current user, and as an ordinary one too when that is root. */
export function runners(): Runner[] {
  const users = process.getuid?.() === 0 ? (["root", "ordinary"] as const) : (["ordinary"] as const);
  return bwraps().flatMap((bwrap) => users.map((user) => ({ bwrap, user })));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
