import type { Node, ScalarNode } from "../../../model/node.ts";
import type { KeyRoute, Origin } from "../../../model/source.ts";
import { manual } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";

/** Paths of one person or one kind of machine, and what to write instead. */
const SPECIFIC: readonly (readonly [RegExp, string, string])[] = [
  [/^\/(home|Users)\/[^/$*]+(?=\/|$)/, "of one person", "~"],
  [/^\/run\/user\/\d+(?=\/|$)/, "of one user id", "${XDG_RUNTIME_DIR}"],
  [/^\/usr\/lib\/(x86_64|aarch64|i386|arm)-linux-gnu[^/]*(?=\/|$)/, "of Debian on one kind of processor", "/usr/lib"],
];

export const rule = defineRule<{ path: string; whose: string; instead: string }>({
  id: "port/host-specific",
  severity: "info",
  title: "A path holds one person's home directory, one user id or one distribution's library directory.",
  why: "A profile is checked in for everybody: on another machine the path is missing, or somebody else's.",
  sources: [
    { text: "XDG Base Directory Specification", url: "https://specifications.freedesktop.org/basedir-spec/latest/" },
    manual("hier(7)"),
  ],
  fix: "Write `~`, `${HOME}`, `${XDG_RUNTIME_DIR}` or a parameter.",
  bad: { profile: "version: 1\nextends: [base]\nmounts:\n  /home/alice/.cache/acme: ro?\n" },
  good: { profile: "version: 1\nextends: [base]\nmounts:\n  ~/.cache/acme: ro?\n" },
  message: ({ path, whose }) => `${path} is ${whose}`,
  help: ({ instead }) => `write \`${instead}\` instead`,
  *check({ effective }) {
    for (const { file, root } of effective.sources) {
      if (file.startsWith("builtin:")) continue;
      for (const { scalar, route } of paths(root, [])) {
        const found = SPECIFIC.find(([pattern]) => pattern.test(scalar.text));
        if (found === undefined) continue;
        const [pattern, whose, replacement] = found;
        const { line, column } = scalar.span;
        const at: Origin = { file, line, column, route, chain: [] };
        const path = pattern.exec(scalar.text)?.[0] ?? scalar.text;
        yield { data: { path, whose, instead: scalar.text.replace(pattern, replacement) }, at };
      }
    }
  },
});

/** Every text of a profile that could be a path, keys included. Reasons, tests and descriptions are for people. */
function* paths(node: Node, route: KeyRoute): Iterable<{ scalar: ScalarNode; route: KeyRoute }> {
  if (node.kind === "scalar") yield { scalar: node, route };
  else if (node.kind === "list") {
    for (const [index, item] of node.items.entries()) yield* paths(item, [...route, index]);
  } else {
    for (const { key, value } of node.entries) {
      if (route.length === 0 && ["lint", "tests", "description", "remove"].includes(key.text)) continue;
      yield { scalar: key, route: [...route, key.text] };
      yield* paths(value, [...route, key.text]);
    }
  }
}
