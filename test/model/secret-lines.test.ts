import { describe, expect, it } from "vitest";
import { secretStretches } from "../../src/model/secret-lines.ts";

/** The last of these lines as it is shown. */
function shown(...lines: string[]): string {
  const line = lines.at(-1) ?? "";
  const stretches = secretStretches(line, lines.slice(0, -1));
  return stretches.toReversed().reduce((text, [from, to]) => `${text.slice(0, from)}…${text.slice(to)}`, line);
}

describe("a line of a profile shows no secret", () => {
  it.each([
    ["set: {A_TOKEN: hunter2, X: y}", "set: {A_TOKEN: …, X: y}"],
    ["  A_TOKEN: correct, horse  # really", "  A_TOKEN: …  # really"],
    ["  A_TOKEN: 'it''s, hunter2'", "  A_TOKEN: …"],
    ['set: {"A_TOKEN":"hunter2","X":"y"}', 'set: {"A_TOKEN":…,"X":"y"}'],
    ["[env, API_TOKEN=hunter2]", "[env, API_TOKEN=…]"],
    ["params: {token: {default: hunter2}, x: {default: y}}", "params: {token: {default: …}, x: {default: y}}"],
    ["  CACHE: redis://:hunter2@db", "  CACHE: …db"],
    ["  key: {from: ./x}", "  key: {from: ./x}"],
    ['content: "//registry/:_authToken=hunter2", mod: 1', 'content: "//registry/:_authToken=…", mod: 1'],
    ['set: {OPTS: "--password=hunter2 -v"}', 'set: {OPTS: "--password=… -v"}'],
    ["wrapper: [/bin/x, --api-key=hunter2]", "wrapper: [/bin/x, --api-key=…]"],
    ["  A_PASSWORD: |hunter2", "  A_PASSWORD: …"],
    ["  A_PASSWORD: > hunter2", "  A_PASSWORD: …"],
    ["  A_PASSWORD: [hunter2, x]", "  A_PASSWORD: …"],
    ["  A_PASSWORD: {hunter2}", "  A_PASSWORD: …"],
    ["  A_PASSWORD:hunter2", "  A_PASSWORD:…"],
    ["  A_PASSWORD= hunter2", "  A_PASSWORD= …"],
    ["  A_PASSWORD: hunter2: x", "  A_PASSWORD: …"],
    ["wrapper: [x, --db-password, hunter2, y]", "wrapper: [x, --db-password, …, y]"],
    ['[sh, -c, "login --password hunter2; x"]', '[sh, -c, "login --password … x"]'],
    ['{content: "machine x login me password hunter2"}', '{content: "machine x login me password …"}'],
    ['content: "aws_secret_access_key = hunter2"', 'content: "aws_secret_access_key = …"'],
    ['content: "{\\"auth\\": \\"hunter2\\"}"', 'content: "{\\"auth\\": …}"'],
    ["env: {pass: [GITHUB_TOKEN, TERM]}", "env: {pass: [GITHUB_TOKEN, TERM]}"],
    ["  # no password is needed", "  # no password is needed"],
    ["wrapper: [x, --password-file, /run/pw]", "wrapper: [x, --password-file, /run/pw]"],
    ["mounts: {~/.cargo/credentials: ro}", "mounts: {~/.cargo/credentials: ro}"],
    ["  ~/.aws/credentials: readonly", "  ~/.aws/credentials: readonly"],
    ["  TOKEN_FILE: /run/secrets/token", "  TOKEN_FILE: /run/secrets/token"],
  ])("%s", (line, expected) => {
    expect(shown(line)).toBe(expected);
  });

  it.each([
    [["  token:", "    default: hunter2"], "    default: …"],
    [["  token:", "    env: API_TOKEN"], "    env: API_TOKEN"],
    [["  token:", "    description: the word", "    default: hunter2"], "    default: …"],
    [["  A_PASSWORD:", "    hunter2"], "    …"],
    [["  A_PASSWORD: >-  # folded", "    correct horse", "", "    battery"], "    …"],
    [["  token: x", "  other:", "    default: y"], "    default: y"],
    [["  - --db-password", "  - hunter2"], "  - …"],
    [["  - --verbose", "  - hunter2"], "  - hunter2"],
    [["  pass:", "    - GITHUB_TOKEN"], "    - GITHUB_TOKEN"],
    [["  A_TOKEN:", "  - hunter2"], "  - …"],
    [["  secret:", "    - hunter2"], "    - …"],
    [['  A_PASSWORD: "abc', "    *hunter2"], "    …"],
    [["  A_PASSWORD: abc", "    # not hunter2", "    hunter2"], "    …"],
  ])("%j", (lines, expected) => {
    expect(shown(...lines)).toBe(expected);
  });
});
