import type { Origin } from "../../../model/source.ts";
import { isUnsafe } from "../../../model/unsafe-text.ts";
import { cve } from "../../evidence.ts";
import { commentsOf, inOwnFiles, type OwnText, textsOf } from "../../own-texts.ts";
import { defineRule, type Found } from "../../rule.ts";

export const rule = defineRule<{ where: string }>({
  id: "argv/control-chars",
  severity: "error",
  title:
    "A path, a name, a word or a comment of the profile holds control characters, or characters that turn a line around.",
  why: "They make what is shown for review differ from what is meant: in Flatpak's list of permissions escape sequences hid some. sbx shows them escaped, and refuses control characters in paths; other tools that read the profile may do neither.",
  sources: [cve("CVE-2023-28101"), { text: "CVE-2021-42574 (Trojan Source)", url: "https://trojansource.codes" }],
  fix: "Take them out. Texts of `files` and values of variables may hold what they like.",
  bad: { profile: 'version: 1\nextends: [base]\ndescription: "nothing to see\\e[8m here"\n' },
  good: { profile: 'version: 1\nextends: [base]\ndescription: "Größe, 名前, café"\n' },
  message: ({ where }) => `${where} holds characters that are not shown as they are`,
  help: () => "take them out, or write them as what they are meant to be",
  check: ({ effective }) => found(effective),
});

const found = inOwnFiles(function* (source): Iterable<Found<{ where: string }>> {
  for (const own of textsOf(source)) {
    if (!isUnsafe(own.text) || isFree(own)) continue;
    const { file, span, full } = own;
    const at: Origin = { file, line: span.line, column: span.column, route: full, chain: [] };
    yield { data: { where: whereOf(own) }, at };
  }
  for (const { file, line, column } of commentsOf(source, isUnsafe))
    yield { data: { where: "this comment" }, at: { file, line, column, route: [], chain: [] } };
});

/** Texts that nobody takes for anything but texts. */
const FREE: readonly (readonly string[])[] = [["env", "set"], ["proc"], ["tests"], ["files"]];

const isFree = ({ kind, route }: OwnText): boolean =>
  kind === "value" && FREE.some((free) => free.every((key, index) => route[index] === key));

function whereOf({ kind, route }: OwnText): string {
  const keys = route.filter((key) => typeof key === "string");
  if (kind === "value") return `\`${keys.join(".")}\``;
  return keys.length === 1 ? "a key" : `a key of \`${keys.slice(0, -1).join(".")}\``;
}
