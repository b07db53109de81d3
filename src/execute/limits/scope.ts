import { type FSWatcher, readFileSync, watch } from "node:fs";
import type { CgroupLimit, Service } from "../../model/limits.ts";
import { below } from "../../model/path.ts";
import { textOf } from "../processes.ts";
import type { Cgroup } from "./cgroup.ts";
import { struckIn } from "./counters.ts";
import { type Failure, giveUp, type Warn } from "./fallible.ts";
import { settingsOf } from "./settings.ts";
import { warnOfSwap } from "./swap.ts";
import { whyOpen } from "./writable.ts";

const PATIENCE_MS = 10_000;
const LOOK_AGAIN_MS = 2;
const COUNTERS = ["memory.events", "pids.events"];

/**
 * A cgroup that systemd makes: a transient scope, as systemd-run(1) asks for. Asked by busctl(1) instead, because a scope
 * can then be had for a process that exists: systemd-run would have to stand in front of bwrap, whose environment is the
 * command's and tells no systemd, and whose monitor would run out of memory with the rest. It ends with its processes.
 */
export function scopeOf({ busctl, bus, mount, limits }: Service, warn: Warn, patienceMs = PATIENCE_MS): Cgroup {
  const unit = `sbx-${process.pid}-${Math.random().toString(36).slice(2)}.scope`;
  const reached = new Set<CgroupLimit>();
  const watchers: FSWatcher[] = [];
  let look = () => {};
  return {
    enter(pid) {
      const failure = whyOpen(pid) ?? ask(busctl, bus, startScope(unit, pid, limits));
      const directory = failure ? undefined : awaited(() => scopeDirectory(pid, unit, mount), patienceMs);
      if (directory === undefined) {
        return giveUp(limits, failure ?? { why: `systemd did not put the sandbox into ${unit}` }, warn);
      }
      look = () => {
        const counted = { version: 2, outer: directory, inner: directory } as const;
        for (const limit of struckIn(counted, limits)) reached.add(limit);
      };
      // systemd removes the cgroup, and the counters with it, as soon as it is empty.
      watchers.push(...COUNTERS.flatMap((file) => follow(below(directory, file), look) ?? []));
      for (const limit of limits) {
        const why = whyNotHeld(directory, limit, warn);
        const problem = why && giveUp([limit], why, warn);
        if (problem) return problem;
      }
      return undefined;
    },
    struck() {
      look();
      for (const watcher of watchers.splice(0)) watcher.close();
      return [...reached];
    },
  };
}

/** The arguments of a method call on systemd's manager object (org.freedesktop.systemd1(5)), as busctl takes them. */
function startScope(unit: string, pid: number, limits: readonly CgroupLimit[]): string[] {
  const properties = [
    ["Description", "s", "sandbox of sbx"],
    ["PIDs", "au", "1", String(pid)],
    // Else a systemd from 253 on ends the whole scope when the kernel ended one process of it.
    ["Delegate", "b", "true"],
    // Forgotten when it ends, also when it failed.
    ["CollectMode", "s", "inactive-or-failed"],
    ...limits.flatMap(propertiesOf),
  ];
  return [
    ...["org.freedesktop.systemd1", "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager"],
    ...["StartTransientUnit", "ssa(sv)a(sa(sv))", unit, "fail"],
    ...[String(properties.length), ...properties.flat(), "0"],
  ];
}

function propertiesOf({ name, value }: CgroupLimit): string[][] {
  switch (name) {
    case "memory":
      return [
        ["MemoryMax", "t", String(value)],
        ["MemorySwapMax", "t", "0"],
      ];
    case "tasks":
      return [["TasksMax", "t", String(value)]];
    case "cpus":
      return [["CPUQuotaPerSecUSec", "t", String(Math.round(value * 1_000_000))]];
  }
}

function ask(busctl: string, bus: string, call: readonly string[]): Failure | undefined {
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  // D-Bus Specification, Server Addresses: other bytes are escaped.
  const address = Buffer.from(bus)
    .toString("latin1")
    .replace(/[^\w\-/.\\*]/g, (byte) => `%${hex(byte)}`);
  const { error, status, stderr } = spawnSync(busctl, [`--address=unix:path=${address}`, "--quiet", "call", ...call], {
    env: { LC_ALL: "C" },
    stdio: ["ignore", "ignore", "pipe"],
    encoding: "utf8",
    timeout: PATIENCE_MS,
  });
  if (error) return { why: `${busctl}: ${error.message}` };
  return status === 0 ? undefined : { why: `systemd refused it: ${stderr.trim()}` };
}

const hex = (byte: string): string => byte.charCodeAt(0).toString(16).padStart(2, "0");

/** The directory of the scope, once the process is in it. */
function scopeDirectory(pid: number, unit: string, mount: string): string | undefined {
  const path = /^0::(.*)$/m.exec(textOf(`/proc/${pid}/cgroup`))?.[1];
  return path?.endsWith(`/${unit}`) ? `${mount}${path}` : undefined;
}

/** What `look` finds, as soon as it does. Nothing else is to happen meanwhile: the sandbox waits. */
function awaited<T>(look: () => T | undefined, patienceMs: number): T | undefined {
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  for (let waited = 0; waited < patienceMs; waited += LOOK_AGAIN_MS) {
    const found = look();
    if (found !== undefined) return found;
    Atomics.wait(nobody, 0, 0, LOOK_AGAIN_MS);
  }
  return undefined;
}

/** systemd sets what it can and says nothing of the rest: a controller may not have been delegated to it. */
function whyNotHeld(directory: string, limit: CgroupLimit, warn: Warn): Failure | undefined {
  for (const { file, holds, missing } of settingsOf(2, limit.name, limit.value)) {
    const path = below(directory, file);
    try {
      if (!holds(readFileSync(path, "utf8"))) return { why: `systemd did not set ${path}` };
    } catch {
      if (missing === undefined) return { why: `systemd did not make ${path}` };
      if (missing === "swap-not-counted") warnOfSwap(limit, warn);
    }
  }
  return undefined;
}

/** Calls back whenever the kernel changes a counter; keeps nothing alive. */
function follow(file: string, changed: () => void): FSWatcher | undefined {
  try {
    return watch(file, { persistent: false }, changed).on("error", () => {});
  } catch {
    // Then what is left at the end has to do.
    return undefined;
  }
}
