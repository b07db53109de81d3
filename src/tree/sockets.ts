import type { Host } from "../model/host.ts";
import { realpath } from "../model/realpath.ts";

interface Sockets {
  /** Paths without links, sorted. */
  readonly bound: readonly string[];
  /** Names in the abstract space, each with an `@` in front. */
  readonly abstract: readonly string[];
}

/** By what a machine is read with: what is laid over its files is no other machine. */
const known = new WeakMap<Host["readText"], Sockets>();

/** The sockets of this network namespace that have a path (proc_net(5), /proc/net/unix), sorted. */
export const boundSockets = (host: Host): readonly string[] => socketsOf(host).bound;

/** Those of the abstract space (unix(7)), which belong to the network namespace and to no file. */
export const abstractSockets = (host: Host): readonly string[] => socketsOf(host).abstract;

function socketsOf(host: Host): Sockets {
  const before = known.get(host.readText);
  if (before !== undefined) return before;
  const lines = host.readText("/proc/net/unix")?.split("\n") ?? [];
  const names = lines.flatMap((line) => /^(?:\S+\s+){7}([/@].*)$/.exec(line)?.[1] ?? []);
  const real = names.filter((name) => name.startsWith("/")).map((path) => realpath(host, path));
  const bound = real.filter(({ stat }) => stat?.type === "socket").map(({ path }) => path);
  const sockets = {
    bound: [...new Set(bound)].sort(),
    abstract: names.filter((name) => name.startsWith("@")),
  };
  known.set(host.readText, sockets);
  return sockets;
}
