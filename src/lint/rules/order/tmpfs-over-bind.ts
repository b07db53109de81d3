import { isWithin } from "../../../model/path.ts";
import type { Operation } from "../../../model/plan.gen.ts";
import { DEFAULT_ORIGIN } from "../../../model/source.ts";
import { issue } from "../../evidence.ts";
import { writtenKey, writtenPath } from "../../mend.ts";
import { defineRule } from "../../rule.ts";

export const rule = defineRule<{ at: string; key: string; host: string }>({
  id: "order/tmpfs-over-bind",
  severity: "warning",
  title: "A tmpfs without a size lies over a directory of the host that the command could write.",
  why: "What is written there looks as if it were kept, and is gone with the sandbox: people have lost work that way. Where it is meant, a size says so.",
  sources: [issue("containers/bubblewrap", 365)],
  fix: "Give it a size to say that it is meant, take it out, or mask the directory if it is to be hidden.",
  bad: { profile: "version: 1\nextends: [base]\nmounts:\n  .: rw\ntmpfs: [./build]\n" },
  good: { profile: "version: 1\nextends: [base]\nmounts:\n  .: rw\ntmpfs:\n  ./build: {size: 1G}\n" },
  message: ({ at, host }) => `what is written to ${at} is gone with the sandbox, though ${host} around it is kept`,
  help: ({ key }) => `write \`tmpfs: {${key}: {size: 1G}}\` if that is meant, or take it out`,
  *check(facts) {
    const { plan, source } = facts;
    for (const [index, operation] of plan.operations.entries()) {
      if (operation.kind !== "tmpfs" || !operation.present || operation.size !== undefined) continue;
      const { at, origin } = operation;
      if (origin.file === DEFAULT_ORIGIN.file || at === "/" || isUsual(operation)) continue;
      const below = plan.operations.findLast(
        (other, before) => before < index && other.present && covers(other) && isWithin(other.at, at),
      );
      // In a root of the author's own, places for a run's own files are what one expects.
      if (below?.kind !== "bind" || below.access === "ro" || below.at === "/" || !below.source.startsWith("/"))
        continue;
      const around = below.source === source.directory ? "what is" : writtenPath(facts, below.source);
      yield {
        data: { at: writtenPath(facts, at), key: writtenKey(facts, at), host: around },
        at: origin,
        related: [{ ...placeOf(below.origin), message: "writable by this entry" }],
      };
    }
  },
});

/** Everybody knows that these don't last, and has them of a built-in. */
const isUsual = ({ at, origin }: Pick<Operation, "at" | "origin">): boolean =>
  origin.file.startsWith("builtin:") && /^\/(tmp|var\/tmp|run)$/.test(at);

const covers = ({ kind }: { readonly kind: string }): boolean =>
  kind === "bind" || kind === "overlay" || kind === "tmpfs";

const placeOf = ({ file, line, column }: { file: string; line: number; column: number }) => ({ file, line, column });
