import type { Claim } from "./claim.ts";
import { otherExit, otherOutput } from "./problems.ts";
import type { Answer, ClaimResult } from "./result.ts";

/** A claim about the command of a test. */
export type CommandClaim = Extract<Claim, { readonly kind: "exit" | "stdout" }>;

/** How the command of a test ended. */
export interface Ended {
  /** What `sbx run` would end with; undefined when the sandbox could not be made. */
  readonly code: number | undefined;
  /** In words: "ended with 3". */
  readonly how: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly truncated: boolean;
}

/** A claim about a command; without a real sandbox nothing can be said. */
export function weighCommand(claim: CommandClaim, ended: Ended | undefined): ClaimResult {
  const nothing = { claim, simulated: undefined, tried: undefined };
  if (ended === undefined) return { ...nothing, outcome: "skipped", problem: undefined };
  // Why stands with the test: it is one reason for all that its command was to show.
  if (ended.code === undefined) return { ...nothing, outcome: "broken", problem: undefined };
  const found = claim.kind === "exit" ? ended.how : `wrote ${shortened(ended.stdout)}`;
  const isTrue = claim.kind === "exit" ? ended.code === claim.code : ended.stdout === claim.text && !ended.truncated;
  const tried: Answer = { holds: isTrue, found };
  if (isTrue) return { ...nothing, tried, outcome: "holds", problem: undefined };
  return {
    ...nothing,
    tried,
    outcome: "fails",
    problem: claim.kind === "exit" ? wrongEnd(claim, ended) : wrong(claim, ended),
  };
}

function wrongEnd(claim: CommandClaim & { readonly kind: "exit" }, { how, stderr, stdout }: Ended) {
  const said = (stderr.trim() || stdout.trim()).split("\n").slice(-3).join("\n");
  return otherExit({ found: how, code: claim.code, said: shortened(said, "") }, claim.spot);
}

function wrong(claim: CommandClaim & { readonly kind: "stdout" }, { stdout, truncated }: Ended) {
  const fix = truncated
    ? "it is more than can be compared: let the command write less"
    : stdout === `${claim.text}\n`
      ? 'a line end is missing in the claim: write "…\\n"'
      : undefined;
  return otherOutput({ found: shortened(stdout), expected: shortened(claim.text), fix }, claim.spot);
}

const MOST = 300;

/** A text as one can show it: its end, for there it says what went wrong. */
function shortened(text: string, quote = '"'): string {
  const end = text.length > MOST ? `…${text.slice(-MOST)}` : text;
  return quote === "" ? end : JSON.stringify(end);
}
