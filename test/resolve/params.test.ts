import { describe, expect, it } from "vitest";
import { effectiveOf, type Files, problemsOf, profile, resolveIn, type World } from "./world.ts";

const MAIN = "/home/u/proj/.sandbox.yml";

/** What `${x}` stands for in a text of the governing file. */
const outOf = (text: string, world: Partial<World> = {}): string | undefined =>
  effectiveOf({ ...world, files: { ...profile(`env: {set: {OUT: "\${x}"}}\n${text}`), ...world.files } }).env.set.get(
    "OUT",
  )?.value;
const set = (value: string, name = "x") => [{ name, value, argument: 4 }];
const inFiles = (files: Files): World => ({ files });

describe("a parameter's value", () => {
  it("is a string", () => {
    expect(outOf("params: {x: 0644}")).toBe("0644");
    expect(outOf("params: {x: {default: some text}}")).toBe("some text");
  });

  it("comes from --set before the host, and from the host before the default", () => {
    const text = "params: {x: {env: SDK_HOME, default: /d}}";
    const machine = { env: { SDK_HOME: "/h" } };
    expect(outOf(text)).toBe("/d");
    expect(outOf(text, { machine })).toBe("/h");
    expect(outOf(text, { machine, set: set("/s") })).toBe("/s");
    expect(outOf(text, { machine: { env: { SDK_HOME: "" } } })).toBe("/d");
  });

  it("comes from the last --set", () => {
    expect(outOf("params: {x: a}", { set: [...set("b"), ...set("c")] })).toBe("c");
  });

  it("may be empty", () => {
    expect(outOf('params: {x: ""}')).toBe("");
    expect(outOf("params: {x: a}", { set: set("") })).toBe("");
  });

  it("may use variables and other parameters, whatever the order", () => {
    expect(outOf('params: {x: "${HOME}/${y}", y: "a-${z}", z: b}')).toBe("/home/u/a-b");
  });

  it("that was set is no template", () => {
    expect(outOf("params: {x: a}", { set: set("${HOME}") })).toBe("${HOME}");
  });

  it("is visible in every file of the chain, the last declaration's", () => {
    const files = { "/home/u/proj/base.yml": "params: {x: base, y: y}\nenv: {set: {BASE: '${x}${y}'}}" };
    const { env } = effectiveOf({ files: { ...profile("extends: ./base.yml\nparams: {x: own}"), ...files } });
    expect(env.set.get("BASE")?.value).toBe("owny");
  });
});

describe("type path", () => {
  const base = (text: string) => ({ "/home/u/proj/sub/base.yml": text });

  it.each([
    ["./a", "/home/u/proj/a"],
    ["a/../b/", "/home/u/proj/b"],
    ["~/a", "/home/u/a"],
    ["/a//b", "/a/b"],
  ])("makes %s absolute", (written, expected) => {
    expect(outOf(`params: {x: {type: path, default: ${written}}}`)).toBe(expected);
  });

  it("starts from the file that declared it", () => {
    const files = base("params: {x: {type: path, default: ./a}}");
    expect(outOf("extends: ./sub/base.yml", { files })).toBe("/home/u/proj/sub/a");
  });

  it("holds for a later file's plain value, which starts from that file", () => {
    const files = base("params: {x: {type: path, required: true}}");
    expect(outOf("extends: ./sub/base.yml\nparams: {x: ./a}", { files })).toBe("/home/u/proj/a");
    expect(outOf("extends: ./sub/base.yml\nparams: {x: {default: ./a}}", { files })).toBe("/home/u/proj/a");
  });

  it("ends when a later file states another type", () => {
    const files = base("params: {x: {type: path, default: ./a}}");
    expect(outOf("extends: ./sub/base.yml\nparams: {x: {type: string, default: ./a}}", { files })).toBe("./a");
  });

  it("starts from the caller's directory when it was set", () => {
    const files = base("params: {x: {type: path, default: ./a}}");
    const machine = { cwd: "/work" };
    expect(outOf("extends: ./sub/base.yml", { files, machine, set: set("b") })).toBe("/work/b");
    expect(outOf("extends: ./sub/base.yml", { files, machine, set: set("~/b") })).toBe("/home/u/b");
  });

  it("can't be relative in a built-in", () => {
    const files = { ...profile("extends: b"), "builtin:b": "params: {x: {type: path, default: ./a}}" };
    expect(problemsOf({ files })).toEqual(["builtin:b:1:35 path/relative"]);
  });

  it("is refused where a path would be", () => {
    expect(problemsOf({ files: profile("params: {x: {type: path, default: /../a}}") })).toEqual([
      `${MAIN}:1:35 path/refused`,
    ]);
    const files = profile("params: {x: {type: path, default: a}}");
    expect(resolveIn({ files, set: set("~root") }).problems).toMatchObject([{ data: { path: "~root", flaw: "user" } }]);
    expect(problemsOf({ files, set: set("a\nb") })).toEqual(["command-line:4:1 path/refused"]);
    expect(problemsOf({ files, set: set("") })).toEqual(["command-line:4:1 path/refused"]);
  });
});

describe("type name", () => {
  it("is the last part of a path, whoever gives it", () => {
    expect(outOf('params: {x: {type: name, default: "${y}"}, y: {type: path, default: /a/b/my runner}}')).toBe(
      "my runner",
    );
    expect(outOf("params: {x: {type: name, default: a}}", { set: set("/usr/lib/it/") })).toBe("it");
    expect(outOf("params: {x: {type: name, env: TOOL}}", { machine: { env: { TOOL: "sub/tool" } } })).toBe("tool");
  });

  it.each(["", "/", "..", "a/..", "/a/."])("%j has none", (text) => {
    const files = profile('params: {x: {type: name, default: a}}\nenv: {set: {OUT: "${x}"}}');
    expect(problemsOf({ files, set: set(text) })).toEqual([expect.stringContaining("param/type")]);
  });
});

describe("types integer and boolean", () => {
  it.each([
    ["integer", "0"],
    ["integer", "8080"],
    ["integer", "-1"],
    ["boolean", "true"],
    ["boolean", "false"],
  ])("%s takes %s", (type, text) => {
    expect(outOf(`params: {x: {type: ${type}, default: ${text}}}`)).toBe(text);
    expect(outOf(`params: {x: {type: ${type}}}`, { set: set(text) })).toBe(text);
  });

  it.each([
    ["integer", "1.5"],
    ["integer", "007"],
    ["integer", "one"],
    ["boolean", "yes"],
    ["boolean", "True"],
  ])("%s does not take %s", (type, text) => {
    expect(problemsOf({ files: profile(`params: {x: {type: ${type}, default: ${text}}}`) })).toEqual([
      `${MAIN}:1:${`params: {x: {type: ${type}, default: `.length + 1} param/type`,
    ]);
    expect(problemsOf({ files: profile(`params: {x: {type: ${type}}}`), set: set(text) })).toEqual([
      "command-line:4:1 param/type",
    ]);
  });

  it("give the fields they are used in their type", () => {
    const files = profile(
      'params: {n: {type: integer, default: 7}, b: {type: boolean, default: false}}\nprocess: {uid: "${n}", dieWithParent: "${b}"}',
    );
    const { process } = effectiveOf({ files });
    expect([process.uid?.value, process.dieWithParent?.value]).toEqual([7, false]);
  });

  it("do not repeat a host variable's value", () => {
    const files = profile("params: {x: {type: integer, env: PORT}}");
    const { problems } = resolveIn({ files, machine: { env: { PORT: "hush" } } });
    expect(problems).toMatchObject([{ rule: "param/type", line: 1, column: 34, data: { variable: "PORT" } }]);
    expect(JSON.stringify(problems)).not.toContain("hush");
  });
});

describe("a required parameter", () => {
  it("without a value is one problem, at its declaration, with what to type", () => {
    const files = profile(
      'params: {root: {type: path, required: true, example: /srv/root}}\nmounts: {/a: {from: "${root}"}, /b: {from: "${root}"}}',
    );
    expect(resolveIn({ files }).problems).toMatchObject([
      { rule: "param/required", file: MAIN, line: 1, column: 10, help: "--set root=/srv/root" },
    ]);
  });

  it("shows an example as a shell wants it", () => {
    const files = profile('params: {x: {required: true, example: "it\'s"}}');
    expect(resolveIn({ files }).problems[0]?.help).toBe("--set 'x=it'\\''s'");
    expect(resolveIn({ files: profile("params: {x: {required: true}}") }).problems[0]?.help).toBe("--set 'x=…'");
  });

  it("is content with --set, the host, and a later file", () => {
    const required = "params: {x: {required: true, env: X_HOME}}";
    expect(outOf(required, { set: set("a") })).toBe("a");
    expect(outOf(required, { machine: { env: { X_HOME: "b" } } })).toBe("b");
    const files = { "/home/u/proj/base.yml": required };
    expect(outOf("extends: ./base.yml\nparams: {x: c}", { files })).toBe("c");
  });
});

describe("a parameter without a value", () => {
  it("that nobody uses is no problem", () => {
    expect(problemsOf({ files: profile("params: {x: {type: path}, y: '${x}/y', z: '${XDG_SEAT}'}") })).toEqual([]);
  });

  it("that is used is one", () => {
    const files = profile("params: {x: {env: X_HOME}}\nmounts: {'/a${x}': ro}");
    expect(problemsOf({ files })).toEqual([`${MAIN}:2:13 variable/unset`]);
    expect(resolveIn({ files }).problems[0]?.help).toBe(
      "give it one (`--set x=…`), or write `${x:-…}` with what to use instead",
    );
  });

  it("because of another variable is that one's problem, once", () => {
    const files = profile(
      "params: {x: '${XDG_SEAT}/x', y: '${x}/y'}\nmounts: {'/${y}': ro, '/a${y}': ro, '/${x}': ro}",
    );
    expect(problemsOf({ files })).toEqual([`${MAIN}:1:14 variable/unset`]);
  });

  it("takes what `:-` offers", () => {
    const files = profile("params: {x: '${XDG_SEAT}'}\nprocess: {hostname: '${x:-box}'}");
    expect(effectiveOf({ files }).process.hostname?.value).toBe("box");
    expect(effectiveOf({ files, machine: { env: { XDG_SEAT: "s0" } } }).process.hostname?.value).toBe("s0");
  });
});

describe("a wrong parameter", () => {
  it.each([
    ["that reads a secret", "params: {x: {env: GITHUB_TOKEN}}", [`${MAIN}:1:19 param/secret`]],
    ["that is its own", "params: {x: 'a${x}'}", [`${MAIN}:1:10 param/cycle`]],
    ["in a circle", "params: {x: '${y}', y: '${z}', z: '${x}'}", [`${MAIN}:1:10 param/cycle`]],
    ["beside a circle", "params: {w: '${x}', x: '${y}', y: '${x}'}", [`${MAIN}:1:21 param/cycle`]],
    ["with an unknown variable", "params: {x: 'a${zzz}'}", [`${MAIN}:1:15 variable/unknown`]],
    ["with an open variable", "params: {x: 'a${zzz'}", [`${MAIN}:1:15 variable/syntax`]],
  ])("%s is reported once, used or not", (_, params, problems) => {
    expect(problemsOf({ files: profile(params) })).toEqual(problems);
    expect(problemsOf({ files: profile(`${params}\nmounts: {'/\${x}': ro, '/a\${x:-b}': ro}`) })).toEqual(problems);
  });

  it("shows the circle", () => {
    const { problems } = resolveIn(inFiles(profile("params: {w: '${x}', x: '${y}', y: '${x}'}")));
    expect(problems[0]?.message).toBe("this parameter's value depends on itself: x → y → x");
  });

  it("says how a secret gets in", () => {
    const { problems } = resolveIn(inFiles(profile("params: {x: {env: GITHUB_TOKEN}}")));
    expect(problems[0]?.help).toBe("pass it with env.pass: `env: {pass: [GITHUB_TOKEN]}`");
  });
});

describe("--set of what is not declared", () => {
  it("names the nearest one", () => {
    const world = { files: profile("params: {cache: a, root: b}"), set: set("v", "cahce") };
    expect(resolveIn(world).problems).toMatchObject([
      {
        rule: "param/unknown",
        file: "command-line",
        line: 4,
        column: 1,
        message: 'there is no parameter "cahce"; parameters: cache, root',
        help: "did you mean `--set cache=…`?",
      },
    ]);
  });

  it("includes built-in variables", () => {
    expect(problemsOf({ files: profile("git: ro"), set: set("/x", "HOME") })).toEqual([
      "command-line:4:1 param/unknown",
    ]);
  });
});
