import { expect, it } from "vitest";
import { DEFAULT_ORIGIN } from "../../src/model/source.ts";
import { plain } from "./plain.ts";
import { effectiveOf, PROJECT, profile } from "./world.ts";

it("an empty profile gets sbx's defaults and nothing else", () => {
  const { sources, chains, ...effective } = effectiveOf({ files: profile("version: 1") });
  expect(sources).toHaveLength(1);
  expect([...chains]).toEqual([[sources[0]?.file, []]]);
  expect(plain(effective)).toEqual({
    root: "empty",
    entries: [],
    devices: { items: ["minimal"] },
    proc: { mounted: true, overrides: [] },
    mask: [],
    protect: [],
    git: "none",
    env: { clear: true, pass: [], require: [], set: [], prepend: [], unset: [] },
    process: { cwd: "caller", stdin: "inherit", session: "auto", dieWithParent: true, killAfter: "5s" },
    limits: {},
    namespaces: { user: true, pid: true, ipc: true, uts: true, cgroup: "try", nested: false },
    network: "none",
    capabilities: "none",
    apis: [],
    removed: [],
    replaced: [],
    inner: [],
    project: PROJECT,
    flags: [],
  });
});

it("a default says that nobody wrote it", () => {
  const { namespaces, process } = effectiveOf({ files: profile("version: 1") });
  for (const leaf of [...Object.values(namespaces), ...Object.values(process)]) {
    expect(leaf).toMatchObject({ origin: DEFAULT_ORIGIN, layer: 0 });
  }
});
