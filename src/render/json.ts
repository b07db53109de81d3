import type { Input, Invocation } from "../model/invocation.ts";
import type { Plan, Step } from "../model/plan.gen.ts";

/** What takes a step back, as data. */
interface Inverse {
  readonly kind: "remove-empty" | "remove-tree" | "unmount" | "stop";
  readonly path: string;
}

/** A rendered call as a program reads it (schema/render.schema.json). Render a redacted plan to hide values. */
export interface RenderedCall extends Omit<Invocation, "inputs" | "before"> {
  /** What descriptors hold, or which file they are. */
  readonly inputs: readonly (Input | { readonly fd: number; readonly open: string })[];
  readonly prepare: readonly Step[];
  /** In the order in which it is to be done. */
  readonly undo: readonly Inverse[];
}

export function renderJson(invocation: Invocation, plan: Plan): RenderedCall {
  const stdin = plan.process.stdin.value === "none" ? [{ fd: 0, open: "/dev/null" }] : [];
  const { before = [], ...call } = invocation;
  const [file = call.file, ...words] = [...before, call.file, ...call.args];
  return {
    ...call,
    file,
    args: words,
    inputs: [...stdin, ...invocation.inputs],
    prepare: plan.prepare,
    undo: plan.prepare.flatMap(inverse).reverse(),
  };
}

function inverse(step: Step): Inverse[] {
  switch (step.kind) {
    case "make-directory":
    case "make-file":
    case "keep-layer":
    case "copy-hard-links":
      return [];
    case "mount-point":
      return [{ kind: "remove-empty", path: step.path }];
    case "scratch":
      return [{ kind: "remove-tree", path: step.path }];
    case "mount-overlay":
    case "mount-tmpfs":
      return [{ kind: "unmount", path: step.path }];
    case "make-node":
      return [];
    case "start-api":
      return [{ kind: "stop", path: step.socket }];
  }
}
