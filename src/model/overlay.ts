/** Who can read what a copy-on-write view left in its upper layer: the kernel, and with it bwrap, or fuse-overlayfs. */
export type LayerFormat = "overlayfs" | "fuse-overlayfs";

/** What a copy-on-write view is wanted for. */
export interface OverlayWish {
  /** The lower directory; absolute, without links. */
  readonly source: string;
  /** The directory that keeps the layer, and what an earlier run left there. */
  readonly keep?: { readonly directory: string; readonly format: LayerFormat | undefined };
  /** Whether bwrap makes a user namespace also where it need not. */
  readonly userNamespace: boolean;
  readonly project: string;
  /** Host directories that the command can write: no program is taken from there. */
  readonly writable: readonly string[];
}

/** What makes it on this machine, or for each way why it is none. */
export type OverlayBackend =
  | { readonly by: "bwrap" }
  | { readonly by: "fuse-overlayfs"; readonly program: string }
  | { readonly by: "kernel" }
  | { readonly missing: readonly string[] };

/** What says in a directory that it keeps a layer, and the names of the two parts of that. */
export const LAYER_FILE = "layer.json";
export const UPPER = "upper";
export const WORK = "work";

/** What {@link LAYER_FILE} says. */
export interface KeptLayer {
  readonly source: string;
  readonly format: LayerFormat;
}

const VERSION = 1;

export const layerText = ({ source, format }: KeptLayer): string =>
  `${JSON.stringify({ version: VERSION, source, format })}\n`;

/** undefined when it says something else. */
export function parseLayer(text: string): KeptLayer | undefined {
  try {
    const { version, source, format } = JSON.parse(text) as Partial<Record<string, unknown>>;
    if (version !== VERSION || typeof source !== "string") return undefined;
    return format === "overlayfs" || format === "fuse-overlayfs" ? { source, format } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Steps that belong to one run: a layer has one user at a time, and every run of a session begins with a fresh one; and
 * files may have been linked from a store since the last run.
 */
export const isOfOneRun = ({ kind }: { readonly kind: string }): boolean =>
  kind === "keep-layer" || kind === "mount-overlay" || kind === "copy-hard-links";
