import { child, type Node, type ScalarNode } from "../../../model/node.ts";
import { below, relativeTo } from "../../../model/path.ts";
import type { KeyRoute, Origin } from "../../../model/source.ts";
import type { Tree } from "../../../tree/index.ts";
import { manual } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";

/** Paths of one person (but for what belongs to a service, or to a kind of machine) or one kind of machine, and what to write instead. */
const SPECIFIC: readonly (readonly [RegExp, string, string?])[] = [
  [/^\/(home|Users)\/(?!(linuxbrew|runner|Shared)(\/|$))[^/$*]+(?=\/|$)/, "of one person", "~"],
  [/^(\/var)?\/run\/user\/\d+(?=\/|$)/, "of one user id", "${XDG_RUNTIME_DIR}"],
  [/^\/usr\/lib\/(x86_64|aarch64|i386|arm)-linux-gnu[^/]*(?=\/|$)/, "of Debian on one kind of processor"],
];

export const rule = defineRule<{ path: string; whose: string; instead: string | undefined }>({
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
  help: ({ instead }) =>
    instead === undefined
      ? "let a parameter hold it: `${lib}`, with this for its default"
      : `write \`${instead}\` instead`,
  *check({ effective, tree }) {
    for (const { file, root } of effective.sources) {
      if (file.startsWith("builtin:")) continue;
      for (const { scalar, route, isInside } of paths(root, [])) {
        if (!scalar.text.includes("/")) continue;
        // A path of the sandbox's own is the same on every machine, unless the host's shows there.
        const texts = isInside ? scalar.text.split(":").filter((part) => isOfHost(part, tree)) : [scalar.text];
        const [text, found] = specificIn(texts);
        if (found === undefined) continue;
        const [pattern, whose, replacement] = found;
        // Where a parameter is all that helps, this is the one.
        if (replacement === undefined && route[0] === "params") continue;
        const { line, column } = scalar.span;
        const at: Origin = { file, line, column, route, chain: [] };
        const path = pattern.exec(text)?.[0] ?? text;
        const variable = isInside && replacement === "~" ? "${HOME}" : replacement;
        yield { data: { path, whose, instead: variable && text.replace(pattern, () => variable) }, at };
      }
    }
  },
});

/** Whether the host shows at a path of the sandbox what it has at the same path. */
function isOfHost(path: string, tree: Tree): boolean {
  if (!path.startsWith("/")) return false;
  const mount = tree.operations[tree.cover(path)];
  return mount?.kind === "bind" && below(mount.source, relativeTo(mount.at, path)) === path;
}

/** The first text that is of one person or machine. */
function specificIn(texts: readonly string[]): readonly [string, (typeof SPECIFIC)[number] | undefined] {
  for (const text of texts) {
    const found = SPECIFIC.find(([pattern]) => pattern.test(text));
    if (found !== undefined) return [text, found];
  }
  return ["", undefined];
}

interface Written {
  readonly scalar: ScalarNode;
  readonly route: KeyRoute;
  /** It is a path in the sandbox, or may be one: not (only) one on the host. */
  readonly isInside: boolean;
}

/** For people, or taken away. */
const PASSED = new Set(["lint", "tests", "description", "remove"]);
const INSIDE = new Set(["env", "process", "tmpfs", "dirs", "files", "symlinks", "apis"]);

/** Every text of a profile that could be a path, keys included. */
function* paths(node: Node, route: KeyRoute): Iterable<Written> {
  const field = route[0] === "flags" || route[0] === "profiles" ? route[2] : route[0];
  if (typeof field === "string" && PASSED.has(field)) return;
  if (node.kind === "scalar") yield { scalar: node, route, isInside: INSIDE.has(String(field)) };
  else if (node.kind === "list") {
    for (const [index, item] of node.items.entries()) yield* paths(item, [...route, index]);
  } else {
    for (const { key, value } of node.entries) {
      const inner = [...route, key.text];
      const isElsewhere = field === "mounts" && (child(value, "from") ?? child(value, "scratch")) !== undefined;
      yield { scalar: key, route: inner, isInside: isElsewhere || INSIDE.has(String(field)) };
      yield* paths(value, inner);
    }
  }
}
