import { describe, expect, it } from "vitest";
import type { MapNode, Node } from "../../src/model/node.ts";
import { typedFragment, validateFragment } from "../../src/validate/index.ts";
import { check, source } from "./check.ts";

describe("the first pass leaves texts that hold variables alone", () => {
  it.each([
    ["an integer", 'process: {uid: "${uid}"}'],
    ["a boolean", 'env: {clear: "${clear}"}'],
    ["a boolean with a default", 'namespaces: {pid: "${pid:-true}"}'],
    ["one of some words", 'network: "${net}"'],
    ["a word or a mapping", 'mounts: {/a: "${access}"}'],
    ["a size", 'limits: {memory: "${memory}"}'],
    ["a limit in a mapping", 'limits: {tasks: {value: "${tasks}", try: "${try}"}}'],
    ["part of a duration", 'process: {killAfter: "${seconds}s"}'],
    ["an item of a list of integers", 'process: {passFds: ["${fd}"]}'],
    ["a variable's name", 'env: {set: {"${name}": a}}'],
    ["a value inside a flag set", 'flags: {a: {process: {uid: "${uid}"}}}'],
    ["a value inside a variant", 'profiles: {a: {process: {uid: "${uid}"}}}'],
  ])("%s", (_, text) => {
    expect(check(`version: 1\n${text}`)).toEqual([]);
    expect(check(`version: 1\n${text.replaceAll("${", "$ {")}`)).toHaveLength(text.split("${").length - 1);
  });
});

describe("the second pass takes every text for final", () => {
  const root = source('process: {uid: "${uid}", gid: 5}\nlimits: {tasks: {value: "7", try: "true"}}').root;

  it("a `${` in the place of an integer is a problem", () => {
    expect(validateFragment(root, "/p/.sandbox.yml")).toMatchObject([
      {
        rule: "profile/value",
        message: 'process.uid can\'t be "${uid}": expected a whole number from 0',
        line: 1,
        column: 16,
      },
    ]);
  });

  it("a text that variables were replaced in is data like any other", () => {
    const { value, problems } = typedFragment(replaced(root), "/p/.sandbox.yml");
    expect(problems).toEqual([]);
    expect(value).toEqual({ process: { uid: 1000, gid: 5 }, limits: { tasks: { value: 7, try: true } } });
  });

  it("names the place as it stands in the file", () => {
    const route = ["flags", "web"];
    expect(validateFragment(root, "/p/.sandbox.yml", { route })[0]?.message).toMatch(/^flags\.web\.process\.uid can't/);
  });

  it("refuses what only a whole file may say", () => {
    expect(typedFragment(source("version: 1").root, "/p/.sandbox.yml")).toMatchObject({
      value: undefined,
      problems: [{ rule: "profile/unknown-key", data: { key: "version" } }],
    });
  });
});

function replaced(node: MapNode): MapNode {
  const replace = (value: Node): Node => {
    if (value.kind === "map") return replaced(value);
    return value.kind === "scalar" ? { ...value, text: value.text.replace("${uid}", "1000") } : value;
  };
  return { ...node, entries: node.entries.map(({ key, value }) => ({ key, value: replace(value) })) };
}
