import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type { EnvironmentValue, Invocation } from "../../src/model/invocation.ts";
import type { Plan } from "../../src/model/plan.gen.ts";
import { DEFAULT_ORIGIN } from "../../src/model/source.ts";
import {
  bwrap,
  quote,
  REDACTED,
  redactPlan,
  renderJson,
  renderNul,
  renderShell,
  TARGETS,
} from "../../src/render/index.ts";
import { goodPlan } from "../compile/case.ts";

const BARE = "devices: none\nproc: false\n";
const origin = DEFAULT_ORIGIN;
const [features = TARGETS[0]!] = TARGETS;
const directory = mkdtempSync(join(tmpdir(), "sbx-shell-"));
afterAll(() => rmSync(directory, { recursive: true }));

const called = (plan: Plan, argv: readonly string[] = ["true"]): Invocation => {
  const { value, problems } = bwrap.render(plan, features, argv);
  if (value === undefined) throw new Error(JSON.stringify(problems));
  return value;
};
const shell = (plan: Plan, invocation: Invocation, redact = false): string => {
  const { value, problems } = renderShell(invocation, plan, { redact });
  if (value === undefined) throw new Error(JSON.stringify(problems));
  return value;
};

/** In place of bwrap: says which words, variables and inputs it got. */
const SPY = `#!/bin/sh
printf '%s\\0' "$#" "$@"
for fd in 3 4 5 6 7 8 9; do [ -e /proc/$$/fd/$fd ] && { printf '%s:' $fd; cat <&$fd; printf '\\0'; }; done
printf '\\0'; tr '\\0' '\\001' </proc/$$/environ`;

interface Spied {
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly inputs: readonly string[];
}

function spied(text: string, env: Readonly<Record<string, string>> = {}): Spied {
  const spy = join(directory, "bwrap");
  writeFileSync(spy, SPY);
  chmodSync(spy, 0o755);
  const found = spawnSync("/bin/sh", ["-c", text], {
    env: { PATH: "/usr/bin:/bin", TMPDIR: directory, ...env },
    encoding: "utf8",
  });
  expect({ status: found.status, stderr: found.stderr }).toEqual({ status: 0, stderr: "" });
  const words = found.stdout.split("\0");
  const count = Number(words[0]);
  return {
    args: words.slice(1, count + 1),
    inputs: words.slice(count + 1, -2),
    env: (words.at(-1) ?? "").split("\u0001").filter(Boolean).sort(),
  };
}

// Everything that a shell, printf or bwrap might take for something else.
const nasty = fc.oneof(
  fc.constantFrom(
    "",
    "--",
    "--bind",
    "-n",
    "$HOME",
    "`id`",
    "a b",
    "'",
    '"',
    "\\",
    "\n",
    "*",
    "~",
    "!x",
    "%s",
    "{run}/x",
    "a=b",
    "#",
    "é\u202e",
  ),
  // \u0001 is what the spy puts between the words that it saw.
  fc.string({ unit: "binary", maxLength: 6 }).filter((text) => !/[\0\u0001]/.test(text)),
);

describe("a call for a shell", () => {
  it("gives bwrap exactly the words, variables and inputs of the call", () => {
    fc.assert(
      fc.property(
        fc.array(nasty, { minLength: 1, maxLength: 4 }),
        fc.array(nasty, { maxLength: 3 }),
        fc.array(nasty, { maxLength: 2 }),
        nasty,
        (argv, links, contents, value) => {
          const base = goodPlan(BARE);
          const operations: Plan["operations"] = [
            ...links.map((target, index) => ({
              kind: "symlink" as const,
              at: `/l ${index}`,
              target,
              present: true,
              origin,
            })),
            ...contents.map((content, index) => {
              return { kind: "file" as const, at: `/f'${index}`, content, mode: "0444", present: true, origin };
            }),
          ];
          const plan: Plan = {
            ...base,
            operations: operations.filter(
              (operation) => !("target" in operation && operation.target.startsWith("{run}")),
            ),
            env: { PLAIN: { value, origin }, LD_X: { value, origin }, HOST: { value: { from: "FROM" }, origin } },
          };
          const invocation = { ...called(plan, argv), file: join(directory, "bwrap") };
          const found = spied(shell(plan, invocation), { FROM: value });
          const at = invocation.args.lastIndexOf("--args", invocation.args.indexOf("--"));
          const args = [
            ...invocation.args.slice(0, at),
            ...["--setenv", "LD_X", value],
            ...invocation.args.slice(at + 2),
          ];
          expect(found.args).toEqual(args);
          expect(found.env.filter((line) => !/^(PWD|OLDPWD|SHLVL|_)=/.test(line))).toEqual(
            [`HOST=${value}`, `PLAIN=${value}`].sort(),
          );
          const inputs = invocation.inputs.filter(({ content }) => typeof content === "string");
          expect(found.inputs).toEqual(inputs.map(({ fd, content }) => `${fd}:${content}`));
        },
      ),
      { numRuns: 60 },
    );
    // Whatever it needed for the run is gone.
    expect(readdirSync(directory)).toEqual(["bwrap"]);
  });

  it("names host variables, with what goes in front, and no colon before nothing", () => {
    const path: EnvironmentValue = { from: "PATH", prepend: ["/opt/my bin", "/x"] };
    const plan: Plan = {
      ...goodPlan(BARE),
      env: { PATH: { value: path, origin }, MAN: { value: { from: "NONE", prepend: ["/m"] }, origin } },
    };
    const text = shell(plan, { ...called(plan), file: join(directory, "bwrap") });
    const found = spied(text, { PATH: "/usr/bin:/bin" });
    expect(found.env).toContain("PATH=/opt/my bin:/x:/usr/bin:/bin");
    expect(found.env).toContain("MAN=/m");
  });

  it("hides what looks like a secret, and everything when asked", () => {
    const env = {
      API_TOKEN: { value: "hush", origin },
      LD_TOKEN: { value: "hu$h hush", origin },
      PLAIN: { value: "open", origin },
    };
    const plan: Plan = { ...goodPlan(BARE), env };
    const text = shell(plan, called(plan));
    expect(text).not.toMatch(/hush|hu\$h/);
    expect(text).toContain("PLAIN=open");
    expect(text).toContain('API_TOKEN="${API_TOKEN:?}"');
    expect(shell(plan, called(plan), true)).not.toContain("open");
  });

  it("makes and removes a scratch directory, and refuses the steps that only sbx can do", () => {
    const scratch = goodPlan(`${BARE}mounts: {/s: {scratch: true}}`);
    const text = shell(scratch, { ...called(scratch), file: join(directory, "bwrap") });
    const { args } = spied(text);
    expect(args[args.indexOf("--bind") + 1]).toMatch(/^\/.*\/tmp\.[^/]+\/scratch-s$/);
    expect(readdirSync(directory)).toEqual(["bwrap"]);

    const made = goodPlan(`${BARE}mounts: {/s: {access: rw, missing: create}}`);
    const { value, problems } = renderShell(called(made), made, { redact: false });
    expect([value, problems.map(({ rule, line }) => [rule, line])]).toEqual([undefined, [["render/needs-sbx", 3]]]);
  });

  it("refuses more inputs than a POSIX shell can open", () => {
    const files = (count: number) =>
      `files: {${Array.from({ length: count }, (_, index) => `/f${index}: {content: x}`).join(", ")}}`;
    const rules = (count: number) => {
      const plan = goodPlan(BARE + files(count));
      return renderShell(called(plan), plan, { redact: false }).problems.map(({ rule }) => rule);
    };
    expect(rules(7)).toEqual([]);
    expect(rules(8)).toEqual(["render/too-many-inputs"]);
  });

  it("quotes any word so that the shell reads it back", () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const { stdout } = spawnSync("/bin/sh", ["-c", `printf %s. ${quote(text)}`], { encoding: "utf8" });
        expect(stdout).toBe(`${text}.`);
      }),
      { numRuns: 60 },
    );
  });
});

describe("a call as data", () => {
  it("has its steps, and how they are undone, last first", () => {
    const plan = goodPlan(
      `${BARE}mounts: {/s: {scratch: true}, /made: {access: rw, missing: create}, .: rw, ./a/b: {from: /made}}`,
      { files: { "/made/": {} } },
    );
    const call = renderJson(called(plan), plan);
    expect(call.prepare).toEqual(plan.prepare);
    expect(call.undo.map(({ kind, path }) => [kind, path])).toEqual([
      ["remove-empty", "/home/u/proj/a/b"],
      ["remove-empty", "/home/u/proj/a"],
      ["remove-tree", "{run}/scratch-s"],
    ]);
  });

  it("can be words ended by NUL, when it is nothing but words", () => {
    const plan = goodPlan(`${BARE}tmpfs: [/a]`);
    const call = called(plan, ["echo", "a b"]);
    expect(renderNul(call, plan).value).toBe([call.file, ...call.args].map((word) => `${word}\0`).join(""));
    const file = goodPlan(`${BARE}files: {/a: {content: x}}`);
    expect(renderNul(called(file), file).problems.map(({ rule }) => rule)).toEqual(["render/needs-sbx"]);
    const step = goodPlan(`${BARE}mounts: {/s: {scratch: true}}`);
    expect(renderNul(called(step), step).problems.map(({ rule }) => rule)).toEqual(["render/needs-sbx"]);
  });
});

describe("a redacted plan", () => {
  const env = {
    API_KEY: { value: "hush", origin },
    EMPTY_TOKEN: { value: "", origin },
    FROM_TOKEN: { value: { from: "TOKEN" }, origin },
    PLAIN: { value: "open", origin },
  };
  const shown = (options?: { all: boolean }) =>
    Object.fromEntries(
      Object.entries(redactPlan({ ...goodPlan(BARE), env }, options).env).map(([name, { value }]) => [name, value]),
    );

  it("has no values of what looks like a secret", () => {
    expect(shown()).toEqual({ API_KEY: REDACTED, EMPTY_TOKEN: "", FROM_TOKEN: { from: "TOKEN" }, PLAIN: "open" });
  });

  it("has no values at all when asked", () => {
    expect(shown({ all: true }).PLAIN).toBe(REDACTED);
  });
});
