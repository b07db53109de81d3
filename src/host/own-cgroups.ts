import { existsSync, readFileSync } from "node:fs";
import { below, isWithin, relativeTo } from "../model/path.ts";

/** The directories of the cgroups that a process is in. */
export interface OwnCgroups {
  /** By controller of version 1; undefined where its file system is not mounted. */
  readonly v1: ReadonlyMap<string, string | undefined>;
  /** Undefined where there is no version 2, or it is not mounted. */
  readonly v2: { readonly directory: string; readonly mount: string } | undefined;
}

/** Reads `cgroup` and `mountinfo` of a process (cgroups(7)), by its directory in proc(5). */
export function ownCgroups(proc: string): OwnCgroups {
  const mounts = cgroupMounts(textOf(`${proc}/mountinfo`));
  const v1 = new Map<string, string | undefined>();
  let v2: OwnCgroups["v2"];
  for (const [, id, controllers = "", path = ""] of textOf(`${proc}/cgroup`).matchAll(/^(\d+):([^:\n]*):(.*)$/gm)) {
    if (id === "0" && controllers === "") {
      const mount = mounts.findLast(({ version }) => version === 2);
      v2 = mount && { directory: visible(mount, path), mount: mount.point };
      continue;
    }
    for (const controller of controllers.split(",")) {
      const mount = mounts.findLast(({ version, options }) => version === 1 && options.includes(controller));
      v1.set(controller, mount && visible(mount, path));
    }
  }
  return { v1, v2 };
}

interface CgroupMount {
  readonly version: 1 | 2;
  /** The cgroup that it shows. */
  readonly root: string;
  readonly point: string;
  /** In version 1 the controllers are among them. */
  readonly options: readonly string[];
}

function cgroupMounts(text: string): CgroupMount[] {
  // id parent major:minor root point options [optional fields…] - type source super-options
  const line = /^\S+ \S+ \S+ (\S+) (\S+) .* - (cgroup2?) \S+ (\S+)$/gm;
  return [...text.matchAll(line)].map(([, root = "", point = "", type, options = ""]) => {
    return { version: type === "cgroup2" ? 2 : 1, root, point, options: options.split(",") };
  });
}

/**
 * The directory of a cgroup. In a container its path may be that of the host, while the mount shows only a part: then
 * the mount's root is the nearest thing to it.
 */
function visible({ root, point }: CgroupMount, path: string): string {
  // `/../x` is how a cgroup outside of the cgroup namespace is written (cgroup_namespaces(7)).
  if (!isWithin(root, path) || path.includes("/..")) return point;
  const directory = below(point, relativeTo(root, path));
  return existsSync(directory) ? directory : point;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
