import { describe, expect, it } from "vitest";
import { formatProblems } from "../../src/report/index.ts";
import { exampleMachine, lintExample } from "./example.ts";

const TOKEN = `ghp_${"abcdefghijklmnopqrstuvwxyz0123456789"}AB`;
const RANDOM = "Zq8vT1xLk3Rw9YbN0cMf7GhJ";

/** Where lint finds a secret in a profile that has this below its first two lines: `LINE:COLUMN WHERE`. */
async function secretsIn(lines: string): Promise<string[]> {
  const { broken, problems, findings } = await lintExample({ profile: `version: 1\nextends: [base]\n${lines}\n` });
  expect(broken, JSON.stringify(problems)).toBe(false);
  return findings
    .filter(({ problem }) => problem.rule === "env/literal-secret")
    .map(({ problem: { line, column, message } }) => `${line}:${column} ${message.replace(/ looks like .*/, "")}`);
}

describe("env/literal-secret", () => {
  it.each([
    [
      "a value by its name",
      "env: {set: {DEPLOY_PASSWORD: correct-horse-battery-staple}}",
      ["3:13 the value of DEPLOY_PASSWORD"],
    ],
    ["a value by its form", `env: {set: {X: ${TOKEN}}}`, ["3:13 the value of X"]],
    ["a value by its looks", `env: {set: {X: ${RANDOM}}}`, ["3:13 the value of X"]],
    [
      "hexadecimal digits under a secret's name",
      "env: {set: {A_SECRET: DEADBEEFDEADBEEFDEADBEEF}}",
      ["3:13 the value of A_SECRET"],
    ],
    [
      "a secret of AWS that begins with a slash",
      `env: {set: {AWS_SECRET_ACCESS_KEY: /${"aB3dE6gH9jK2mN5pQ8sT1vW4yZ7"}${"aB3dE6gH9jK2"}}}`,
      ["3:13 the value of AWS_SECRET_ACCESS_KEY"],
    ],
    [
      "a password that only holds the word test",
      "env: {set: {DB_PASSWORD: greatestof7hills}}",
      ["3:13 the value of DB_PASSWORD"],
    ],
    [
      "a password that begins with `my`",
      "env: {set: {DB_PASSWORD: my-S3cret-0f-the-hills}}",
      ["3:13 the value of DB_PASSWORD"],
    ],
    [
      "a parameter, where it stands and not where it is used",
      `params: {token: ${TOKEN}}\nenv: {set: {X: "\${token}"}}`,
      ["3:10 the parameter token"],
    ],
    [
      "a word that assigns",
      'process: {wrapper: [env, API_TOKEN=hunter2hunter2, "--db-password=hunter2hunter2"]}',
      ["3:26 an item of `process.wrapper`", "3:52 an item of `process.wrapper`"],
    ],
    [
      "a word behind its option",
      "process: {wrapper: [x, --db-password, hunter2hunter2]}",
      ["3:39 an item of `process.wrapper`"],
    ],
    [
      "a line for a shell",
      'process: {wrapper: [sh, -c, "export API_TOKEN=hunter2hunter2; exec \\"$@\\"", sh]}',
      ["3:29 an item of `process.wrapper`"],
    ],
    [
      "a short password",
      "env: {set: {DB_PASSWORD: hunter2, PGPASSWORD: '81726354'}}",
      ["3:13 the value of DB_PASSWORD", "3:35 the value of PGPASSWORD"],
    ],
    [
      "the password of a program",
      "env: {set: {SSHPASS: hunter2, PGPASS: hunter22}}",
      ["3:13 the value of SSHPASS", "3:31 the value of PGPASS"],
    ],
    [
      "a password with the word test in it",
      "env: {set: {DB_PASSWORD: test-Xk29dk2mdkQz}}",
      ["3:13 the value of DB_PASSWORD"],
    ],
    ["a password without a user", "env: {set: {CACHE: 'redis://:hunter2@db:6379/0'}}", ["3:13 the value of CACHE"]],
    [
      "a header",
      `env: {set: {HEADER: "Authorization: Bearer 0af7651916cd43dd8448eb211c80319c"}}`,
      ["3:13 the value of HEADER"],
    ],
    ["what a test expects", "tests: {x: {env: {API_TOKEN: hunter2hunter2}}}", ["3:19 the value of API_TOKEN"]],
    [
      "a token with small letters alone",
      "env: {set: {X: sk-or-v1-0af7651916cd43dd8448eb211c80319c0af7651916cd43dd}}",
      ["3:13 the value of X"],
    ],
    ...[
      "machine example.org login me password hunter2",
      "//registry.npmjs.org/:_authToken=0af7651916cd43dd",
      "[default]\naws_secret_access_key = wJalrXUtnFEMIK7MDENGbPxRfiCYzzzzzzz",
      '{"auths": {"ghcr.io": {"auth": "bWU6aHVudGVyMjIy"}}}',
      "export DB_PASSWORD='hunter2hunter2'",
      "db:\n  password: hunter2hunter2",
    ].map((content): [string, string, string[]] => [
      `a file's ${JSON.stringify(content)}`,
      `files: {/etc/acme: {content: ${JSON.stringify(content)}}}`,
      ["3:21 `files./etc/acme.content`"],
    ]),
    ...[
      `SG.${"abcdefghijklmnop1"}.${"abcdefghijklmnop2"}`,
      `hvs.${"abcdefghijklmnopqrst12"}`,
      `AGE-SECRET-KEY-1${"QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"}`,
      `https://hooks.slack.com/services/T0AAAAAAA/B0AAAAAAA/${"abcdefghij0123456789"}`,
      "-----BEGIN PGP PRIVATE KEY BLOCK-----",
    ].map((text): [string, string, string[]] => [
      `${text.slice(0, 12)}…`,
      `env: {set: {X: ${JSON.stringify(text)}}}`,
      ["3:13 the value of X"],
    ]),
    ...[
      "PASSWORD_POSTGRES: Hunter2Rocks!",
      "API_KEY_OPENAI: f00dbabe12345678aa",
      "AWS_SECRET_ACCESS_KEY_PRD: a1b2c3d4e5f6g7h8",
      "COSMOS_PRIMARY_KEY: deadbeef0123456789abcdef01234567",
      "UNLOCK_KEY: s3cr3tvalue9xyz",
      "API_KEY: abcdefghijklmnopqrstuv",
      "ADMIN_PASSWORD: env-7f3k9d2k",
      "ADMIN_PASSWORD: $Ecret99!x",
    ].map((entry): [string, string, string[]] => [
      entry,
      `env: {set: {${entry}}}`,
      [`3:13 the value of ${entry.split(":")[0]}`],
    ]),
    [
      "a real password behind what stands for one",
      "env: {set: {URLS: 'postgres://postgres:postgres@a/b postgres://u:S3cretPass9@b/c'}}",
      ["3:13 the value of URLS"],
    ],
    [
      "a comment in a file with what stands for a password",
      "env: {set: {URL: 'postgres://postgres:postgres@a/b'}}\n# postgres://u:S3cretPass9@b/c",
      ["4:1 this comment"],
    ],
    [
      "an old secret beside a new one",
      "env: {set: {API_TOKEN_OLD: hunter2hunter2}}",
      ["3:13 the value of API_TOKEN_OLD"],
    ],
    [
      "a file's line for a shell",
      'files: {/etc/acme: {content: "login --password hunter2hunter2"}}',
      ["3:21 `files./etc/acme.content`"],
    ],
    ["a flag set that nobody turns on", `flags:\n  x: {env: {set: {X: ${TOKEN}}}}`, ["4:19 the value of X"]],
    ["a description", `description: try ${TOKEN}`, ["3:1 `description`"]],
    ["a comment", `# was ${TOKEN}\nenv: {set: {X: y}} # and ${TOKEN}`, ["3:1 this comment", "4:20 this comment"]],
    ["once, with what looks like a comment", `description: "see # ${TOKEN}"`, ["3:1 `description`"]],
  ])("finds %s", async (_, lines, expected) => {
    expect(await secretsIn(lines)).toEqual(expected);
  });

  it.each([
    [
      "what stands for a secret",
      "env: {set: {A_TOKEN: your-token-here, B_TOKEN: changeme, C_TOKEN: not-needed-here, D_PASSWORD: test-password}}",
    ],
    [
      "the example of AWS's documentation",
      "env: {set: {AWS_SECRET_ACCESS_KEY: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY}}",
    ],
    ["a file that holds it", "env: {set: {TOKEN_FILE: /run/secrets/token, DB_PASSWORD: /run/secrets/database}}"],
    [
      "a fingerprint",
      "env: {set: {GPG_KEY: 0123 4567 89AB CDEF 0123  4567 89AB CDEF 0123 4567, SIGNING_KEY: DEADBEEFDEADBEEF}}",
    ],
    ["a check sum", "env: {set: {SUM: sha512-Zq8vT1xLk3Rw9YbN0cMf7GhJZq8vT1xLk3Rw9YbN0cMf7GhJ}}"],
    ["what a parameter brings", 'params: {who: ""}\nenv: {set: {A_TOKEN: "${who}"}}'],
    [
      "the half of a key that is public",
      'env: {set: {MY_PUBLIC_KEY: MIIBIjANBgkqhkiG9w, SSH_KEY: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE me@home"}}',
    ],
    [
      "what is about a secret",
      "env: {set: {AUTH_TOKEN_HEADER: X-Auth-Token, TOKEN_TTL: 3600seconds, PASSWORD_HASHERS: argon2_hasher}}",
    ],
    [
      "keys that open nothing",
      "env: {set: {CACHE_KEY: v1-deps-linux, SORT_KEY: created_at_desc, PRIMARY_KEY: customer_id}}",
    ],
    ["words that begin like a key", "env: {set: {PKG: sk-learn-contrib-extra-tools}}"],
    ["a password that is to be changed", "env: {set: {DB: 'postgres://me:changeme@db/x'}}"],
    ["a key that Amazon made for its documentation", "env: {set: {X: AKIAIOSFODNN7EXAMPLE}}"],
    ["a token of nothing but x", `env: {set: {X: ghp_${"x".repeat(36)}}}`],
    ["the name of a class", "env: {set: {MAIN: KubernetesClusterManagerV2Factory1}}"],
    ["a setting of an option", "process: {wrapper: [x, --token, '12345678', --password, /run/secrets/pw]}"],
    [
      "a file's words about passwords",
      'files: {/etc/acme: {content: "# password: hunter2hunter2 was here\\npassword_file = /run/secrets/pw\\n"}}',
    ],
    ["users and groups", 'files: {/etc/nsswitch.conf: {content: "passwd: files systemd\\ngroup: files systemd\\n"}}'],
    [
      "rules of PAM",
      'files: {/etc/pam.d/x: {content: "auth sufficient pam_rootok.so\\npassword   sufficient   pam_permit.so\\n"}}',
    ],
    ...[
      "DB_PASSWORD=$(cat /run/secrets/db)",
      "_authToken=$NPM_TOKEN",
      "password: {{ vault_pw }}",
      "password = os.environ['PW']",
    ].map((line): [string, string] => [
      `a reference: ${line}`,
      `files: {/etc/acme: {content: ${JSON.stringify(line)}}}`,
    ]),
    ...[
      "COOKIE_DOMAIN: localhost",
      "AUTH_DOMAIN: acme.auth0.com",
      "TOKEN_SERVICE: http://localhost:9999",
      "RESTIC_PASSWORD_COMMAND: pass show restic",
      "CSRF_COOKIE: csrftoken",
      "PASSWORD_PROMPT: 'Password please:'",
      "POSTGRES_PASSWORD: postgres",
      "MINIO_ROOT_PASSWORD: minioadmin",
      "DB: amqp://guest:guest@mq",
    ].map((entry): [string, string] => [entry, `env: {set: {${entry}}}`]),
    ...[
      "passwd:         compat",
      "password\\trequired",
      "token: AccessToken;",
      "token = get_token(request1)",
      "password=args.password",
      "password = var.db_password",
      "password: optional",
      "key: ctrl-shift-1",
      "auth = scram-sha-256",
      "kdc_key=aes256-cts",
      "password: CHANGE_ME_PLEASE",
    ].map((line): [string, string] => [`a file's ${line}`, `files: {/etc/acme: {content: "${line}"}}`]),
    ...[
      '[docker, build, --secret, "id=mysecret1,env=TOKEN"]',
      '[sort, --key, "2,2nr3abc"]',
      "[pytest, --token, tests/data1]",
      '[openssl, --passphrase, "file:x1"]',
      "[tool, --password, prompt]",
    ].map((run): [string, string] => [`the words ${run}`, `tests: {t: {run: ${run}, exit: 0}}`]),
    ["the name of a component", "env: {set: {MAIN: src/Components/ButtonGroupItem2}}"],
  ])("is silent about %s", async (_, lines) => {
    expect(await secretsIn(lines)).toEqual([]);
  });

  it("prints none of them, and has the caret at its place", async () => {
    const profile = `version: 1\nextends: [base]\nenv:\n  set: {A_TOKEN: "correct horse, battery", X: ${TOKEN}, Y: ${RANDOM}}\n`;
    const { findings } = await lintExample({ profile });
    const sources = (file: string) => exampleMachine("example.sandbox.yml", profile).readText(file);
    const text = formatProblems(
      findings.map(({ problem }) => problem),
      { sources },
    );
    expect(text).toContain("set: {A_TOKEN: <redacted>, X: <redacted>, Y: <redacted>}");
    expect(text).not.toMatch(/correct horse|ghp_|Zq8vT1/);
    for (const [name, at] of [
      ["A_TOKEN", 0],
      ["X", 1],
      ["Y", 2],
    ] as const) {
      const [, shown = "", carets = ""] = (text.split("\n\n")[at] ?? "").split("\n");
      expect(shown.slice(carets.indexOf("^"), carets.lastIndexOf("^") + 1)).toBe(name);
    }
  });
});

describe("argv/control-chars", () => {
  it("looks at comments, too", async () => {
    const { findings } = await lintExample({ profile: "version: 1\r\n# fine\r\nextends: [base] # x \u202e y\r\n" });
    expect(findings.map(({ problem: { rule, line, column } }) => `${line}:${column} ${rule}`)).toContain(
      "3:17 argv/control-chars",
    );
    expect(findings.filter(({ problem }) => problem.rule === "argv/control-chars")).toHaveLength(1);
  });
});
