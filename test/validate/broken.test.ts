import { describe, expect, it } from "vitest";
import { check } from "./check.ts";

/** Claim and profile; a line that is only `^ ID` says what is reported, and where: below the caret. */
const BROKEN: readonly (readonly [string, string])[] = [
  ["the version is missing", "git: ro\n^ profile/version"],
  ["a destination with ~ and /", 'version: 1\nmounts: {"~/a~1b": rx}\n                   ^ profile/value'],
  ["the version is another one", "version: 2\n         ^ profile/version\nnetwork: maybe\nnew: 1"],
  ["the version is no number", "version: one\n         ^ profile/version"],
  ["the version is written 1.0", "version: 1.0\n         ^ profile/version"],
  ["the version is a list", "version: [1]\n         ^ profile/version"],
  ["the version is a variable", 'version: "${one}"\n         ^ profile/version'],
  ["the version is misspelt", "verison: 1\n^ profile/unknown-key"],
  ["an unknown key at the top", "version: 1\nmount: {}\n^ profile/unknown-key"],
  ["an unknown key of a section", "version: 1\nenv:\n  clear: true\n  sett: {}\n  ^ profile/unknown-key"],
  ["an unknown key of a mount", "version: 1\nmounts:\n  /src: {acess: rw}\n         ^ profile/unknown-key"],
  [
    "an unknown key of a condition",
    "version: 1\nmounts: {/a: {when: {exist: /a}}}\n                     ^ profile/unknown-key",
  ],
  [
    "an unknown key in a list",
    "version: 1\nprotect:\n  - {path: a, mising: skip}\n              ^ profile/unknown-key",
  ],
  ["a required key is misspelt", "version: 1\nroot: {form: ./x}\n       ^ profile/unknown-key"],
  ["a key __proto__ at the top", "version: 1\n__proto__: {a: 1}\n^ profile/unknown-key"],
  [
    "a key __proto__ of a mount",
    "version: 1\nmounts: {/a: {__proto__: {from: /b}}}\n              ^ profile/unknown-key",
  ],
  ["a key constructor", "version: 1\nlimits: {constructor: 1}\n         ^ profile/unknown-key"],
  ["a flag set has parents", "version: 1\nflags: {web: {extends: node}}\n              ^ profile/unknown-key"],
  ["a flag set has params", "version: 1\nflags:\n  web:\n    params: {a: b}\n    ^ profile/unknown-key"],
  ["a variant has variants", "version: 1\nprofiles:\n  web:\n    profiles: {}\n    ^ profile/unknown-key"],
  ["a section is indented too far", "version: 1\nenv:\n  network: host\n  ^ profile/unknown-key"],
  ["a word that isn't one of them", "version: 1\nnetwork: hots\n         ^ profile/value"],
  ["another case of the word", "version: 1\ngit: RO\n     ^ profile/value"],
  ["an access that doesn't exist", "version: 1\nmounts:\n  /usr: rx\n        ^ profile/value"],
  [
    "an access in a mapping with the short form's ?",
    "version: 1\nmounts: {/usr: {access: ro?}}\n                        ^ profile/value",
  ],
  ["a root that is a path", "version: 1\nroot: ./rootfs\n      ^ profile/value"],
  [
    "a scratch that is neither true nor a path",
    "version: 1\nmounts: {/a: {scratch: false}}\n                       ^ profile/value",
  ],
  ["a boolean written yes", "version: 1\nenv: {clear: yes}\n             ^ profile/value"],
  ["a boolean or try written tyr", "version: 1\nnamespaces: {user: tyr}\n                   ^ profile/value"],
  ["an octal mode with an 8", "version: 1\ntmpfs: {/tmp: {mode: 1778}}\n                     ^ profile/value"],
  ["a mode of YAML 1.2", "version: 1\ndirs: {/a: {mode: 0o755}}\n                  ^ profile/value"],
  ["a size with an unknown unit", "version: 1\nlimits: {memory: 2GB}\n                 ^ profile/value"],
  ["a memory file system of no size", "version: 1\ntmpfs: {/tmp: {size: 0}}\n                     ^ profile/value"],
  ["a duration without a unit", "version: 1\nlimits: {time: 10}\n               ^ profile/value"],
  ["a time of nothing", "version: 1\nlimits: {time: 0s}\n               ^ profile/value"],
  [
    "a limit in a mapping is wrong",
    "version: 1\nlimits: {tasks: {value: many}}\n                        ^ profile/value",
  ],
  ["a count of nothing", "version: 1\nlimits: {tasks: 0}\n                ^ profile/value"],
  ["an integer with leading zeros", "version: 1\nprocess: {uid: 007}\n               ^ profile/value"],
  ["an integer past all integers", "version: 1\nprocess: {uid: 99999999999999999999}\n               ^ profile/value"],
  ["a negative integer", "version: 1\nprocess: {gid: -1}\n               ^ profile/value"],
  ["a standard descriptor passed on", "version: 1\nprocess: {passFds: [3, 2]}\n                       ^ profile/value"],
  [
    "an exit code that can't be",
    "version: 1\ntests: {a: {run: [a], exit: 256}}\n                            ^ profile/value",
  ],
  ["a capability that doesn't exist", "version: 1\ncapabilities: [CAP_SYS_ADMN]\n               ^ profile/value"],
  ["a capability in a mapping", "version: 1\ncapabilities: {drop: [chown]}\n                      ^ profile/value"],
  ["a device outside /dev", "version: 1\ndevices: [minimal, /etc/passwd]\n                   ^ profile/value"],
  ["a file to extend without ./", "version: 1\nextends: ci.sandbox.yml\n         ^ profile/value"],
  ["a file in a list to extend without ./", "version: 1\nextends: [node, a/b.yml]\n                ^ profile/value"],
  ["a variable in what is extended", 'version: 1\nextends: "${name}"\n         ^ profile/value'],
  ["a variable in the default variant", 'version: 1\ndefault: "${name}"\n         ^ profile/value'],
  ["a variable in the flag sets in use", 'version: 1\nuse: ["${name}"]\n      ^ profile/value'],
  ["a param of an unknown type", "version: 1\nparams: {a: {type: number}}\n                   ^ profile/value"],
  ["an empty path", 'version: 1\nmask: [""]\n       ^ profile/value'],
  ["a path with a NUL", 'version: 1\nmask: ["/a\\0/b"]\n       ^ profile/value'],
  ["a variable's value with a NUL", 'version: 1\nenv: {set: {A: "a\\0b"}}\n               ^ profile/value'],
  [
    "a day that doesn't exist",
    "version: 1\nlint: {ignore: [{rule: a/b, reason: c, until: 2027-13-01}]}\n                                              ^ profile/value",
  ],
  ["a text instead of a list", "version: 1\nmask: ~/.ssh\n      ^ profile/type"],
  ["a variable instead of a list", 'version: 1\nmask: "${secrets}"\n      ^ profile/type'],
  ["a text instead of a mapping", "version: 1\nmounts: /usr\n        ^ profile/type"],
  ["a list instead of a mapping", "version: 1\nmounts: [/usr]\n        ^ profile/type"],
  ["a mapping instead of a word", "version: 1\ngit: {access: ro}\n     ^ profile/type"],
  ["a list instead of a word", "version: 1\nnetwork: [host]\n         ^ profile/type"],
  ["a list where a word or a mapping may stand", "version: 1\nmounts:\n  /a:\n    - ro\n    ^ profile/type"],
  ["a mapping instead of a list", "version: 1\nenv: {pass: {TERM: 1}}\n            ^ profile/type"],
  ["a command that is one text", "version: 1\ntests: {a: {run: make all}}\n                 ^ profile/type"],
  ["a mapping as a value of the environment", "version: 1\nenv: {set: {A: {b: c}}}\n               ^ profile/type"],
  ["a list as an integer", "version: 1\nprocess: {uid: [0]}\n               ^ profile/type"],
  ["a list as a boolean", "version: 1\nproc: [cmdline]\n      ^ profile/type"],
  ["a root without its source", "version: 1\nroot: {access: rw}\n^ profile/missing-key"],
  ["a file without content", "version: 1\nfiles:\n  /etc/hosts: {mode: 0644}\n  ^ profile/missing-key"],
  ["a limit without its value", "version: 1\nlimits:\n  memory: {try: true}\n  ^ profile/missing-key"],
  [
    "an accepted finding without a reason",
    "version: 1\nlint: {ignore: [{rule: a/b}]}\n                ^ profile/missing-key",
  ],
  ["a condition that says nothing", "version: 1\nmounts: {/a: {when: {}}}\n              ^ profile/empty"],
  ["a claim that says nothing", "version: 1\ntests: {nothing: {}}\n        ^ profile/empty"],
  ["a command of no words", "version: 1\nprocess: {wrapper: []}\n          ^ profile/empty"],
  ["a param in capitals", "version: 1\nparams: {Cache: a}\n         ^ profile/key-name"],
  ["a variable with a hyphen", "version: 1\nenv: {set: {MY-VAR: a}}\n            ^ profile/key-name"],
  ["a file of /proc as an absolute path", "version: 1\nproc: {/proc/cmdline: a}\n       ^ profile/key-name"],
  ["a file of /proc that leads out of it", "version: 1\nproc: {a/../../b: a}\n       ^ profile/key-name"],
  ["a variable in a param's name", "version: 1\nuse: []\nflags: {a b: {}}\n        ^ profile/key-name"],
  ["a mistake in a flag set", "version: 1\nflags:\n  web:\n    mounts: {/a: rr}\n                 ^ profile/value"],
  ["a mistake in a variant", "version: 1\nprofiles:\n  web:\n    network: net\n             ^ profile/value"],
];

describe("a broken profile", () => {
  it.each(BROKEN)("%s: one problem at its place", (_, marked) => {
    const { text, expected } = unmark(marked);
    const found = check(text).map(({ rule, line, column }) => `${rule} at ${line}:${column}`);
    expect(found).toEqual([expected]);
  });

  it("has as many problems as it has mistakes, in the order of the file", () => {
    const problems = check("version: 1\ngit: maybe\nmonuts: {}\nenv: {clear: 1, sett: {}}\nmask: ~/.ssh");
    expect(problems.map(({ rule, line, column }) => `${rule} at ${line}:${column}`)).toEqual([
      "profile/value at 2:6",
      "profile/unknown-key at 3:1",
      "profile/value at 4:14",
      "profile/unknown-key at 4:17",
      "profile/type at 5:7",
    ]);
  });

  it("that says no version is marked at its first key alone", () => {
    const problems = check("git: ro\nnetwork: host");
    expect(problems).toMatchObject([{ line: 1, column: 1, endLine: 1, endColumn: 4 }]);
    expect(check("{}")).toMatchObject([{ rule: "profile/version", line: 1, column: 1 }]);
  });

  it("marks a wrong value from its start to its end, and an unknown key likewise", () => {
    const [value, key] = check("version: 1\nnetwork: internet\nmonuts: {/a: ro}");
    expect(value).toMatchObject({ line: 2, column: 10, endLine: 2, endColumn: 18, file: "/p/.sandbox.yml" });
    expect(key).toMatchObject({ line: 3, column: 1, endLine: 3, endColumn: 7, severity: "error" });
  });
});

/** Takes the caret line out of the text. */
function unmark(marked: string): { text: string; expected: string } {
  const lines = marked.split("\n");
  const at = lines.findIndex((line) => /^ *\^ /.test(line));
  const [mark = ""] = lines.splice(at, 1);
  const column = mark.indexOf("^") + 1;
  return { text: `${lines.join("\n")}\n`, expected: `${mark.slice(column + 1)} at ${at}:${column}` };
}
