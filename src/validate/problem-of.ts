import type { Shape } from "../generated/shapes.ts";
import { nearest } from "../model/nearest.ts";
import { type Node, nodeAt, spanAt } from "../model/node.ts";
import type { Problem } from "../model/problem.ts";
import type { KeyRoute } from "../model/source.ts";
import { type Checked, type Located, takesText } from "./finding.ts";
import { empty, keyName, missingKey, unknownKey, version, wrongType, wrongValue } from "./problems.ts";
import { routeText } from "./route-text.ts";
import { expectedAt, knownKeys } from "./shape.ts";

/** The problem that a finding means, at the key or the value that has to change. */
export function problemOf({ route, key, ...finding }: Located, checked: Checked): Problem {
  const { root, file, base, prefix } = checked;
  const { shape } = expectedAt(base, route);
  const at = routeText([...prefix, ...route]);
  const node = nodeAt(root, route) ?? root;
  const atKey = (last: KeyRoute = []) => ({ file, ...spanAt(root, [...route, ...last]) });
  const atValue = { file, ...node.span };

  if (base === "profile" && route[0] === "version") return version({ found: written(node) }, atValue);
  if (base === "profile" && route.length === 0 && key === "version" && finding.keyword === "required") {
    return version({ found: undefined }, { file, ...(root.entries[0]?.key ?? root).span });
  }
  if (finding.propertyName !== undefined) {
    return keyName(
      { at, key: finding.propertyName, expected: shape?.names ?? "another name" },
      atKey([finding.propertyName]),
    );
  }
  switch (finding.keyword) {
    case "additionalProperties":
      return unknownKey({ at, key: String(key), ...suggestion(String(key), shape) }, atKey([String(key)]));
    case "required":
      return missingKey({ at, key: String(key), expected: shape?.keys?.[String(key)]?.expects ?? "a value" }, atKey());
    case "minProperties":
    case "minItems":
      return empty({ at, known: knownKeys(shape) }, atKey());
  }
  const expected = shape?.expects ?? "something else";
  if (node.kind === "scalar" && takesText(finding)) {
    return wrongValue({ at, expected, found: written(node), nearest: nearestWord(node.text, shape) }, atValue);
  }
  return wrongType({ at, expected, found: written(node), rewritten: rewritten(node, route, shape) }, atValue);
}

function suggestion(key: string, shape: Shape | undefined) {
  const known = knownKeys(shape);
  const misplaced = knownKeys(expectedAt("profile", []).shape).includes(key);
  return { nearest: nearest(key, known), misplaced, known };
}

/** What people write for yes and no; YAML 1.1 took most of it for booleans. */
const MEANT: Readonly<Record<string, readonly string[]>> = {
  yes: ["true"],
  on: ["true"],
  no: ["false", "none"],
  off: ["false", "none"],
  false: ["none"],
};

function nearestWord(text: string, shape: Shape | undefined): string | undefined {
  const allowed = shape?.allowed ?? [];
  const word = text.toLowerCase();
  const meant = Object.hasOwn(MEANT, word) ? MEANT[word]?.find((candidate) => allowed.includes(candidate)) : undefined;
  return meant ?? nearest(text, allowed);
}

const LONGEST = 60;

function written(node: Node): string {
  if (node.kind !== "scalar") return node.kind === "list" ? "a list" : "a mapping";
  if (node.text === "") return "empty";
  if (node.text.includes("\0")) return "text with a NUL character";
  return `"${node.text.length > LONGEST ? `${node.text.slice(0, LONGEST)}…` : node.text}"`;
}

/** A single text where a list is expected, as that list. */
function rewritten(node: Node, route: KeyRoute, shape: Shape | undefined): string | undefined {
  const key = route.at(-1);
  if (node.kind !== "scalar" || !shape?.items || typeof key !== "string") return undefined;
  return /^[\w~./][\w~./-]*$/.test(node.text) ? `${key}: [${node.text}]` : `${key}: [${JSON.stringify(node.text)}]`;
}
