import { isWithin } from "../../../model/path.ts";
import { shownBinds } from "../../../tree/index.ts";
import { flatpakLint, manual } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";

/** Who writes anywhere in these decides what everybody runs. */
const DEEP = [
  ...["/etc", "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/boot", "/nix/store", "/nix/var"],
  ...["/var/lib/dpkg", "/var/lib/rpm", "/var/lib/systemd"],
];
/** Projects and data lie below these as well: only all of it counts. */
const WHOLE = ["/root", "/var", "/var/lib", "/opt", "/nix"];

export const rule = defineRule<{ source: string }>({
  id: "etc/writable",
  severity: "error",
  title: "A part of the system (/etc, /usr, /boot, all of /var or /root, the Nix store) can be written.",
  why: "Run as root, the command changes what every program on the machine is; run by somebody else, the same profile fails in odd ways.",
  sources: [flatpakLint("finish-args-host-etc-filesystem-access"), manual("hier(7)")],
  fix: "Make it read-only, use `access: cow` for writes that are thrown away, or a root directory of your own.",
  bad: { profile: "version: 1\nextends: [base]\nmounts:\n  /etc: rw\n" },
  good: { profile: "version: 1\nextends: [base]\nmounts:\n  /etc/acme: ro?\n" },
  message: ({ source }) => `${source} can be written: it belongs to the system`,
  help: () => "make this entry read-only, or write `access: cow` for writes that are thrown away",
  *check(facts) {
    const { plan, host } = facts;
    for (const { source, access, origin, type } of shownBinds(facts)) {
      const isOf = DEEP.some((place) => isWithin(place, source)) || WHOLE.includes(source);
      // Root's home is told of as a home to root (`home/rw`).
      if (source === host.home) continue;
      if (!isOf || access === "ro" || isWithin(plan.project, source) || type === "socket") continue;
      yield { data: { source }, at: origin };
    }
  },
});
