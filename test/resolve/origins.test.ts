import { describe, expect, it } from "vitest";
import { DEFAULT_ORIGIN } from "../../src/model/source.ts";
import { effectiveOf } from "./world.ts";

const files = {
  "/p/main.yml": `extends:
  - ./middle.yml
network: host
mounts:
  .: rw
  "\${cache}": ro
params:
  cache: ~/.cache
mask: [ a, "**/b" ]
env:
  set:
    CI: 1
use: [extra]
profiles:
  web:
    process: {hostname: web}
`,
  "/p/middle.yml": `version: 1
extends: [ base ]
mounts: {/srv: ro, /opt: {access: ro, from: /opt/x}}
protect:
  - {path: .envrc, missing: skip}
flags:
  extra:
    env:
      prepend: {PATH: [bin]}
`,
  "builtin:base": `mounts:
  /usr: ro
  /srv: rw
tmpfs:
  - /tmp
limits: {time: 10m}
`,
};
const effective = effectiveOf({ files, variant: "web", commandLine: "env: {set: {A: b}}" });
const toMiddle = { file: "/p/main.yml", line: 2, column: 5 };
const toBase = { file: "/p/middle.yml", line: 2, column: 12 };

describe("three levels", () => {
  it.each([
    ["/usr", "builtin:base", 2, 3, ["mounts", "/usr"], [toMiddle, toBase], 1],
    ["/srv", "/p/middle.yml", 3, 10, ["mounts", "/srv"], [toMiddle], 2],
    ["/tmp", "builtin:base", 5, 5, ["tmpfs", 0], [toMiddle, toBase], 1],
    ["/opt", "/p/middle.yml", 3, 20, ["mounts", "/opt"], [toMiddle], 2],
    ["/p", "/p/main.yml", 5, 3, ["mounts", "."], [], 3],
    ["/home/u/.cache", "/p/main.yml", 6, 3, ["mounts", "${cache}"], [], 3],
  ])("know who wrote %s", (path, file, line, column, route, chain, layer) => {
    expect(effective.entries.get(path)).toMatchObject({ origin: { file, line, column, route, chain }, layer });
  });

  it("keep a replaced entry in its place", () => {
    expect([...effective.entries.keys()]).toEqual(["/usr", "/srv", "/tmp", "/opt", "/p", "/home/u/.cache"]);
  });

  it("know the item of a list, not the list", () => {
    expect(effective.mask.map(({ value, origin }) => [value, origin.line, origin.column, origin.route])).toEqual([
      ["/p/a", 9, 9, ["mask", 0]],
      ["/p/**/b", 9, 12, ["mask", 1]],
    ]);
    expect(effective.protect[0]?.origin).toMatchObject({ line: 5, column: 5, route: ["protect", 0] });
  });

  it("know the key of a single setting", () => {
    expect(effective.network.origin).toMatchObject({ file: "/p/main.yml", line: 3, column: 1, route: ["network"] });
    expect(effective.limits.time?.origin).toMatchObject({ line: 6, column: 10, route: ["limits", "time"] });
    expect(effective.env.set.get("CI")?.origin).toMatchObject({ line: 12, column: 5, route: ["env", "set", "CI"] });
  });

  it("say which variant and which flag set wrote a value", () => {
    expect(effective.process.hostname).toMatchObject({
      origin: {
        file: "/p/main.yml",
        line: 16,
        column: 15,
        route: ["profiles", "web", "process", "hostname"],
        chain: [],
      },
      layer: 4,
    });
    expect(effective.env.prepend.get("PATH")).toMatchObject([
      {
        value: "/p/bin",
        origin: {
          file: "/p/middle.yml",
          line: 9,
          column: 24,
          route: ["flags", "extra", "env", "prepend", "PATH", 0],
          chain: [toMiddle],
          flag: "extra",
        },
        layer: 5,
      },
    ]);
    expect(effective.process.hostname?.origin.flag).toBeUndefined();
  });

  it("end with the command line", () => {
    expect(effective.env.set.get("A")).toMatchObject({ origin: { file: "command-line", chain: [] }, layer: 6 });
  });

  it("start with the defaults", () => {
    expect(effective.root).toEqual({ value: "empty", origin: DEFAULT_ORIGIN, layer: 0 });
  });
});
