import { spawnSync } from "node:child_process";

const TIMEOUT_MS = 5000;

/**
 * Whether that bwrap can make a user namespace here. Nothing but a try can tell: the kernel, its sysctls, security
 * modules and containers all have a say. It is not remembered, for a sysctl is changed in a moment.
 */
export function canMakeUsers(bwrap: string, timeout = TIMEOUT_MS): boolean {
  const options = ["--unshare-user", "--uid", "0", "--gid", "0", "--ro-bind", "/", "/", "--die-with-parent"];
  const { status, stdout } = spawnSync(bwrap, [...options, "--", bwrap, "--version"], {
    cwd: "/",
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
    stdio: ["ignore", "pipe", "ignore"],
    encoding: "utf8",
    timeout,
    killSignal: "SIGKILL",
    maxBuffer: 256 * 1024,
  });
  return status === 0 && stdout.startsWith("bubblewrap ");
}
