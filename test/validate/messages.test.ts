import { expect, it } from "vitest";
import { check } from "./check.ts";

/** What is wrong, what is said, and the next thing to type. */
const SAID: readonly (readonly [text: string, message: unknown, help: string | undefined])[] = [
  ["git: ro", "the profile doesn't say its version", "write `version: 1` as the first line"],
  ["version: 2", 'version "2" is not one that this sbx reads', "write `version: 1`"],
  ["version: 1\nmonuts: {}", 'unknown key "monuts" at the top level', "did you mean `mounts`?"],
  ["version: 1\nenv: {sett: {}}", 'unknown key "sett" in env', "did you mean `set`?"],
  ["version: 1\nmounts: {/a: {Access: rw}}", 'unknown key "Access" in mounts["/a"]', "did you mean `access`?"],
  [
    "version: 1\nenv: {network: host}",
    'unknown key "network" in env',
    "`network` belongs at the top level of the profile",
  ],
  [
    "version: 1\nflags: {web: {extends: node}}",
    'unknown key "extends" in flags.web',
    "`extends` belongs at the top level of the profile",
  ],
  ["version: 1\ntmpfs: {/run: {bytes: 1}}", 'unknown key "bytes" in tmpfs["/run"]', "the keys here are mode, size"],
  ["version: 1\nroot: {access: rw}", "root needs the key `from`", "add `from: …` with a path"],
  ["version: 1\nnetwork: hots", 'network can\'t be "hots": expected none or host', "did you mean `host`?"],
  ["version: 1\nnetwork: internet", 'network can\'t be "internet": expected none or host', undefined],
  ["version: 1\nenv: {clear: No}", 'env.clear can\'t be "No": expected true or false', "did you mean `false`?"],
  ["version: 1\nenv: {clear: on}", 'env.clear can\'t be "on": expected true or false', "did you mean `true`?"],
  ["version: 1\nnetwork: off", 'network can\'t be "off": expected none or host', "did you mean `none`?"],
  ["version: 1\ngit: false", 'git can\'t be "false": expected none, ro or rw', "did you mean `none`?"],
  ["version: 1\nmounts: {/a: no}", expect.stringContaining('can\'t be "no"'), "did you mean `ro`?"],
  ["version: 1\ngit: constructor", 'git can\'t be "constructor": expected none, ro or rw', undefined],
  ["version: 1\nmounts: /usr", 'mounts has to be a mapping, not "/usr"', undefined],
  ["version: 1\nproc: TRUE", 'proc can\'t be "TRUE": expected true, false or a mapping', "did you mean `true`?"],
  [
    "version: 1\nnamespaces: {cgroup: tyr}",
    'namespaces.cgroup can\'t be "tyr": expected true, false or try',
    "did you mean `try`?",
  ],
  [
    "version: 1\nmounts: {/a: re}",
    'mounts["/a"] can\'t be "re": expected ro, rw, dev, cow, ro?, rw?, dev?, cow? or a mapping',
    "did you mean `ro`?",
  ],
  [
    "version: 1\nlimits: {time: 10}",
    'limits.time can\'t be "10": expected a duration such as 10m or 500ms, or a mapping with value',
    undefined,
  ],
  [
    "version: 1\ntmpfs: {/a: {mode: 888}}",
    'tmpfs["/a"].mode can\'t be "888": expected an octal mode such as 0755',
    undefined,
  ],
  [
    "version: 1\ncapabilities: [CAP_NET_ADMN]",
    'capabilities[0] can\'t be "CAP_NET_ADMN": expected a capability such as CAP_CHOWN',
    "did you mean `CAP_NET_ADMIN`?",
  ],
  ['version: 1\nmask: [""]', "mask[0] can't be empty: expected a path", undefined],
  ['version: 1\nmask: ["\\0"]', "mask[0] can't be text with a NUL character: expected a path", undefined],
  ["version: 1\nmask: ~/.ssh", 'mask has to be a list of paths, not "~/.ssh"', "write `mask: [~/.ssh]`"],
  ['version: 1\nmask: "**/.env"', 'mask has to be a list of paths, not "**/.env"', 'write `mask: ["**/.env"]`'],
  ["version: 1\nmounts: [/usr]", "mounts has to be a mapping, not a list", undefined],
  ["version: 1\ntmpfs: /tmp", 'tmpfs has to be a mapping or a list of paths, not "/tmp"', "write `tmpfs: [/tmp]`"],
  ["version: 1\ngit: {access: ro}", "git has to be none, ro or rw, not a mapping", undefined],
  ["version: 1\nmounts: {/a: {when: {}}}", 'mounts["/a"].when is empty', "add at least one of exists, absent, empty"],
  ["version: 1\nprocess: {wrapper: []}", "process.wrapper is empty", "add an item, or take it out"],
  [
    "version: 1\nparams: {Cache: a}",
    '"Cache" can\'t be a key of params: expected a lower-case name such as cache',
    undefined,
  ],
  [`version: 1\ngit: ${"a".repeat(100)}`, `git can't be "${"a".repeat(60)}…": expected none, ro or rw`, undefined],
];

it.each(SAID)("%j", (text, message, help) => {
  const [problem] = check(text);
  expect(problem).toMatchObject({ message });
  expect(problem?.help).toBe(help);
});
