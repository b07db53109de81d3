import type { Host } from "../model/host.ts";
import { realpath } from "../model/realpath.ts";

/** The sockets of this network namespace that have a path (proc_net(5), /proc/net/unix), sorted. */
export function boundSockets(host: Host): string[] {
  const lines = host.readText("/proc/net/unix")?.split("\n") ?? [];
  const paths = lines.flatMap((line) => /^(?:\S+\s+){7}(\/.*)$/.exec(line)?.[1] ?? []);
  const real = paths.map((path) => realpath(host, path)).filter(({ stat }) => stat?.type === "socket");
  return [...new Set(real.map(({ path }) => path))].sort();
}
