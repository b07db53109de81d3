import type { DescribedFile, Machine } from "../model/machine.ts";

const DIRECTORIES = [
  "/boot",
  "/etc",
  "/etc/alternatives",
  "/etc/fonts",
  "/etc/ld.so.conf.d",
  "/etc/ssh",
  "/etc/ssl/certs",
  "/home/user",
  "/media",
  "/mnt",
  "/opt",
  "/root",
  "/run/lock",
  "/run/systemd/resolve",
  "/srv",
  "/sys/class",
  "/sys/devices/system/cpu",
  "/sys/fs/cgroup",
  "/usr/bin",
  "/usr/lib",
  "/usr/lib64",
  "/usr/local/bin",
  "/usr/local/lib",
  "/usr/sbin",
  "/usr/share",
  "/var/cache",
  "/var/lib",
  "/var/log",
  "/var/spool",
];

const FILES = [
  "/etc/group",
  "/etc/hosts",
  "/etc/hostname",
  "/etc/ld.so.cache",
  "/etc/ld.so.conf",
  "/etc/localtime",
  "/etc/machine-id",
  "/etc/nsswitch.conf",
  "/etc/os-release",
  "/etc/passwd",
  "/etc/protocols",
  "/etc/services",
  "/etc/ssh/ssh_config",
  "/run/systemd/resolve/stub-resolv.conf",
  "/proc/cmdline",
  "/proc/sys/kernel/core_pattern",
  "/usr/bin/bwrap",
  "/usr/bin/env",
  "/usr/bin/sh",
];

const LINKS: Readonly<Record<string, string>> = {
  "/bin": "usr/bin",
  "/sbin": "usr/sbin",
  "/lib": "usr/lib",
  "/lib64": "usr/lib64",
  "/etc/resolv.conf": "../run/systemd/resolve/stub-resolv.conf",
  "/var/run": "/run",
};

const NODES = ["null", "zero", "full", "random", "urandom", "tty", "fuse", "kvm", "console", "ptmx"];

const files: Record<string, DescribedFile> = {
  "/tmp": { type: "directory", mode: 0o1777 },
  "/var/tmp": { type: "directory", mode: 0o1777 },
  "/dev/shm": { type: "directory", mode: 0o1777 },
  "/run/user/1000": { type: "directory", mode: 0o700, uid: 1000, gid: 1000 },
};
for (const path of DIRECTORIES) files[path] = { type: "directory" };
for (const path of FILES) files[path] = { type: "file" };
for (const [path, target] of Object.entries(LINKS)) files[path] = { target };
for (const name of NODES) files[`/dev/${name}`] = { type: "character", mode: 0o666 };

/** Where a profile that lies in no directory is used from there. */
export const TYPICAL_PROJECT = "/home/user/project";

/** What `--offline` assumes: an ordinary user's Linux desktop or server, the same for everybody. */
export const TYPICAL_MACHINE: Machine & Required<Pick<Machine, "files" | "env" | "home">> = {
  home: "/home/user",
  uid: 1000,
  gid: 1000,
  user: "user",
  env: {
    HOME: "/home/user",
    USER: "user",
    LOGNAME: "user",
    SHELL: "/bin/sh",
    LANG: "C.UTF-8",
    TERM: "xterm-256color",
    PATH: "/usr/local/bin:/usr/bin:/bin",
    XDG_RUNTIME_DIR: "/run/user/1000",
  },
  files,
};
