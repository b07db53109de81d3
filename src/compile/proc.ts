import { below } from "../model/path.ts";
import type { Context } from "./context.ts";
import type { Draft } from "./draft.ts";

/** The operations of `proc`: a fresh procfs, and files bound over some of its own. */
export function procDrafts({ effective }: Context): Draft[] {
  const { mounted, overrides } = effective.proc;
  if (!mounted.value) return [];
  const whole: Draft = {
    operation: { kind: "proc", at: "/proc", present: true, origin: mounted.origin },
    needs: "directory",
    steps: [],
    layer: mounted.layer,
    leads: true,
  };
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
  return [whole, ...files];
}
