import type { Entry, Leaf } from "../model/effective.ts";
import type { Operation } from "../model/plan.gen.ts";
import type { Context } from "./context.ts";
import type { Draft } from "./draft.ts";
import { markedDraft, mountDraft } from "./mounts.ts";
import { badUnit } from "./problems.ts";
import { sizeBytes } from "./units.ts";

/** Where everybody expects to be able to write: sticky, as on every system (hier(7)). */
const STICKY: ReadonlySet<string> = new Set(["/tmp", "/var/tmp", "/dev/shm"]);

/** The operations of everything that the author put at a destination, in the order of declaration. */
export function entryDrafts(context: Context): Draft[] {
  return [...context.effective.entries].map(([at, leaf]) => entryDraft(context, at, leaf));
}

function entryDraft(context: Context, at: string, leaf: Leaf<Entry>): Draft {
  const { origin, value: entry, layer } = leaf;
  const present = true;
  const draft = (operation: Operation, needs: Draft["needs"]): Draft => ({
    operation,
    needs,
    steps: [],
    layer,
    strong: entry.kind === "file",
  });
  switch (entry.kind) {
    case "mount":
      return mountDraft(context, at, { ...leaf, value: entry.spec });
    case "marked":
      return markedDraft(context, at, { ...leaf, value: entry.spec });
    case "tmpfs": {
      const mode = modeOf(entry.spec.mode) ?? (STICKY.has(at) ? "1777" : "0755");
      const size = entry.spec.size === undefined ? undefined : sizeBytes(String(entry.spec.size));
      if (entry.spec.size !== undefined && !size) {
        context.report(badUnit({ text: String(entry.spec.size), expected: "size", example: "64M" }, origin));
      }
      return draft({ kind: "tmpfs", at, mode, ...(size ? { size } : {}), present, origin }, "directory");
    }
    case "dir":
      return draft(
        { kind: "dir", at, mode: modeOf(entry.spec.mode) ?? "0755", implied: false, present, origin },
        "directory",
      );
    case "file":
      return draft(
        { kind: "file", at, content: entry.spec.content, mode: modeOf(entry.spec.mode) ?? "0444", present, origin },
        "file",
      );
    case "symlink":
      return draft({ kind: "symlink", at, target: entry.spec, present, origin }, "link");
  }
}

/** Four octal digits. The schema admits numbers for editors' sake; sbx itself only ever sees the text. */
const modeOf = (mode: string | number | undefined): string | undefined =>
  mode === undefined ? undefined : String(mode).padStart(4, "0");
