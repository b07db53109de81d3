import { below } from "../model/path.ts";
import type { Context } from "./context.ts";
import type { Draft } from "./draft.ts";
import { noProcFile } from "./problems.ts";

/** The operations of `proc`: a fresh procfs, and files bound over some of its own. */
export function procDrafts(context: Context): Draft[] {
  const { mounted, overrides } = context.effective.proc;
  if (!mounted.value) return [];
  const whole: Draft = {
    operation: { kind: "proc", at: "/proc", present: true, origin: mounted.origin },
    needs: "directory",
    steps: [],
    layer: mounted.layer,
    leads: true,
  };
  for (const [name, { origin }] of overrides) {
    const own = /^(self|thread-self|[0-9]+)(\/|$)/.test(name);
    if (own || context.host.lstat(below("/proc", name)) === undefined)
      context.report(noProcFile({ name, own }, origin));
  }
  const files = [...overrides].map(([name, { value: content, origin, layer }]): Draft => {
    const at = below("/proc", name);
    return {
      operation: { kind: "file", at, content, mode: "0444", present: true, origin },
      needs: "file",
      steps: [],
      layer,
      partOf: "/proc",
    };
  });
  return [whole, ...rootGuards(context, whole), ...files];
}

/** What of procfs has files that may be written by user id; bwrap covers bus, irq and sysrq-trigger itself. */
const WRITABLE = ["acpi", "asound", "driver", "fs", "mtrr", "scsi", "sys", "tty"];

/**
 * Real root may write sysctl(5) files without any capability, in whatever namespace: proc(5) asks for the user id
 * alone, and /proc/sys/kernel/core_pattern names a program that the kernel starts outside of every sandbox. Making
 * user namespaces needs a writable /proc/self/uid_map (user_namespaces(7)).
 */
function rootGuards({ effective, host }: Context, { operation: { origin }, layer }: Draft): Draft[] {
  if (host.uid !== 0) return [];
  const part = { needs: "directory", steps: [], layer, partOf: "/proc" } as const;
  if (!effective.namespaces.nested.value) {
    return [{ operation: { kind: "remount-ro", at: "/proc", present: true, origin }, ...part }];
  }
  return WRITABLE.flatMap((name): Draft[] => {
    const at = below("/proc", name);
    const type = host.lstat(at)?.type;
    if (type !== "directory" && type !== "file") return [];
    const operation = {
      kind: "bind",
      at,
      source: at,
      access: "ro",
      missing: "fail",
      type,
      present: true,
      origin,
    } as const;
    return [{ operation, ...part, needs: type }];
  });
}
