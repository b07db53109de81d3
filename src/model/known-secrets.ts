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

/** The text without what is a secret by its form. */
export const withoutTokens = (text: string): string =>
  TOKENS.reduce((left, [pattern]) => left.replace(new RegExp(pattern, `${pattern.flags}g`), "<redacted>"), text);

/** Words that stand where a secret will be. */
const PLACEHOLDER =
  /^(|.{1,7}|(not|no|un)[-_ ]?(needed|used|required|set|available|secret)\b.*|[0-9A-F ]{16,}|(your|my|some|the)[-_ ].*|.*(example|changeme|change-me|placeholder|dummy|redacted|not-?a-?secret|test).*|x+|\*+|<.*>|true|false|none|null|\d+|[./~].*|.*\$\{.*)$/i;

/** Whether a text is somebody's secret and not what stands for one, given that its name says so. */
export const isRealSecret = (text: string): boolean => !PLACEHOLDER.test(text);

/** Bits a character, by how often each occurs in the text (Shannon). */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0);
}

/** Whether a text looks drawn by lot: long, of one word, small and capital letters and digits, hardly any twice. */
export function looksRandom(text: string): boolean {
  const isMixed = /[a-z]/.test(text) && /[A-Z]/.test(text) && /[0-9]/.test(text);
  const isPath = /^[/.~]/.test(text);
  return (
    text.length >= 24 &&
    text.length <= 512 &&
    isMixed &&
    !isPath &&
    /^[A-Za-z0-9+/=_-]+$/.test(text) &&
    entropy(text) >= 4
  );
}
