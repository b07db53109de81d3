import { devicesLike } from "../../device-entries.ts";
import { bubblewrapManual } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";
import { listed } from "../../words.ts";

type Found = "works" | "shown" | "root" | "disk";

/** Disks, memory and ports of the machine: whoever has one has everything. */
const WHOLE =
  /^\/dev\/(sd[a-z]|nvme\d|vd[a-z]|hd[a-z]|xvd[a-z]|mmcblk|md\d|dm-|nbd\d|zram\d|sg\d|ng\d|bsg|mtd|pmem\d|rbd\d|bcache\d|drbd\d|mem$|kmem$|port$|cpu\/|zd\d|ublkb\d|sr\d|char\/1:[124]$|(disk|block|mapper)(\/(?!control$)|$))/;

export const rule = defineRule<{ what: string; found: Found }>({
  id: "dev/full",
  severity: "error",
  title: "The host's /dev is shown, or a disk or the memory of the machine is given to the command.",
  why: "Disks, input devices and memory of the kernel lie there, closed by nothing but their permission bits: as root by nothing at all, and groups such as `disk`, `input` or `video` open some of them to you. A read-only mount does not keep anybody from writing to a device that works; one that does not work shows names and sockets (`/dev/log`).",
  sources: [bubblewrapManual],
  fix: "Take it out. `devices: [minimal]` (the default) or `[full]` brings a /dev of the sandbox's own, and single nodes can be named beside it.",
  bad: { profile: "version: 1\nextends: [base]\nmounts:\n  /dev: dev\n" },
  good: { profile: 'version: 1\nextends: [base]\ndevices: [minimal, "/dev/acme0?"]\n' },
  message: ({ what, found }) => {
    if (found === "disk") return `${what}: whoever has it has all that is on it, whatever is mounted`;
    return `the host's /dev is shown at ${what}${found === "works" ? ", and all devices in it work" : ""}`;
  },
  help: ({ found }) => {
    if (found === "root") return "write `devices: [minimal]`, which lays a /dev of the sandbox's own over it";
    return found === "disk"
      ? "take it out"
      : "take this entry out, and name the single nodes that are needed under `devices`";
  },
  *check(facts) {
    const { tree, plan } = facts;
    for (const { path, mount } of tree.places("/dev")) {
      const operation = plan.operations[mount];
      if (operation === undefined) continue;
      const works = operation.kind === "bind" && operation.access === "dev";
      const found = works ? "works" : operation.at === "/" ? "root" : "shown";
      yield { data: { what: path, found }, at: operation.origin };
    }
    for (const { paths, origin } of devicesLike(facts, WHOLE))
      yield { data: { what: listed(paths), found: "disk" }, at: origin };
  },
});
