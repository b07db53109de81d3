import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compile } from "../../src/compile/index.ts";
import { plan as isPlan } from "../../src/generated/plan-validator.js";
import { load } from "../../src/load/index.ts";
import { hasErrors, type Problem } from "../../src/model/problem.ts";
import { bwrap, TARGETS } from "../../src/render/index.ts";
import { formatProblems } from "../../src/report/index.ts";
import { resolve } from "../../src/resolve/index.ts";
import { library } from "../../src/sources/index.ts";
import { typedFragment, validate } from "../../src/validate/index.ts";
import { fakeHost } from "../support/fake-host.ts";

const FILE = "/home/u/acme/.sandbox.yml";

/** A machine with a bit of everything that profiles name. */
const HOST = fakeHost({
  cwd: "/home/u/acme",
  env: { TERM: "xterm", LANG: "C", API_KEY: "canary", SDK_HOME: "/opt/sdk", LC_ALL: "C" },
  files: {
    "/proc/cmdline": "",
    "/sys/": { type: "directory" },
    "/srv/root/usr/": { type: "directory" },
    "/srv/stage/root/": { type: "directory" },
    "/usr/lib/osbuild/osbuild/__init__.py": "",
    "/usr/lib/osbuild/runners/org.osbuild.linux": "",
    "/dev/shm/": { type: "directory", mode: "1777" },
    "/usr/bin/env": "",
    "/usr/lib/": { type: "directory" },
    "/bin": { target: "usr/bin" },
    "/lib": { target: "usr/lib" },
    "/etc/passwd": "",
    "/etc/ssl/certs/a.pem": "",
    "/tmp/": { type: "directory", mode: "1777" },
    "/run/": { type: "directory" },
    "/var/tmp/": { type: "directory" },
    "/opt/sdk/bin/": { type: "directory" },
    "/home/u/.ssh/id": "key",
    "/home/u/acme/Makefile": "",
    "/home/u/acme/.envrc": "",
    "/home/u/acme/rootfs/usr/": { type: "directory" },
    "/home/u/acme/sub/.env": "",
    "/home/u/acme/.git/HEAD": "ref: refs/heads/main\n",
    "/home/u/acme/.git/config": "",
    "/home/u/acme/.git/hooks/": { type: "directory" },
    "/home/u/acme/link": { target: "/home/u" },
    "/home/u/acme/.sandbox.yml": "",
    "/home/u/acme/ci.sandbox.yml": "version: 1\nextends: [base]\nenv: {set: {CI: '1'}}\n",
    ...Object.fromEntries(
      ["null", "zero", "full", "random", "urandom", "tty", "fuse"].map((name) => [
        `/dev/${name}`,
        { type: "character" as const },
      ]),
    ),
  },
});

/** The parameter that a parent requires. */
function withRoot(text: string): string {
  if (!/^extends: \[buildstream/m.test(text)) return text;
  const root = "  root: {type: path, default: /srv/stage/root}\n";
  return text.includes("\nparams:\n") ? text.replace("\nparams:\n", `\nparams:\n${root}`) : `${text}\nparams:\n${root}`;
}

const WHOLE_LANGUAGE = readFileSync(new URL("whole-language.yaml", import.meta.url), "utf8");
const profiles = new URL("../../profiles/", import.meta.url);
const SEEDS = [
  WHOLE_LANGUAGE,
  ...readdirSync(profiles)
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => readFileSync(new URL(name, profiles), "utf8").replaceAll(/^#.*\n/gm, ""))
    // Nobody is there to set a parameter.
    .map((text) => text.replace("required: true, example:", "default:"))
    .map(withRoot),
];
const WORDS = [...new Set(WHOLE_LANGUAGE.match(/[^\s:,[\]{}]+/g) ?? [])];

type Mutation = (text: string) => string;

const anywhere = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const at = (text: string, where: number): number => Math.floor(where * (text.length + 1));
const lineAt = (lines: readonly string[], where: number): number => Math.floor(where * lines.length);
const onLines = (where: number, change: (lines: string[], index: number) => void): Mutation => {
  return (text) => {
    const lines = text.split("\n");
    change(lines, lineAt(lines, where));
    return lines.join("\n");
  };
};

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(anywhere, fc.constantFrom(..."{}[]:,#&*!|>'\"%@`$~?-\t\n \\/.0\u0000\u202e€")).map(
    ([where, letter]): Mutation =>
      (text) =>
        text.slice(0, at(text, where)) + letter + text.slice(at(text, where)),
  ),
  fc.tuple(anywhere, fc.integer({ min: 1, max: 12 })).map(
    ([where, length]): Mutation =>
      (text) =>
        text.slice(0, at(text, where)) + text.slice(at(text, where) + length),
  ),
  fc.tuple(anywhere, fc.constantFrom(...WORDS)).map(
    ([where, word]): Mutation =>
      (text) => {
        const words = [...text.matchAll(/[^\s:,[\]{}]+/g)];
        const found = words[Math.floor(where * words.length)];
        return found ? text.slice(0, found.index) + word + text.slice(found.index + found[0].length) : word;
      },
  ),
  anywhere.map((where) => onLines(where, (lines, index) => lines.splice(index, 1))),
  anywhere.map((where) => onLines(where, (lines, index) => lines.splice(index, 0, lines[index] ?? ""))),
  fc
    .tuple(anywhere, anywhere)
    .map(([from, to]) =>
      onLines(from, (lines, index) => lines.splice(lineAt(lines, to), 0, ...lines.splice(index, 1))),
    ),
  fc.tuple(anywhere, fc.constantFrom("  ", "    ", " ")).map(([where, more]) =>
    onLines(where, (lines, index) => {
      lines[index] = more + lines[index];
    }),
  ),
);

const mutated = fc
  .tuple(fc.constantFrom(...SEEDS), fc.array(mutation, { minLength: 1, maxLength: 4 }))
  .map(([seed, mutations]) => mutations.reduce((text, mutate) => mutate(text), seed));

interface Judged {
  readonly problems: readonly Problem[];
  readonly planned: boolean;
}

/** The whole way of a text, from load to render. */
function judge(text: string): Judged {
  const reader = { load, validate };
  const books = library(HOST, reader);
  const opened = books.openText(FILE, "/home/u/acme", text);
  if (opened.value === undefined) return { problems: opened.problems, planned: false };
  const source = { ...opened.value, path: FILE };
  const context = { host: HOST, lookup: books.lookup, typedFragment };
  const request = { source, variant: undefined, flags: [], set: [], project: "/home/u/acme" };
  const resolved = resolve(request, context);
  if (resolved.value === undefined) return { problems: resolved.problems, planned: false };
  const compiled = compile(resolved.value, HOST, { directories: ["/home/u/.cache/sbx"] });
  if (compiled.value === undefined) return { problems: compiled.problems, planned: false };
  if (!isPlan(JSON.parse(JSON.stringify(compiled.value)))) {
    throw new Error(`not a plan by its own schema: ${JSON.stringify(isPlan.errors?.[0])}`);
  }
  const target = TARGETS.find(({ name }) => name === "bwrap-0.12");
  if (target === undefined) throw new Error("no target");
  const rendered = bwrap.render(compiled.value, target, ["true"]);
  return { problems: [...compiled.problems, ...rendered.problems], planned: rendered.value !== undefined };
}

describe("mutated profiles", () => {
  it("has seeds that plan", () => {
    for (const seed of SEEDS) {
      const { planned, problems } = judge(seed);
      expect({ planned, problems: formatProblems(problems.filter((problem) => problem.severity === "error")) }).toEqual(
        { planned: true, problems: "" },
      );
    }
  });

  it("gives a plan, or problems with positions", () => {
    let plans = 0;
    let refusals = 0;
    fc.assert(
      fc.property(mutated, (text) => {
        const { problems, planned } = judge(text);
        expect(planned).toBe(!hasErrors(problems));
        const lines = text.split(/\r\n|\r|\n/).length;
        for (const problem of problems) {
          expect(problem.message).not.toBe("");
          if (problem.file !== FILE) continue;
          expect(problem.line).toBeGreaterThanOrEqual(1);
          expect(problem.line).toBeLessThanOrEqual(lines);
          expect(problem.column).toBeGreaterThanOrEqual(1);
        }
        expect(formatProblems(problems, { sources: () => text })).not.toContain("\u202e");
        if (planned) plans += 1;
        else refusals += 1;
      }),
      { numRuns: Number(process.env.SBX_MUTATIONS ?? 1500) },
    );
    // Both ways were really taken.
    expect(plans).toBeGreaterThan(0);
    expect(refusals).toBeGreaterThan(0);
  });
});
