import type { Host } from "../model/host.ts";

/** The sockets of this network namespace that have a path (proc_net(5), /proc/net/unix), sorted. */
export function boundSockets(host: Host): string[] {
  const lines = host.readText("/proc/net/unix")?.split("\n") ?? [];
  const paths = lines.flatMap((line) => /^(?:\S+\s+){7}(\/.*)$/.exec(line)?.[1] ?? []);
  return [...new Set(paths)].filter((path) => host.lstat(path)?.type === "socket").sort();
}
