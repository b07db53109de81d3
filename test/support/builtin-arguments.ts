import { copyFileSync, existsSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { Room } from "./sbx.ts";

// Of the package busybox-static: a system in one file.
const BUSYBOX = "/usr/bin/busybox";

/** What a built-in has to be given on the command line; what that names is made in the room. */
export function argumentsOf(name: string, room: Room): string[] {
  if (name.startsWith("buildstream-")) return ["--set", `root=${staged(room)}`];
  if (name !== "osbuild-buildroot") return [];
  room.write("../libdir/osbuild/__init__.py", "");
  room.write("../libdir/runners/org.osbuild.linux", '#!/bin/sh\nexec "$@"\n', 0o755);
  return ["--set", "root=/", "--set", `libdir=${join(room.home, "libdir")}`];
}

/** A tree with the programs that tests ask what they see. */
function staged(room: Room): string {
  const root = room.directory("../staged");
  const programs = room.directory("../staged/usr/bin");
  if (existsSync(BUSYBOX) && !existsSync(join(programs, "busybox"))) {
    copyFileSync(BUSYBOX, join(programs, "busybox"));
    for (const name of ["sh", "cat", "stat", "true"]) symlinkSync("busybox", join(programs, name));
  }
  return root;
}
