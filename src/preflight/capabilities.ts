import type { Host } from "../model/host.ts";
import type { Plan } from "../model/plan.gen.ts";

/** In the order of their numbers (linux/capability.h). */
const NAMES = (
  "CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE " +
  "NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN " +
  "SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE " +
  "MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE"
).split(" ");

/**
 * The capabilities that the command is to have and that root here has not. capset(2) then fails for the whole set, and
 * bwrap, which takes that for a seccomp filter when it runs as root, goes on with every capability it has (measured with
 * 0.8 to 0.13).
 */
export function lackedCapabilities({ capabilities, namespaces }: Plan, host: Host): string[] {
  const { add } = capabilities.value;
  if (host.uid !== 0 || namespaces.user.value === true || add.length === 0) return [];
  const permitted = /^CapPrm:\s*([0-9a-f]+)$/m.exec(host.readText("/proc/self/status") ?? "")?.[1] ?? "0";
  const isHeld = (name: string) => {
    const bit = NAMES.indexOf(name.replace(/^CAP_/, ""));
    return bit >= 0 && ((BigInt(`0x${permitted}`) >> BigInt(bit)) & 1n) === 1n;
  };
  return add.filter((name) => !isHeld(name));
}
