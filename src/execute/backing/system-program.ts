import { SYSTEM_DIRECTORIES, systemFile } from "../system-file.ts";

/** Why a program of the system did not do what it was told. */
export interface Refusal {
  readonly reason: string;
  /** It lacks the privilege (EPERM). */
  readonly isForbidden: boolean;
}

/** Programs that do what Node can't: mount(2), umount2(2), mknod(2). */
export type SystemProgram = "mount" | "umount" | "mknod";

/** How such a program reaches what stands at a place of `descriptors`: no name on the way can lead elsewhere. */
export const handed = (index: number, name?: string): string =>
  `/proc/self/fd/${FIRST + index}${name === undefined ? "" : `/${name}`}`;

const FIRST = 3;

/** Runs one to its end; undefined when it did what it was told. */
export function runSystemProgram(
  name: SystemProgram,
  args: readonly string[],
  descriptors: readonly number[],
): Refusal | undefined {
  const file = systemFile(name);
  if (file === undefined)
    return { reason: `there is no ${name} in ${SYSTEM_DIRECTORIES.join(", ")}`, isForbidden: false };
  // Made canonical, a place would be looked up anew by its name. busybox leaves it as it is, and knows no such option.
  const asGiven = name === "mknod" || file.endsWith("/busybox") ? [] : ["--no-canonicalize"];
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  const { error, status, signal, stderr } = spawnSync(file, [...asGiven, ...args], {
    argv0: name,
    env: { LC_ALL: "C", NODE_V8_COVERAGE: undefined },
    cwd: "/",
    stdio: ["ignore", "ignore", "pipe", ...descriptors],
    encoding: "utf8",
  });
  if (error) return { reason: error.message, isForbidden: false };
  if (status === 0) return undefined;
  const said = stderr.split("\n", 1)[0] ?? "";
  const reason = said.slice(said.lastIndexOf(": ") + 1).trim() || `${name} ended with ${signal ?? status}`;
  return { reason: reason.replace(/\.$/, "").toLowerCase(), isForbidden: /operation not permitted/i.test(said) };
}
