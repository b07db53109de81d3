import { DEFAULT_ORIGIN } from "../../../model/source.ts";
import { showing } from "../../../tree/index.ts";
import { flatpakLint } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";

export const rule = defineRule<{ access: "rw" | "ro"; instead: string }>({
  id: "host/root-rw",
  severity: "error",
  title: "The host's root is shown, writable, or readable without a single mask (a warning).",
  why: "Everything is granted, and what must not be is left to lists of exceptions that somebody has to think of. Writable it is no sandbox.",
  sources: [flatpakLint("finish-args-host-root-filesystem-access"), flatpakLint("finish-args-host-filesystem-access")],
  fix: "Start from the built-in `base` and grant what is needed; where the whole system is wanted, extend `host-ro`, which brings the masks.",
  bad: { profile: "version: 1\nmounts:\n  /host: {from: /, access: rw}\n" },
  good: { profile: "version: 1\nextends: [host-ro]\n" },
  message: ({ access }) =>
    access === "rw" ? "the host's root can be written" : "all of the host can be read, and nothing is masked",
  help: ({ access, instead }) =>
    access === "rw"
      ? `write \`${instead}\`, and better \`extends: [base]\` with what is needed`
      : "extend `host-ro`, which masks what must not be read",
  *check({ tree, plan, effective }) {
    // One for a name that is nowhere hides nothing, and is no operation.
    const hasMasks = plan.operations.some(
      ({ kind, present, origin }) => kind === "mask" && present && origin.file !== DEFAULT_ORIGIN.file,
    );
    for (const place of tree.places("/")) {
      const operation = showing(tree, place);
      if (operation === undefined) continue;
      const isWritable = place.access === "rw" && operation.kind !== "overlay";
      // Read-only, the host's own root has a name (`root/host`).
      const instead = operation.origin === effective.root.origin ? "root: host" : "access: ro";
      const at = operation.origin;
      if (isWritable) yield { data: { access: "rw", instead }, at };
      else if (!hasMasks) yield { data: { access: "ro", instead }, at, severity: "warning" };
    }
  },
});
