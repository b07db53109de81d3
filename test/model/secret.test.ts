import { describe, expect, it } from "vitest";
import { looksSecret } from "../../src/model/secret.ts";

describe("looksSecret", () => {
  it.each([
    "STRIPE_KEY",
    "TOKEN",
    "GITHUB_TOKEN",
    "GH_TOKENS",
    "NPM_TOKEN_2",
    "npm_config__authToken",
    "CLIENT_SECRET",
    "SECRET_KEY_BASE",
    "PGPASSWORD",
    "DB_PASSWORD",
    "DB_PASSWD",
    "DB_PASS",
    "MYSQL_PWD",
    "GPG_PASSPHRASE",
    "OPENAI_API_KEY",
    "APIKEY",
    "SSH_PRIVATE_KEY",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "GIT_CREDENTIAL",
    "SSH_AUTH_SOCK",
    "NPM_AUTH",
    "OAUTH_CODE",
    "GITHUB_PAT",
    "SESSION_COOKIE",
    "XDG_ACTIVATION_TOKEN",
  ])("says yes to %s", (name) => {
    expect(looksSecret(name)).toBe(true);
  });

  it.each([
    "HOME",
    "PATH",
    "PWD",
    "OLDPWD",
    "GIT_AUTHOR_NAME",
    "AUTHORITY",
    "TOKENIZERS_PARALLELISM",
    "SECRETARY",
    "PASSENGER_HOME",
    "COMPASS",
    "PATTERN",
    "KEYBOARD",
    "KEYMAP",
    "SDK_HOME",
    "SSH_ASKPASS",
  ])("says no to %s", (name) => {
    expect(looksSecret(name)).toBe(false);
  });
});
