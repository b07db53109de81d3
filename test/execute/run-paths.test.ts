import { expect, it } from "vitest";
import { bindRunPaths } from "../../src/execute/run-paths.ts";
import type { Invocation } from "../../src/model/invocation.ts";

const places = new Map([
  ["{run}/one", "/run/sbx/run-x/one"],
  ["{run}/two", "/var/tmp/sbx-$&"],
]);
const bound = (args: readonly string[]) => {
  const invocation: Invocation = { version: 1, file: "/usr/bin/bwrap", args, env: {}, cwd: "/", inputs: [] };
  return bindRunPaths(invocation, places).args;
};

it("puts real paths into bwrap's own arguments", () => {
  expect(bound(["--bind", "{run}/one", "/a", "--bind", "{run}/two/deep er", "/b"])).toEqual([
    ...["--bind", "/run/sbx/run-x/one", "/a"],
    ...["--bind", "/var/tmp/sbx-$&/deep er", "/b"],
  ]);
});

it("leaves all else as it is, the command above all", () => {
  const args = [
    "--bind",
    "/{run}/one",
    "{run}",
    "{run}/",
    "{run}/other",
    "{run}/one2",
    "--",
    "{run}/one",
    "--",
    "{run}/two",
  ];
  expect(bound(args)).toEqual(args);
});
