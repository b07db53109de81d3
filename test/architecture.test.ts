import { readdirSync, readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { transformSync } from "esbuild";
import { describe, expect, it } from "vitest";

/** A part of src (a folder, or a file directly in it) and what it may import; the reason stands in the failure. */
interface Part {
  readonly part: string;
  readonly mayImport: readonly string[];
  readonly because: string;
}

const STAGES = [
  "discover",
  "sources",
  "load",
  "validate",
  "resolve",
  "compile",
  "trust",
  "render",
  "report",
  "preflight",
  "execute",
  "explain",
  "html",
  "diff",
  "score",
  "claims",
  "lint",
  "edit",
  "host",
];
/** Stages that ask the tree what stands at a path; nobody models mounts twice. */
const ASK_THE_TREE = [
  "sources",
  "compile",
  "trust",
  "render",
  "preflight",
  "execute",
  "explain",
  "html",
  "diff",
  "score",
  "claims",
  "lint",
];
/** The files that know the order of stages. */
const CONDUCTORS = [
  "pipeline.ts",
  "opening.ts",
  "run.ts",
  "run-plan.ts",
  "compiling.ts",
  "settle-servers.ts",
  "testing.ts",
  "trial.ts",
  "linting",
];

const PARTS: readonly Part[] = [
  { part: "model", mayImport: ["model", "generated"], because: "the vocabulary depends on nothing" },
  { part: "generated", mayImport: ["generated", "model"], because: "generated data knows the vocabulary and no code" },
  { part: "tree", mayImport: ["tree", "model"], because: "the tree is a function of plan and host facts" },
  ...STAGES.map((part) => ({
    part,
    mayImport: [part, "model", "generated", ...(ASK_THE_TREE.includes(part) ? ["tree"] : [])],
    because: "a stage gets what it needs as arguments; only the conductors know the order",
  })),
  ...CONDUCTORS.map((part) => ({
    part,
    mayImport: [...CONDUCTORS, ...STAGES, "tree", "model", "generated"],
    because: "conductors know the stages, and nobody who uses them",
  })),
  {
    part: "sandbox",
    mayImport: ["sandbox", ...CONDUCTORS, ...STAGES, "api", "monitor", "tree", "model", "generated"],
    because: "a session conducts runs; nobody below knows of sessions",
  },
  { part: "api", mayImport: ["api", "model"], because: "a server needs to know nothing of sandboxes" },
  { part: "monitor", mayImport: ["monitor", "model", "report"], because: "a monitor is told what happens" },
  {
    part: "index.ts",
    mayImport: [...CONDUCTORS, ...STAGES, "sandbox", "api", "monitor", "tree", "model"],
    because: "the library has no command line in it",
  },
  { part: "cli", mayImport: ["cli", "index.ts"], because: "the command line is the library's first user" },
];

/** Folders of plug-ins: each is a file (or folder) of its own that knows its contract, never a sibling. */
const PLUGINS = [{ folder: "render/targets", because: "a target is one file; what two share belongs into src/render" }];

const PACKAGES = [
  { name: "yaml", in: /^load\/|^cli\/.*show/, because: "one parser decides the values; `show` writes YAML" },
  { name: "picomatch", in: /^compile\//, because: "patterns are expanded where the mount plan is made" },
  { name: "diff", in: /^cli\/lint-diff/, because: "a patch is for people who asked for one" },
  { name: "sarif", in: /^cli\/lint-report\/sarif/, because: "types alone: the format is written in one file" },
  { name: "commander", in: /^cli\//, because: "the library has no command line in it" },
  {
    name: "@lydell/node-pty",
    in: /^execute\/terminal\/open-pty/,
    because: "a native addon, loaded for terminals only",
  },
];

/** The parts that may touch the machine. */
const IMPURE = /^(discover|host|execute|cli|sandbox|api|monitor)\//;
const PURE_BUILTINS = ["node:path", "node:url", "node:util"];
const PURE_GLOBALS_BUT = ["process", "Date", "Math.random", "performance", "crypto"];
const PURE_BECAUSE =
  "only discover, host, execute, sandbox, api, monitor and cli touch the machine; other stages are values in, values out";

const MAX_LINES = 250;

/** Every breach in a set of files (path below src → text), as `src/FILE:LINE: what: why`. */
function breaches(files: ReadonlyMap<string, string>): string[] {
  return [...files].flatMap(([file, text]) => [
    ...importsOf(text).flatMap(({ specifier, line }) =>
      problemsOfImport(file, specifier).map((problem) => `src/${file}:${line}: ${problem}`),
    ),
    ...impureGlobals(file, text),
    ...tooLong(file, text),
  ]);
}

function problemsOfImport(file: string, specifier: string | undefined): string[] {
  if (specifier === undefined) return ["a computed import: the build can't follow it"];
  if (specifier.startsWith(".")) return problemsOfRelativeImport(file, specifier);
  if (specifier.startsWith("node:")) {
    if (IMPURE.test(file) || PURE_BUILTINS.includes(specifier)) return [];
    return [`imports ${specifier}: ${PURE_BECAUSE}`];
  }
  const row = PACKAGES.find(({ name }) => specifier === name || specifier.startsWith(`${name}/`));
  if (!row) return [`imports ${specifier}: no row for this package in the architecture test`];
  return row.in.test(file) ? [] : [`imports ${specifier}: ${row.because}`];
}

function problemsOfRelativeImport(file: string, specifier: string): string[] {
  const target = posix.join(posix.dirname(file), specifier);
  const from = PARTS.find(({ part }) => part === partOf(file));
  if (!from) return [];
  const problems: string[] = [];
  if (!from.mayImport.includes(partOf(target))) problems.push(`imports ${specifier}: ${from.because}`);
  for (const { folder, because } of PLUGINS) {
    const [mine, other] = [file, target].map((path) => pluginOf(folder, path));
    if (mine && other && mine !== "index" && mine !== other) problems.push(`imports ${specifier}: ${because}`);
  }
  return problems;
}

const partOf = (file: string): string => file.split("/")[0] ?? file;

function pluginOf(folder: string, file: string): string | undefined {
  if (!file.startsWith(`${folder}/`)) return undefined;
  return file.slice(folder.length + 1).split(/[/.]/)[0];
}

/** Uses of globals that make a file impure; esbuild knows which names are the global ones and which are locals. */
function impureGlobals(file: string, text: string): string[] {
  if (IMPURE.test(file) || file.endsWith(".d.ts")) return [];
  const marked = (name: string) => `$global_${name.replace(".", "_")}$`;
  const define = Object.fromEntries(PURE_GLOBALS_BUT.map((name) => [name, marked(name)]));
  const { code, map } = transformSync(text, {
    loader: file.endsWith(".js") ? "js" : "ts",
    define,
    sourcemap: "external",
    sourcefile: file,
  });
  const origins = new SourceMap(JSON.parse(map));
  return code.split("\n").flatMap((row, index) =>
    PURE_GLOBALS_BUT.filter((name) => row.includes(marked(name))).map((name) => {
      const entry = origins.findEntry(index, row.indexOf(marked(name)));
      const line = "originalLine" in entry ? entry.originalLine + 1 : "?";
      return `src/${file}:${line}: uses ${name}: ${PURE_BECAUSE}`;
    }),
  );
}

function tooLong(file: string, text: string): string[] {
  const lines = text.replace(/\n$/, "").split("\n").length;
  if (lines <= MAX_LINES || partOf(file) === "generated" || file.endsWith(".gen.ts")) return [];
  return [`src/${file}:${MAX_LINES + 1}: the file has ${lines} lines: a file answers one question`];
}

/** Everything a file imports, types too, static or dynamic; a specifier is undefined where it is no literal. */
function importsOf(text: string): { readonly specifier: string | undefined; readonly line: number }[] {
  const literalOrComment = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/\*[\s\S]*?\*\/|\/\/.*/g;
  const code = text.replace(literalOrComment, (match) =>
    /^\/[/*]/.test(match) ? match.replace(/[^\n]/g, " ") : match,
  );
  const statement = /^[ \t]*(?:import|export)\b(?:[^;"'`()]*?\bfrom)?\s*(?:"([^"\n]+)"|'([^'\n]+)')/gm;
  const call = /(?<![.\w$])import\s*\(\s*(?:"([^"\n]+)"|'([^'\n]+)')?/g;
  return [statement, call].flatMap((pattern) =>
    [...code.matchAll(pattern)].map((match) => ({
      specifier: match[1] ?? match[2],
      line: code.slice(0, match.index + match[0].trimEnd().length).split("\n").length,
    })),
  );
}

function sources(): Map<string, string> {
  const root = fileURLToPath(new URL("../src/", import.meta.url));
  const names = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => /\.[cm]?[jt]s$/.test(name));
  return new Map(names.sort().map((name) => [name, readFileSync(root + name, "utf8")]));
}

describe("architecture", () => {
  it("holds in src", () => {
    const files = sources();
    expect(files.size).toBeGreaterThan(0);
    expect(breaches(files)).toEqual([]);
  });

  it("has a row for every part of src, and no other", () => {
    const parts = new Set([...sources().keys()].map(partOf));
    expect(PARTS.map(({ part }) => part).sort()).toEqual([...parts].sort());
  });

  const caught: readonly (readonly [string, string, string])[] = [
    ["compile/x.ts", 'import { a } from "../resolve/a.ts";', "src/compile/x.ts:1: imports ../resolve/a.ts"],
    ["compile/x.ts", '\nimport type {\n  A,\n} from "../load/a.ts";', "src/compile/x.ts:4: imports ../load/a.ts"],
    ["load/x.ts", 'type A = import("../tree/index.ts").Tree;', "src/load/x.ts:1: imports ../tree/index.ts"],
    ["model/x.ts", 'export * from "../tree/a.ts";', "src/model/x.ts:1: imports ../tree/a.ts"],
    ["model/x.ts", "import '../tree/a.ts';", "src/model/x.ts:1: imports ../tree/a.ts"],
    ["tree/x.ts", "import a, { b } from '../compile/a.ts'", "src/tree/x.ts:1: imports ../compile/a.ts"],
    ["cli/x.ts", 'const a = await import("../pipeline.ts");', "src/cli/x.ts:1: imports ../pipeline.ts"],
    ["cli/x.ts", "const a = await import(name);", "src/cli/x.ts:1: a computed import"],
    ["cli/x.ts", 'import pkg from "../../package.json";', "src/cli/x.ts:1: imports ../../package.json"],
    ["index.ts", 'export { a } from "./cli/a.ts";', "src/index.ts:1: imports ./cli/a.ts"],
    ["render/targets/a.ts", 'import "./b.ts";', "src/render/targets/a.ts:1: imports ./b.ts"],
    ["resolve/x.ts", 'import { parse } from "yaml";', "src/resolve/x.ts:1: imports yaml"],
    ["load/x.ts", 'import _ from "lodash";', "src/load/x.ts:1: imports lodash"],
    ["pipeline.ts", 'import { stat } from "node:fs/promises";', "src/pipeline.ts:1: imports node:fs/promises"],
    ["compile/x.ts", "// why\nexport const a = () => process.cwd();", "src/compile/x.ts:2: uses process"],
    ["compile/x.ts", "export const a = () => new Date();", "src/compile/x.ts:1: uses Date"],
    ["compile/x.ts", "\n\nexport const a = Math.random();", "src/compile/x.ts:3: uses Math.random"],
    ["tree/x.ts", "\n".repeat(MAX_LINES + 1), "src/tree/x.ts:251: the file has 251 lines"],
  ];
  it.each(caught)("catches in %s: %s", (file, text, message) => {
    expect(breaches(new Map([[file, text]]))).toEqual([expect.stringContaining(message)]);
  });

  const allowed: readonly (readonly [string, string])[] = [
    ["compile/x.ts", 'import { a } from "../tree/a.ts";\nimport type { B } from "../model/b.ts";'],
    ["compile/x.ts", "export const a = (process: { cwd: string }): string => process.cwd;"],
    ["compile/x.ts", "export const a = (plan: { process: string; at: Date }): string => plan.process;"],
    ["compile/x.ts", '// import "../load/a.ts"\n/* import("../load/a.ts") */ export const a = "**/.env";'],
    ["render/targets/index.ts", 'import { bwrap } from "./bwrap.ts";'],
    ["render/targets/bwrap.ts", 'import { op } from "./bwrap/op.ts";\nimport type { Target } from "../target.ts";'],
    ["execute/x.ts", 'import { spawn } from "node:child_process";\nexport const a = () => process.pid;'],
    ["cli/commands/show.ts", 'const { stringify } = await import("yaml");'],
    ["generated/x.ts", "\n".repeat(1000)],
    ["tree/x.ts", "\n".repeat(MAX_LINES)],
  ];
  it.each(allowed)("allows in %s: %s", (file, text) => {
    expect(breaches(new Map([[file, text]]))).toEqual([]);
  });
});
