import type { Finding } from "../generated/validators.js";
import { nearest } from "../model/nearest.ts";
import { nodeAt } from "../model/node.ts";
import type { Problem } from "../model/problem.ts";
import { type Checked, type Located, locate, takesText } from "./finding.ts";
import { problemOf } from "./problem-of.ts";
import { expectedAt, knownKeys } from "./shape.ts";

/** What ajv found, as one problem for each mistake, in the order of the file. */
export function explain(findings: readonly Finding[], checked: Checked): Problem[] {
  const located = findings
    .filter(({ keyword }) => keyword !== "if" && keyword !== "propertyNames")
    .map((finding) => locate(finding, checked.root))
    .filter((finding) => !awaitsVariables(finding, checked));
  return onePerMistake(located, checked)
    .map((finding) => problemOf(finding, checked))
    .sort((one, other) => one.line - other.line || one.column - other.column);
}

/** Whether the text that is wrong is not yet the final one. A text never becomes a list or a mapping. */
function awaitsVariables(finding: Located, { root, base, interpolated }: Checked): boolean {
  if (interpolated) return false;
  if (finding.propertyName !== undefined) return finding.propertyName.includes("${");
  const node = nodeAt(root, finding.route);
  if (node?.kind !== "scalar" || !node.text.includes("${")) return false;
  return takesText(finding) && !expectedAt(base, finding.route).literal;
}

function onePerMistake(findings: readonly Located[], { base }: Checked): readonly Located[] {
  // A profile in another version of the language may well be right in all the rest.
  const version = base === "profile" && findings.find(({ route }) => route[0] === "version");
  if (version) return [version];

  const slots = new Map<string, Located>();
  for (const finding of findings) {
    const slot = JSON.stringify([finding.route, finding.key]);
    // A value of the wrong kind breaks several rules of its place at once.
    if (!slots.has(slot)) slots.set(slot, finding);
  }
  // A misspelt key is not missing besides.
  for (const { keyword, route, key } of findings) {
    if (keyword !== "additionalProperties" || key === undefined) continue;
    const meant = JSON.stringify([route, nearest(key, knownKeys(expectedAt(base, route).shape))]);
    if (slots.get(meant)?.keyword === "required") slots.delete(meant);
  }
  return [...slots.values()];
}
