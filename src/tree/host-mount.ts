import type { Host } from "../model/host.ts";
import { below, isWithin, relativeTo } from "../model/path.ts";
import { ABSENT, type Content, type Facts, ownedBy, typeOf } from "./content.ts";
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
      const stat = host.lstat(path);
      // Key by key, as standings are.
      const shown: { -readonly [Key in keyof Facts]: Facts[Key] } = {
        type: "directory",
        access: isReadOnly ? "ro" : asked,
        content: "host",
        host: path,
      };
      if (isReadOnly) shown.readOnlyHost = true;
      if (stat === undefined) {
        shown.owned = ownedBy(host, 0o755);
        return { ...ABSENT, parent: shown };
      }
      shown.type = typeOf(stat);
      if (mount?.type === "proc") {
        shown.content = "proc";
        if (OF_PROCESSES.test(relativeTo(mount.point, path))) shown.type = "unknown";
      }
      if (shown.type !== "unknown") shown.owned = stat;
      if (shown.type === "device" && access === "dev") shown.access = "device";
      if (shown.type === "link") {
        shown.content = "link";
        const target = host.readlink(path);
        if (target !== undefined) shown.target = target;
      }
      return shown;
    },
    mayLink: (inner) => host.lstat(below(source, inner))?.type === "link",
    within: (hostPath) => (isWithin(source, hostPath) ? relativeTo(source, hostPath) : undefined),
  };
}
