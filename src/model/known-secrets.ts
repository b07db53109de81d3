import { looksSecret } from "./secret.ts";

/** Variables that hold secrets by their programs' documentation: what a pattern like `AWS_*` lets in. */
export const SECRET_VARIABLES: readonly string[] = [
  "ANTHROPIC_API_KEY",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AZURE_CLIENT_SECRET",
  "CARGO_REGISTRY_TOKEN",
  "CI_JOB_TOKEN",
  "DATABASE_PASSWORD",
  "GH_TOKEN",
  "GITHUB_TOKEN",
  "GITLAB_TOKEN",
  "HF_TOKEN",
  "NODE_AUTH_TOKEN",
  "NPM_TOKEN",
  "OPENAI_API_KEY",
  "PGPASSWORD",
  "SLACK_TOKEN",
  "TWINE_PASSWORD",
  "VAULT_TOKEN",
];

/** Secrets by how they begin, as those who hand them out document it. */
const TOKENS: readonly (readonly [RegExp, string])[] = [
  [/\bgh[pousr]_[A-Za-z0-9]{36,}/, "a token of GitHub"],
  [/\bgithub_pat_[A-Za-z0-9_]{22,}/, "a token of GitHub"],
  [/\bglpat-[A-Za-z0-9_-]{20,}/, "a token of GitLab"],
  [/\bnpm_[A-Za-z0-9]{36}/, "a token of npm"],
  [/\bpypi-[A-Za-z0-9_-]{50,}/, "a token of PyPI"],
  [/\b(AKIA|ASIA)[A-Z0-9]{16}\b/, "an access key of AWS"],
  [/\bAIza[A-Za-z0-9_-]{35}/, "a key of Google's"],
  [/\bxox[abeprs]-[A-Za-z0-9-]{10,}/, "a token of Slack"],
  [/\bsk-[A-Za-z0-9_-]{20,}/, "an API key"],
  [/\b[sr]k_live_[A-Za-z0-9]{16,}/, "a key of Stripe"],
  [/\bhf_[A-Za-z0-9]{30,}/, "a token of Hugging Face"],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, "a private key"],
  [/\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/, "a JSON web token"],
  [/\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]+:[^\s/@$]{3,}@/i, "a password in an address"],
];

/** What a text holds that is a secret by its form, in words. */
export const secretIn = (text: string): string | undefined => TOKENS.find(([pattern]) => pattern.test(text))?.[1];

/** Words that stand where a secret will be, alone or among others. */
const WORD = /(^|[-_. ])(changeme|change-me|placeholder|dummy|fake|redacted|not-?a-?secret|tests?|example)([-_. ]|$)/i;
const PLACEHOLDERS: readonly RegExp[] = [
  /^.{0,7}$/s,
  /^(not|no|un)[-_ ]?(needed|used|required|set|available|secret)\b/i,
  /^(your|my|some|the)[-_ ][a-z_ -]*$/i,
  WORD,
  /EXAMPLE(KEY)?$/,
  /^(x+|\*+|<.*>|true|false|none|null|\d+)$/is,
  // A parameter or a variable of the environment stands there.
  /\$\{/,
];

/** A path of a file that holds it; a secret of AWS may begin with a slash, too. */
const isPath = (text: string): boolean =>
  /^(~|\.{1,2})?\//.test(text) && !/^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[A-Za-z\d/+]{40}$/.test(text);

/** Whether a text is somebody's secret and not what stands for one, given that its name says so. */
export const isRealSecret = (text: string): boolean =>
  !isPath(text) && !PLACEHOLDERS.some((pattern) => pattern.test(text));

/** Bits a character, by how often each occurs in the text (Shannon). */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0);
}

/** Whether a text looks drawn by lot: long, of one word, small and capital letters and digits, hardly any twice. */
export function looksRandom(text: string): boolean {
  return (
    text.length >= 24 &&
    text.length <= 512 &&
    /^[A-Za-z0-9+/=_-]+$/.test(text) &&
    /[a-z]/.test(text) &&
    /[A-Z]/.test(text) &&
    // Names of files and programs have a digit at times.
    (text.match(/[0-9]/g) ?? []).length >= (/[/_-]/.test(text) ? 2 : 1) &&
    !isPath(text) &&
    !/^(sha\d+|md5)[-:]/.test(text) &&
    entropy(text) >= 4
  );
}

/** A variable, a key or an option with what it is given, on one line of YAML. */
const ASSIGNED =
  /\b([A-Za-z_][A-Za-z0-9_-]*)(?:["']?\s*:\s+(?![[{>|])("(?:[^"\\]|\\.)*"|'[^']*'|[^,}\s][^,}]*)|=([^,\]}\s"']+))/dg;
const WORDS = /[A-Za-z0-9+/=_.~-]{24,}/dg;

/** The stretches of a line that are nobody's business: from the first character to the one behind the last. */
export function secretStretches(line: string): readonly (readonly [number, number])[] {
  const found: (readonly [number, number])[] = [];
  for (const [pattern] of TOKENS)
    for (const { index, 0: text } of line.matchAll(new RegExp(pattern, `${pattern.flags}g`)))
      found.push([index, index + text.length]);
  for (const { indices, 1: name = "" } of line.matchAll(ASSIGNED)) {
    const stretch = indices?.[2] ?? indices?.[3];
    if (stretch !== undefined && looksSecret(name.replaceAll("-", "_"))) found.push(stretch);
  }
  for (const { index, 0: text } of line.matchAll(WORDS))
    if (looksRandom(text)) found.push([index, index + text.length]);
  return disjoint(found);
}

function disjoint(stretches: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
  const all: [number, number][] = [];
  for (const [from, to] of stretches.toSorted(([a], [b]) => a - b)) {
    const last = all.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else all.push([from, to]);
  }
  return all;
}
