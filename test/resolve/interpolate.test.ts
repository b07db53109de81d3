import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { effectiveOf, problemsOf, profile, resolveIn, type World } from "./world.ts";

const MAIN = "/home/u/proj/.sandbox.yml";

/** What a text becomes: it stands in single quotes. */
const out = (text: string, world: Partial<World> = {}): string | undefined =>
  effectiveOf({ ...world, files: profile(`env: {set: {OUT: '${text}'}}`) }).env.set.get("OUT")?.value;

describe("built-in variables", () => {
  const machine = { home: "/home/u", cwd: "/work", uid: 7, gid: 8, user: "me", env: { TERM: "xterm", LANG: "C" } };

  it.each([
    ["${HOME}", "/home/u"],
    ["${PROJECT}", "/home/u/proj"],
    ["${CWD}", "/work"],
    ["${DIR}", "/home/u/proj"],
    ["${UID}:${GID}", "7:8"],
    ["${USER}", "me"],
    ["${TERM} ${LANG}", "xterm C"],
    ["${XDG_CONFIG_HOME}", "/home/u/.config"],
    ["${XDG_CACHE_HOME}", "/home/u/.cache"],
    ["${XDG_DATA_HOME}", "/home/u/.local/share"],
    ["${XDG_STATE_HOME}", "/home/u/.local/state"],
  ])("%s is %s", (text, expected) => {
    expect(out(text, { machine })).toBe(expected);
  });

  it("XDG variables come from the host, base directories only if they are absolute", () => {
    const env = { XDG_CACHE_HOME: "/c", XDG_CONFIG_HOME: "rel", XDG_SEAT: "seat0", XDG_RUNTIME_DIR: "rel" };
    expect(out("${XDG_CACHE_HOME} ${XDG_CONFIG_HOME} ${XDG_SEAT}", { machine: { env } })).toBe(
      "/c /home/u/.config seat0",
    );
    expect(out("${XDG_RUNTIME_DIR:-/none}", { machine: { env } })).toBe("/none");
  });

  it("DIR is the directory of the file that wrote it", () => {
    const files = {
      "/p/main.yml": "extends: ./sub/a.yml",
      "/p/sub/a.yml": "params: {d: '${DIR}'}\nenv: {set: {D: '${d} ${DIR}'}}",
    };
    expect(effectiveOf({ files }).env.set.get("D")?.value).toBe("/p/sub /p/sub");
  });

  it("DIR is nothing in a built-in", () => {
    const files = { "/p/main.yml": "extends: b", "builtin:b": "mounts: {'${DIR}': ro}" };
    expect(problemsOf({ files })).toEqual(["builtin:b:1:11 variable/no-directory"]);
    const offered = { "/p/main.yml": "extends: b", "builtin:b": "mounts: {'${DIR:-/x}': ro}" };
    expect([...effectiveOf({ files: offered }).entries.keys()]).toEqual(["/x"]);
  });

  it("other host variables are unknown", () => {
    const files = profile("env: {set: {A: '${SDK_HOME}'}}");
    const { problems } = resolveIn({ files, machine: { env: { SDK_HOME: "/s" } } });
    expect(problems).toMatchObject([
      {
        rule: "variable/unknown",
        column: 17,
        help: "declare a parameter that reads it: `params: {sdk_home: {env: SDK_HOME}}`",
      },
    ]);
  });

  it("secret ones least of all", () => {
    const env = { XDG_ACTIVATION_TOKEN: "hush", API_KEY: "hush" };
    const files = profile("env: {set: {A: '${XDG_ACTIVATION_TOKEN}', B: '${API_KEY}'}}");
    const { problems } = resolveIn({ files, machine: { env } });
    expect(problems.map(({ rule, help }) => [rule, help])).toEqual([
      ["variable/secret", "pass it with env.pass: `env: {pass: [XDG_ACTIVATION_TOKEN]}`"],
      ["variable/unknown", "pass it with env.pass: `env: {pass: [API_KEY]}`"],
    ]);
  });

  it("names of JavaScript's own are unknown", () => {
    for (const name of ["constructor", "__proto__", "toString", "XDG_constructor"]) {
      expect(problemsOf({ files: profile(`env: {set: {A: '\${${name}}'}}`) })).toEqual([
        `${MAIN}:1:17 variable/unknown`,
      ]);
    }
  });
});

describe("operators", () => {
  it.each([
    ["${TERM:-dumb}", {}, "dumb"],
    ["${TERM:-dumb}", { TERM: "" }, "dumb"],
    ["${TERM:-dumb}", { TERM: "xterm" }, "xterm"],
    ["[${TERM:-}]", {}, "[]"],
    ["${TERM:?needed}", { TERM: "xterm" }, "xterm"],
    ["$${TERM}", { TERM: "xterm" }, "${TERM}"],
    ["$TERM $$ a$", { TERM: "xterm" }, "$TERM $$ a$"],
    ["${TERM:-$HOME}", {}, "$HOME"],
  ])("%s with %j is %s", (text, env, expected) => {
    expect(out(text, { machine: { env } })).toBe(expected);
  });

  it(":? says what the author wants said", () => {
    const { problems } = resolveIn({ files: profile("env: {set: {A: '${TERM:?run it in a terminal}'}}") });
    expect(problems).toMatchObject([{ rule: "variable/demanded", message: "TERM: run it in a terminal", column: 17 }]);
  });

  it("an unset variable suggests :-", () => {
    const { problems } = resolveIn({ files: profile("env: {set: {A: '${TERM}'}}") });
    expect(problems).toMatchObject([
      { rule: "variable/unset", help: "give it one, or write `${TERM:-…}` with what to use instead" },
    ]);
  });

  it("an unknown variable stays unknown with a default", () => {
    expect(problemsOf({ files: profile("env: {set: {A: '${cahce:-x}'}}") })).toEqual([`${MAIN}:1:17 variable/unknown`]);
  });
});

describe("where texts are looked at", () => {
  it("keys and values, at every depth", () => {
    const text = `params: {p: x, n: 5}
mounts: {"/\${p}": {access: rw, when: {exists: "/\${p}"}}}
process: {uid: "\${n}", wrapper: [a, "\${p}"]}
limits: {tasks: {value: "\${n}"}}
`;
    const { entries, process, limits } = effectiveOf({ files: profile(text) });
    expect(entries.get("/x")?.value).toEqual({ kind: "mount", spec: { access: "rw", when: { exists: "/x" } } });
    expect([process.uid?.value, process.wrapper?.value, limits.tasks?.value]).toEqual([5, ["a", "x"], { value: 5 }]);
  });

  it("only fragments in use", () => {
    const text = `flags: {a: {env: {set: {A: '\${nope}'}}}}
profiles: {web: {env: {set: {A: '\${nope}'}}}}
tests: {t: {hidden: ['\${nope}']}}
description: '\${nope}'
`;
    expect(problemsOf({ files: profile(text) })).toEqual([]);
    expect(problemsOf({ files: profile(text), flags: [{ name: "a", on: true }] })).toEqual([
      `${MAIN}:1:29 variable/unknown`,
    ]);
    expect(problemsOf({ files: profile(text), variant: "web" })).toEqual([`${MAIN}:2:34 variable/unknown`]);
  });

  it("not the command line, which a shell has been over", () => {
    const { env } = effectiveOf({ files: profile("git: ro"), commandLine: "env: {set: {A: '${nope} $${b}'}}" });
    expect(env.set.get("A")?.value).toBe("${nope} $${b}");
  });

  it("types are checked again afterwards", () => {
    const files = profile("params: {x: fast}\nprocess: {uid: '${x}'}\nlimits: {time: '1${x}'}");
    expect(problemsOf({ files }).map((problem) => problem.replace(/ .*/, ""))).toEqual([
      `${MAIN}:2:16`,
      `${MAIN}:3:16`,
    ]);
  });
});

describe("the place of a mistake inside a text", () => {
  it.each([
    ["env: {set: {A: 'x${no}'}}", 1, 18],
    ["env:\n  set:\n    A: ab${no}", 3, 10],
    ["env:\n  set:\n    A: 'ab${no}'", 3, 11],
    ['env:\n  set:\n    A: "ab${no}"', 3, 11],
    ['env:\n  set:\n    A: "\\u0061\\tb${no}"', 3, 18],
    ["env:\n  set:\n    A: 'it''s ${no}'", 3, 15],
    ["files:\n  /a:\n    content: |\n      line\n      x ${HOME} ${no}\n", 5, 17],
    ["files:\n  /a:\n    content: >-\n      ${HOME}\n      folded\n\n      ${no}\n", 7, 7],
    ["mounts:\n  /a${no}: ro", 2, 5],
    ["mask:\n  - a/${HOME}/${no}", 2, 15],
  ])("is exact in %j", (text, line, column) => {
    expect(problemsOf({ files: profile(text) })).toEqual([`${MAIN}:${line}:${column} variable/unknown`]);
  });

  it("ends where the variable ends", () => {
    expect(resolveIn({ files: profile("mask:\n  - a${no:-b}c") }).problems).toMatchObject([
      { line: 2, column: 6, endLine: 2, endColumn: 14 },
    ]);
  });

  it("is each one's own", () => {
    expect(problemsOf({ files: profile("mask:\n  - ${no}${nope}/${") })).toEqual([
      `${MAIN}:2:18 variable/syntax`,
      `${MAIN}:2:5 variable/unknown`,
      `${MAIN}:2:10 variable/unknown`,
    ]);
  });

  it("suggests what was meant", () => {
    const files = profile("params: {cache: a}\nmask:\n  - ${cahce}\n  - ${home}\n  - ${zzz}");
    expect(resolveIn({ files }).problems.map(({ help }) => help)).toEqual([
      "did you mean `${cache}`?",
      "did you mean `${HOME}`?",
      "declare it: `params: {zzz: …}`",
    ]);
  });
});

describe("single pass", () => {
  const nasty = fc.string({ unit: fc.constantFrom("$", "{", "}", "HOME", ":-", "~", "a", "$${", "${HOME}", "${p}") });
  const quoted = (text: string): string => JSON.stringify(text);

  it("no host value is ever expanded again", () => {
    fc.assert(
      fc.property(nasty, nasty, nasty, (term, sdk, given) => {
        fc.pre(term !== "" && sdk !== "");
        const text = `params: {s: {env: SDK_HOME}, p: {default: x}, q: "\${p}\${s}"}\nenv: {set: {A: "\${TERM}|\${s}|\${p}|\${q}"}}`;
        const machine = { env: { TERM: term, SDK_HOME: sdk } };
        const { env } = effectiveOf({ files: profile(text), machine, set: [{ name: "p", value: given, argument: 1 }] });
        expect(env.set.get("A")?.value).toBe(`${term}|${sdk}|${given}|${given}${sdk}`);
      }),
    );
  });

  it("a text whose every `${` is written `$${` stays itself", () => {
    fc.assert(
      fc.property(nasty, (any) => {
        const written = quoted(any.replaceAll("${", () => "$${"));
        const { env } = effectiveOf({ files: profile(`env: {set: {A: ${written}}}`) });
        expect(env.set.get("A")?.value).toBe(any);
      }),
    );
  });

  it("a host value that looks like a home directory is none", () => {
    const files = profile(
      "params: {s: {env: SDK_HOME}, t: {env: SDK_HOME, type: path}}\nmounts: {'${s}': ro, '/x': {from: '${t}'}}",
    );
    const { entries } = effectiveOf({ files, machine: { env: { SDK_HOME: "~/s" } } });
    expect([...entries].map(([path, { value }]) => [path, value.kind === "mount" && value.spec])).toEqual([
      ["/home/u/proj/~/s", "ro"],
      ["/x", { from: "/home/u/proj/~/s" }],
    ]);
  });

  it("a host value that looks like a pattern matches itself", () => {
    const machine = { home: "/home/[u] (1)", env: { SDK_HOME: "/s/*" } };
    const files = profile(
      "params: {s: {env: SDK_HOME}, g: '**/*.key'}\nmask: [~/.ssh, '${HOME}/${g}', '${s}/a?']\nmounts: {'${s}': ro}",
    );
    const { mask, entries } = effectiveOf({ files, machine });
    expect(mask.map(({ value }) => value)).toEqual([
      "/home/\\[u\\] \\(1\\)/.ssh",
      "/home/\\[u\\] \\(1\\)/**/*.key",
      "/s/\\*/a?",
    ]);
    expect([...entries.keys()]).toEqual(["/s/*"]);
  });
});
