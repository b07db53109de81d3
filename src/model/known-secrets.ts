import { piecesOf } from "./pieces.ts";
import { looksSecret } from "./secret.ts";

/** Variables that hold secrets by their programs' documentation: what a pattern like `AWS_*` lets in. */
export const SECRET_VARIABLES: readonly string[] = [
  "ANTHROPIC_API_KEY",
  "ARM_CLIENT_SECRET",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AZURE_CLIENT_SECRET",
  "CARGO_REGISTRY_TOKEN",
  "CI_JOB_TOKEN",
  "CLOUDFLARE_API_TOKEN",
  "COMPOSER_AUTH",
  "DATABASE_PASSWORD",
  "DATABASE_URL",
  "DB_PASSWORD",
  "DIGITALOCEAN_ACCESS_TOKEN",
  "DJANGO_SECRET_KEY",
  "DOCKER_PASSWORD",
  "GEMINI_API_KEY",
  "GH_TOKEN",
  "GITHUB_TOKEN",
  "GITLAB_TOKEN",
  "GOOGLE_API_KEY",
  "HCLOUD_TOKEN",
  "HF_TOKEN",
  "KUBE_TOKEN",
  "MYSQL_PWD",
  "NODE_AUTH_TOKEN",
  "NPM_TOKEN",
  "OPENAI_API_KEY",
  "PGPASSWORD",
  "POSTGRES_PASSWORD",
  "PULUMI_ACCESS_TOKEN",
  "REDIS_URL",
  "SENTRY_AUTH_TOKEN",
  "SENTRY_DSN",
  "SLACK_TOKEN",
  "SNYK_TOKEN",
  "STRIPE_API_KEY",
  "TF_VAR_password",
  "TWINE_PASSWORD",
  "UV_PUBLISH_TOKEN",
  "VAULT_TOKEN",
  "npm_config__authToken",
];

/** Addresses that have a password in them as often as not, and those that are as good as one. */
const ADDRESS =
  /((^|_)(DATABASE|DB|PG|POSTGRES|POSTGRESQL|MYSQL|MARIADB|REDIS|MONGO|MONGODB|AMQP|RABBITMQ|BROKER|CLICKHOUSE|SMTP)_?(URL|URI|DSN)|_DSN|(^|_)WEBHOOK(_URL)?|CONN(ECTION)?_?STR(ING)?)$/i;

/**
 * Whether a variable of this name hands a secret over to whom it is passed. An id can be half of one (Vault's SECRET_ID), and
 * a header holds one.
 */
export const handsOver = (name: string): boolean =>
  (looksSecret(name) && (!isAboutSecret(name) || /_(ID|HEADERS?)$/i.test(name))) || ADDRESS.test(name);

/** What says something about a secret, and holds none (`TOKEN_TTL`, `PASSWORD_COMMAND`). */
const ABOUT =
  /_(NAME|FILE|FILES|DIR|DIRECTORY|PATH|SOCK|HELPER|COMMAND|CMD|PROMPT|ROUNDS|LENGTH|SIZE|MIN|MAX|COUNT|LIMIT|ID|URL|URI|ENDPOINT|HOST|PORT|REGION|DOMAIN|SERVICE|SERVER|BACKEND|MANAGER|SOURCE|DRIVER|CLASS|HANDLER|TYPE|STORE|PROVIDER|HEADERS?|TTL|AGE|EXPIRY|EXPIRES|EXPIRATION|TIMEOUT|HASHERS?|ALGORITHM|ALG|POLICY|PREFIX|SUFFIX|FORMAT|PATTERN|REGEX|MODE|METHOD|STRATEGY|SCOPES?|ISSUER|AUDIENCE|USER|USERNAME|EMAIL|ENABLED?|DISABLED?|REQUIRED|VERSION|VALIDATION|CHECK|PARALLELISM)$/i;
/** Keys that open nothing: what something is looked up by, and the half that everybody may have. */
const OPEN_KEY =
  /(^|_)(PUBLIC|PUB|CACHE|SORT|ORDER|PARTITION|FOREIGN|SHARD|GROUP|LOOKUP|INDEX|OBJECT|ROUTING|LOCK|HOT)_?KEYS?$/i;
/** How many tokens of a text there may be. */
const AMOUNT = /(^|_)(MAX|MIN|NUM|TOTAL)_([A-Z0-9]+_)*TOKENS$/i;

/** Whether a name with a word for a secret in it stands for something that opens nothing. */
export const isAboutSecret = (name: string): boolean => ABOUT.test(name) || OPEN_KEY.test(name) || AMOUNT.test(name);

/** Secrets by how they begin, as those who hand them out document it. */
const TOKENS: readonly (readonly [RegExp, string])[] = [
  [/\bgh[pousr]_[A-Za-z0-9]{36,}/, "a token of GitHub"],
  [/\bgithub_pat_[A-Za-z0-9_]{22,}/, "a token of GitHub"],
  [/\bglpat-[A-Za-z0-9_-]{20,}/, "a token of GitLab"],
  [/\bnpm_[A-Za-z0-9]{36}/, "a token of npm"],
  [/\bpypi-[A-Za-z0-9_-]{50,}/, "a token of PyPI"],
  [/\b(AKIA|ASIA)(?![A-Z0-9]*EXAMPLE\b)[A-Z0-9]{16}\b/, "an access key of AWS"],
  [/\bAIza[A-Za-z0-9_-]{35}/, "a key of Google's"],
  [/\b(xox[abeprs]|xapp)-[A-Za-z0-9-]{10,}/, "a token of Slack"],
  // Words with hyphens begin like it, too: `sk-learn-…`.
  [/\bsk-(?:[A-Za-z0-9_]+-)*(?=[A-Za-z_]*\d)[A-Za-z0-9_]{16,}/, "an API key"],
  [/\b[sr]k_live_[A-Za-z0-9]{16,}/, "a key of Stripe"],
  [/\bhf_[A-Za-z0-9]{30,}/, "a token of Hugging Face"],
  [/\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/, "a key of SendGrid"],
  [/\bhv[sb]\.[A-Za-z0-9_-]{20,}/, "a token of Vault"],
  [/\bdop_v1_[a-f0-9]{40,}/, "a token of DigitalOcean"],
  [/\bshp(at|ca|pa|ss)_[A-Fa-f0-9]{32}/, "a token of Shopify"],
  [/\bAGE-SECRET-KEY-1[A-Z0-9]{30,}/, "a private key"],
  [/\bhooks\.slack\.com\/services\/T[A-Z0-9]+\/B[A-Z0-9]+\/[A-Za-z0-9]{20,}/, "a webhook of Slack"],
  [/-----BEGIN [A-Z ]*PRIVATE KEY( BLOCK)?-----/, "a private key"],
  [/\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/, "a JSON web token"],
];
const IN_ADDRESS = /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:([^\s/@$]{3,})@/i;
const IN_HEADER = /\b(?:Bearer|Basic) +([A-Za-z0-9._~+/=-]{16,})/i;

/** What a text holds that is a secret by its form, in words. */
export function secretIn(text: string): string | undefined {
  for (const [, piece] of piecesOf(text)) {
    const found = secretInPiece(piece);
    if (found !== undefined) return found;
  }
  return undefined;
}

function secretInPiece(text: string): string | undefined {
  // What stands for one may stand in front of a real one.
  const some = (pattern: RegExp, isReal: (match: RegExpMatchArray) => boolean) =>
    pattern.test(text) && [...text.matchAll(new RegExp(pattern, `${pattern.flags}g`))].some(isReal);
  const token = TOKENS.find(([pattern]) => some(pattern, ([whole]) => variety(whole) >= LEAST_VARIETY))?.[1];
  if (token !== undefined) return token;
  if (some(IN_ADDRESS, ([, password]) => isRealPassword(password))) return "a password in an address";
  return some(IN_HEADER, ([, word]) => looksDrawn(word)) ? "what an authorization header says" : undefined;
}

/** In bits a character: `xxxx…` in the place of a token is none. */
const LEAST_VARIETY = 2.5;
const variety = (text: string | undefined): number => (text === undefined ? 0 : entropy(text));
const isRealPassword = (text: string | undefined): boolean => text !== undefined && !isPlaceholder(text);
const looksDrawn = (text: string | undefined): boolean => text !== undefined && /\d/.test(text) && variety(text) >= 3;

/** Words that stand where a secret will be, alone or among others. */
const WORD = /(^|[-_. ])(changeme|change-me|placeholder|dummy|fake|redacted|not-?a-?secret|tests?|example)([-_. ]|$)/i;
/** Nothing but words, each with a number at most. */
const WORDS_ONLY = /^([a-z]+\d{0,3}|\d{1,3})([-_. ]([a-z]+\d{0,3}|\d{1,3}))*$/i;
const PLACEHOLDERS: readonly RegExp[] = [
  /^(not|no|un)[-_ ]?(needed|used|required|set|available|secret)\b/i,
  /^(your|my|some|the)[-_ ][a-z_ -]*$/i,
  /EXAMPLE(KEY)?$/,
  /^(x+|\*+|<.*>|true|false|none|null)$/is,
  // What brings it from elsewhere: a parameter, a variable, a command, a template.
  /\$\{|^\$[A-Za-z_]\w*$|\$\(|^`.*`$|\{\{|%\(|^%[A-Za-z_]+%$|^(os\.environ|process\.env|env|ENV)[.[(]/,
  // What everybody knows: images are tried with it.
  /^(postgres|mysql|mariadb|root|admin|guest|user|redis|rabbitmq|minioadmin|minio123|minio|password|secret|test|testing|dev|development|local|localhost|sample|demo)$/i,
  // What everybody may know: keys of the other half.
  /^(ssh-(rsa|dss|ed25519)|ecdsa-sha2-|sk-(ssh|ecdsa)-|-----BEGIN (PUBLIC KEY|CERTIFICATE))/,
];
const isPlaceholder = (text: string): boolean =>
  PLACEHOLDERS.some((pattern) => pattern.test(text)) || (WORD.test(text) && WORDS_ONLY.test(text));

/** A path of a file that holds it; a secret of AWS may begin with a slash, too. */
export const isPath = (text: string): boolean =>
  /^(~|\.{1,2})?\//.test(text) && !/^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[A-Za-z\d/+]{40}$/.test(text);

/**
 * Whether a text is somebody's secret and not what stands for one, given that its name says so. People choose passwords,
 * and choose them short; anything else that is short, or nothing but digits, is a setting.
 */
export function isRealSecret(text: string, name: string): boolean {
  const least = /PASS(WORD|WD|PHRASE)?S?$|_PWD$/i.test(name) ? 6 : 8;
  const isNumber = least === 8 && /^\d+$/.test(text);
  // Keys, cookies and the like are what settings are called, too: a secret among them has a digit, and is one word.
  const isWords = isVague(name) && !/^(?=.*\d)\S+$/.test(text);
  return text.length >= least && !isNumber && !isWords && !isPath(text) && !isPlaceholder(text);
}

const isVague = (name: string): boolean =>
  /(^|_)(O?AUTH|COOKIE|KEY|PAT)S?$/i.test(name) &&
  !/(API|SECRET|ENCRYPTION|ACCESS|PRIVATE|SIGNING|MASTER|DEPLOY)_?KEYS?$/i.test(name);

/**
 * The same where a name stands in a file's text or among the words of a command, which speak of passwords in many ways: it
 * has a digit, and is no call, no attribute, no list and no address.
 */
export function isSecretInText(text: string, name: string): boolean {
  if (!/\d/.test(text) || /[\s(),=:\\/<>]/.test(text.replace(/=+$/, "")) || DOTTED.test(text)) return false;
  return (!isVague(name) || (text.length >= 16 && !/[-.]/.test(text))) && isRealSecret(text, name);
}

/** `args.password`, `var.db_password`. */
const DOTTED = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$/;

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
    // Names of files, programs and classes have a digit at times, and capitals where a word begins.
    (text.match(/[0-9]/g) ?? []).length >= 2 &&
    turns(text) >= text.length * 0.4 &&
    !isPath(text) &&
    !/^(sha\d+|md5)[-:]/.test(text) &&
    entropy(text) >= 4
  );
}

/** How often a text goes over from one kind of character to another. */
const turns = (text: string): number => text.match(/(?<=[a-z])[^a-z]|(?<=[A-Z])[^A-Z]|(?<=[0-9])[^0-9]/g)?.length ?? 0;

const WORDS = /[A-Za-z0-9+/=_.~-]{24,}/g;

/** Where a text holds what is a secret by its form: from the first character to the one behind the last. */
export const formsIn = (text: string): readonly (readonly [number, number])[] => [
  ...[...TOKENS.map(([token]) => token), IN_ADDRESS, IN_HEADER].flatMap((pattern) =>
    stretches(text, new RegExp(pattern, `${pattern.flags}g`)),
  ),
  ...stretches(text, WORDS).filter(([from, to]) => looksRandom(text.slice(from, to))),
];

const stretches = (text: string, pattern: RegExp): (readonly [number, number])[] =>
  [...text.matchAll(pattern)].map(({ index, 0: found }) => [index, index + found.length]);
