import type { Node } from "../../../model/node.ts";
import type { Origin } from "../../../model/source.ts";
import { isUnsafe } from "../../../model/unsafe-text.ts";
import { cve } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";

export const rule = defineRule<{ where: string }>({
  id: "argv/control-chars",
  severity: "error",
  title: "A path, a name or a word of the profile holds control characters, or characters that turn a line around.",
  why: "They make what is shown for review differ from what is meant: in Flatpak's list of permissions escape sequences hid some. sbx shows them escaped, and refuses control characters in paths; other tools that read the profile may do neither.",
  sources: [cve("CVE-2023-28101"), { text: "CVE-2021-42574 (Trojan Source)", url: "https://trojansource.codes" }],
  fix: "Take them out. Texts of `files` and values of variables may hold what they like.",
  bad: { profile: 'version: 1\nextends: [base]\ndescription: "nothing to see\\e[8m here"\n' },
  good: { profile: 'version: 1\nextends: [base]\ndescription: "Größe, 名前, café"\n' },
  message: ({ where }) => `${where} holds characters that are not shown as they are`,
  help: () => "take them out, or write them as what they are meant to be",
  *check({ effective }) {
    for (const { file, root } of effective.sources) {
      if (file.startsWith("builtin:")) continue;
      for (const { where, line, column } of oddities(root, [])) {
        const at: Origin = { file, line, column, route: [], chain: [] };
        yield { data: { where }, at };
      }
    }
  },
});

/** Texts that nobody takes for anything but texts. */
const FREE: readonly (readonly string[])[] = [["env", "set"], ["proc"], ["tests"], ["files"]];

function* oddities(node: Node, route: readonly string[]): Iterable<{ where: string; line: number; column: number }> {
  const isFree = FREE.some((free) => free.every((key, index) => route[index] === key));
  if (node.kind === "scalar") {
    if (!isFree && isUnsafe(node.text)) yield { where: `\`${route.join(".")}\``, ...node.span };
    return;
  }
  if (node.kind === "list") {
    for (const item of node.items) yield* oddities(item, route);
    return;
  }
  for (const { key, value } of node.entries) {
    if (isUnsafe(key.text))
      yield { where: route.length === 0 ? "a key" : `a key of \`${route.join(".")}\``, ...key.span };
    // Inside of flag sets and variants the same fields stand again.
    const inner =
      (route[0] === "flags" || route[0] === "profiles") && route.length === 2 ? [key.text] : [...route, key.text];
    yield* oddities(value, inner);
  }
}
