import type { Host } from "../model/host.ts";
import { below, isWithin, relativeTo } from "../model/path.ts";
import { ABSENT, type Content, ownedBy, typeOf } from "./content.ts";
import type { MountFinder } from "./mount-finder.ts";

/** What procfs has for each process, and for whoever looks (proc(5)). */
const OF_PROCESSES = /^(\d+|self|thread-self|net|mounts)(\/|$)/;

/** A host path with everything mounted below it; without `mountAt` it doesn't matter how the host mounts it. */
export function hostMount(
  { host, mountAt }: { readonly host: Host; readonly mountAt?: MountFinder },
  source: string,
  access: "ro" | "rw" | "dev",
): Content {
  const asked = access === "ro" ? "ro" : "rw";
  return {
    kind: "mount",
    look(inner) {
      const path = below(source, inner);
      const mount = mountAt?.(path);
      // mount(2): a bind mount has the flags of what it shows.
      const isReadOnly = asked === "rw" && mount?.readOnly === true;
      const ground = {
        access: isReadOnly ? "ro" : asked,
        host: path,
        ...(isReadOnly ? { readOnlyHost: true as const } : {}),
      } as const;
      const stat = host.lstat(path);
      if (stat === undefined) {
        const owned = ownedBy(host, 0o755);
        return { ...ABSENT, parent: { type: "directory", content: "host", owned, ...ground } };
      }
      const isProc = mount?.type === "proc";
      if (isProc && OF_PROCESSES.test(relativeTo(mount.point, path))) {
        return { ...ground, type: "unknown", content: "proc" };
      }
      const type = typeOf(stat);
      const target = stat.type === "link" ? host.readlink(path) : undefined;
      return {
        ...ground,
        type,
        access: type === "device" && access === "dev" ? "device" : ground.access,
        content: type === "link" ? "link" : isProc ? "proc" : "host",
        ...(type === "unknown" ? {} : { owned: stat }),
        ...(target === undefined ? {} : { target }),
      };
    },
    mayLink: (inner) => host.lstat(below(source, inner))?.type === "link",
    within: (hostPath) => (isWithin(source, hostPath) ? relativeTo(source, hostPath) : undefined),
  };
}
