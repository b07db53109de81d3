import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const APPLETS =
  "awk cat chmod chown cut env find grep head hostname id ipcs ls mkdir mknod mount readlink rm sh sleep sort stat test " +
  "touch true false tty wc";

/** A busybox that needs no library, as Debian's busybox-static has it; undefined when this machine has none. */
export function staticBusybox(): string | undefined {
  const found = ["/bin/busybox", "/usr/bin/busybox"].find((path) => existsSync(path));
  return found !== undefined && !readFileSync(found).includes("/ld-linux") ? found : undefined;
}

/** A tree to build in, and what osbuild brings, below a directory that everybody may look into. */
export interface BuildTree {
  readonly root: string;
  readonly libdir: string;
  /** Writes a file of the tree or of libdir, relative to the directory that both lie in; gives the absolute path. */
  write(path: string, text: string, mode?: number): string;
}

/** Makes `root`, with nothing but a busybox and a kernel, and `lib`, with a runner that runs what it is given. */
export function makeBuildTree(directory: string, busybox: string): BuildTree {
  const write = (path: string, text: string, mode = 0o644): string => {
    const whole = join(directory, path);
    mkdirSync(dirname(whole), { recursive: true });
    writeFileSync(whole, text, { mode });
    return whole;
  };
  const bin = join(directory, "root/usr/bin");
  mkdirSync(bin, { recursive: true });
  mkdirSync(join(directory, "root/usr/sbin"));
  copyFileSync(busybox, join(bin, "busybox"));
  for (const name of APPLETS.split(" ")) symlinkSync("busybox", join(bin, name));
  write("root/boot/vmlinuz", "kernel\n");
  write("root/etc/os-release", "NAME=tree\n");
  write("lib/osbuild/__init__.py", "");
  write("lib/runners/org.osbuild.linux", '#!/usr/bin/sh\nexec "$@"\n', 0o755);
  return { root: join(directory, "root"), libdir: join(directory, "lib"), write };
}
