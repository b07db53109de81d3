import type { CgroupLimit, Hierarchy, SettledLimits } from "../model/limits.ts";

type Controller = "memory" | "pids" | "cpu";

/** Where a cgroup can be made on this machine. */
export interface CgroupsHere {
  readonly findCgroups: (wanted: readonly Controller[]) => {
    readonly parents: Readonly<Partial<Record<Controller, Parent>>>;
    /** Why there is no parent for a controller. */
    readonly reasons: Readonly<Partial<Record<Controller, string>>>;
    /** The systemd that makes cgroups on request. */
    readonly service:
      | { readonly bus: string; readonly mount: string; readonly controllers: readonly Controller[] }
      | undefined;
  };
  /** Looks for busctl(1) on the host, by which systemd is asked. */
  readonly findBusctl: () => string | undefined;
}

interface Parent {
  readonly version: 1 | 2;
  readonly directory: string;
}

const CONTROLLERS = { memory: "memory", tasks: "pids", cpus: "cpu" } as const;
/** 1 ms of every second is the least that the kernel gives (min_bw_runtime and max_bw_runtime in sched/core.c). */
const LEAST_CPUS = 0.001;

/** Tells that a limit can't be enforced. */
type Fail = (limit: CgroupLimit, why: string, fix?: string) => void;

/** sbx's own cgroup if it gets all limits, else systemd's if that gets more, else what there is. */
export function settleCgroup(
  wanted: readonly CgroupLimit[],
  { findCgroups, findBusctl }: CgroupsHere,
  fail: Fail,
): SettledLimits["cgroup"] {
  const limits = wanted.filter(({ name, value }) => name !== "cpus" || value >= LEAST_CPUS);
  for (const limit of wanted) {
    if (!limits.includes(limit)) fail(limit, `the least that the kernel gives is ${LEAST_CPUS} of a processor`);
  }
  if (limits.length === 0) return undefined;
  const { parents, reasons, service } = findCgroups(limits.map(({ name }) => CONTROLLERS[name]));
  const ours = limits.filter(({ name }) => parents[CONTROLLERS[name]] !== undefined);
  const theirs = limits.filter(({ name }) => service?.controllers.includes(CONTROLLERS[name]));
  const busctl = theirs.length > ours.length ? findBusctl() : undefined;

  const enforced = busctl === undefined ? ours : theirs;
  for (const limit of limits.filter((each) => !enforced.includes(each))) {
    const controller = CONTROLLERS[limit.name];
    const reason = reasons[controller] ?? "nobody hands on what it takes";
    if (service === undefined) fail(limit, reason);
    else if (theirs.includes(limit)) fail(limit, `${reason}, and busctl, which asks systemd, was not found`);
    else fail(limit, `${reason}, and neither does systemd`, DELEGATE);
  }
  if (enforced.length === 0) return undefined;
  if (service !== undefined && busctl !== undefined) {
    return { kind: "systemd", busctl, bus: service.bus, mount: service.mount, limits: enforced };
  }
  return { kind: "directories", hierarchies: byParent(ours, parents) };
}

const DELEGATE = `let systemd hand it on: \`sudo systemctl edit user@.service\`, with \`Delegate=memory pids cpu\` below \`[Service]\``;

/** Controllers that are mounted together share a directory. */
function byParent(limits: readonly CgroupLimit[], parents: Readonly<Partial<Record<Controller, Parent>>>): Hierarchy[] {
  const found = new Map<string, { readonly version: 1 | 2; readonly parent: string; readonly limits: CgroupLimit[] }>();
  for (const limit of limits) {
    const parent = parents[CONTROLLERS[limit.name]];
    if (parent === undefined) continue;
    const known = found.get(parent.directory) ?? { version: parent.version, parent: parent.directory, limits: [] };
    known.limits.push(limit);
    found.set(parent.directory, known);
  }
  return [...found.values()];
}
