import { type MapNode, type Node, nodeAt, type ScalarNode, type Source } from "../model/node.ts";
import type { Problem, Result, Spot } from "../model/problem.ts";
import type { Span } from "../model/source.ts";
import { claimsNothing, commandMissing, patternClaimed } from "./problems.ts";

/** What can be claimed of a path. */
export const PATH_CLAIMS = ["hidden", "absent", "masked", "readable", "readonly", "writable", "device"] as const;
export type PathClaimKind = (typeof PATH_CLAIMS)[number];

/** One thing that a test says of the sandbox, and the line that says it. */
export type Claim =
  | { readonly kind: PathClaimKind; readonly path: string; readonly spot: Spot }
  | { readonly kind: "env"; readonly name: string; readonly expected: string | false; readonly spot: Spot }
  | { readonly kind: "network"; readonly expected: string; readonly spot: Spot }
  | { readonly kind: "exit"; readonly code: number; readonly spot: Spot }
  | { readonly kind: "stdout"; readonly text: string; readonly spot: Spot };

export type PathClaim = Extract<Claim, { readonly path: string }>;

/** A test as its file has it, before anything is replaced in it. */
export interface WrittenTest {
  readonly name: string;
  readonly spot: Spot;
  readonly variant: Named | undefined;
  readonly flags: readonly Named[];
}

/** A name, and where it was written. */
interface Named {
  readonly name: string;
  readonly spot: Spot;
}

/** What a test claims, its variables replaced and its paths absolute. */
export interface Claims {
  readonly claims: readonly Claim[];
  /** What is run; exit code and output are claims of their own. */
  readonly argv: readonly string[] | undefined;
}

/** The tests of a file, in its order. They are its own: parents have theirs. */
export function testsOf(source: Source): readonly WrittenTest[] {
  const tests = nodeAt(source.root, ["tests"]);
  return entriesOf(tests).map(({ key, value }) => {
    const named = (node: ScalarNode): Named => ({ name: node.text, spot: spotOf(source, node.span) });
    return {
      name: key.text,
      spot: spotOf(source, key.span),
      variant: scalarsOf(nodeAt(value, ["profile"])).map(named)[0],
      flags: scalarsOf(nodeAt(value, ["flags"])).map(named),
    };
  });
}

/** Reads what a settled test claims. What would hold whatever the sandbox is like is a problem. */
export function readClaims(test: MapNode, written: WrittenTest, source: Source): Result<Claims> {
  const claims: Claim[] = [];
  const problems: Problem[] = [];
  const argv = nodeAt(test, ["run"]);
  for (const { key, value } of test.entries) {
    const spot = spotOf(source, key.span);
    const kind = PATH_CLAIMS.find((name) => name === key.text);
    if (kind) {
      for (const node of scalarsOf(value)) {
        const at = spotOf(source, node.span);
        if (node.text.includes("*")) problems.push(patternClaimed({ path: node.text }, at));
        claims.push({ kind, path: node.text, spot: at });
      }
    } else if (key.text === "env") {
      for (const { key: name, value: text } of entriesOf(value)) {
        if (text.kind !== "scalar") continue;
        const expected = text.text === "false" ? false : text.text;
        claims.push({ kind: "env", name: name.text, expected, spot: spotOf(source, name.span) });
      }
    } else if (key.text === "network" && value.kind === "scalar") {
      claims.push({ kind: "network", expected: value.text, spot });
    } else if (key.text === "run") {
      const exit = test.entries.find((entry) => entry.key.text === "exit");
      const code = exit?.value.kind === "scalar" ? Number(exit.value.text) : 0;
      claims.push({ kind: "exit", code, spot: spotOf(source, (exit ?? { key }).key.span) });
    } else if (key.text === "stdout" && value.kind === "scalar") {
      claims.push({ kind: "stdout", text: value.text, spot });
    }
    if (argv === undefined && (key.text === "exit" || key.text === "stdout")) {
      problems.push(commandMissing({ claim: key.text }, spot));
    }
  }
  if (claims.length === 0 && problems.length === 0) problems.push(claimsNothing({ name: written.name }, written.spot));
  const words = argv && scalarsOf(argv).map(({ text }) => text);
  return { value: problems.length > 0 ? undefined : { claims, argv: words }, problems };
}

const spotOf = ({ file }: Source, span: Span): Spot => ({ file, ...span });

const entriesOf = (node: Node | undefined) => (node?.kind === "map" ? node.entries : []);

/** A list of words, or the one word there is. */
function scalarsOf(node: Node | undefined): readonly ScalarNode[] {
  if (node?.kind === "scalar") return [node];
  return node?.kind === "list" ? node.items.filter((item) => item.kind === "scalar") : [];
}
