const WORDS = "TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|SIGNING_?KEY";

// A word may have something in front (PGPASSWORD), but nothing behind: TOKENIZERS_PARALLELISM is no secret.
const ENDING = new RegExp(`(${WORDS})S?(?=_|[0-9]|$)`, "i");
// These are too short to be looked for inside words: GIT_AUTHOR_NAME is no secret.
const WHOLE = /(^|_)(O?AUTH|PASS|PAT|COOKIE)(?=_|[0-9]|$)|(^|_)KEY$|_PWD$|(^|_)(PG|SSH|DB|MYSQL|REDIS)PASS$/i;

/** Whether a variable's name says that its value is nobody's business: such a value appears only in the environment. */
export const looksSecret = (name: string): boolean => ENDING.test(name) || WHOLE.test(name);
