import type { LayerFormat, OverlayBackend, OverlayWish } from "../model/overlay.ts";
import type { OverlayOperation, Step } from "../model/plan.gen.ts";
import type { Context } from "./context.ts";
import { formatIn, isKeeping, type Keeping, missingAbove, refuseKeep } from "./keep.ts";
import { noOverlay } from "./layer-problems.ts";
import { runName } from "./mounts.ts";
import { hasHostSource, type Placed } from "./place.ts";

/** Tells who can make a view on this machine; asked only where a profile wants one. */
export type Overlays = (wish: OverlayWish) => OverlayBackend;

// Of bwrap's own, as it makes the directory that is seen at the mount point.
const BWRAP_MODE = 0o755;

/**
 * Settles who makes each copy-on-write view: bwrap's own overlay, else one that a step mounts on the host before. It
 * stays one operation, so that everything that asks what stands in it gets the same answer whoever makes it.
 */
export function settleLayers(placed: Placed, context: Context, overlays: Overlays | undefined): Placed {
  const views = placed.operations.filter(
    (operation): operation is OverlayOperation => operation.kind === "overlay" && operation.present,
  );
  if (views.length === 0) return placed;
  const { host, effective, report } = context;
  const writable = placed.operations.flatMap((operation) =>
    operation.kind === "bind" && operation.access !== "ro" && hasHostSource(operation)
      ? [{ path: operation.source, at: operation.at }]
      : [],
  );
  const settled = new Map<OverlayOperation, OverlayOperation>();
  const steps: Step[] = [];
  const others: { path: string; at: string }[] = [];
  for (const view of views) {
    if (isKeeping(view)) {
      const problem = refuseKeep(view, { writable, others }, host);
      others.push({ path: view.keep, at: view.at });
      if (problem) {
        report(problem);
        continue;
      }
    }
    const backend = overlays?.({
      source: view.source,
      ...(isKeeping(view) && { keep: { directory: view.keep, format: formatIn(view.keep, host) } }),
      userNamespace: effective.namespaces.user.value !== false,
      project: effective.project,
      writable: writable.map(({ path }) => path),
    }) ?? { by: "bwrap" };
    if ("missing" in backend) {
      report(noOverlay({ at: view.at, source: view.source, missing: backend.missing }, view.origin));
      continue;
    }
    // What lies on the way to mounts is known when there are masks and protections, too.
    if (isKeeping(view)) steps.push(...keepSteps(view, backend, context));
    settled.set(view, settledView(view, backend, context));
    if (backend.by !== "bwrap") steps.push(mountStep(view, backend));
  }
  const operations = placed.operations.map((operation) =>
    operation.kind === "overlay" ? (settled.get(operation) ?? operation) : operation,
  );
  return { operations, steps: [...placed.steps, ...steps] };
}

type Backend = Exclude<OverlayBackend, { readonly missing: readonly string[] }>;

const placeOf = ({ at }: OverlayOperation): string => runName("cow", at);

function settledView(view: OverlayOperation, backend: Backend, { host }: Context): OverlayOperation {
  if (backend.by !== "bwrap") return { ...view, by: backend.by, place: placeOf(view) };
  const mode = host.lstat(view.source)?.mode ?? BWRAP_MODE;
  // A kept layer has the mode from the step that makes it.
  if (mode === BWRAP_MODE || isKeeping(view)) return view;
  return { ...view, mode: mode.toString(8).padStart(4, "0") };
}

function keepSteps({ keep, source, origin }: Keeping, { by }: Backend, { host }: Context): Step[] {
  const format: LayerFormat = by === "fuse-overlayfs" ? by : "overlayfs";
  const parents = missingAbove(keep, host).map(
    (path): Step => ({ kind: "make-directory", path, mode: "0755", origin }),
  );
  return [...parents, { kind: "keep-layer", path: keep, source, format, through: [], origin }];
}

function mountStep(view: OverlayOperation, backend: Exclude<Backend, { readonly by: "bwrap" }>): Step {
  const { source, keep, origin } = view;
  return {
    kind: "mount-overlay",
    path: placeOf(view),
    source,
    ...(keep !== undefined && { keep }),
    ...backend,
    origin,
  };
}
