import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Layout } from "../../src/cli/explain-rows.ts";
import { showYaml } from "../../src/cli/show-yaml.ts";
import { widthOf } from "../../src/index.ts";
import { planOf } from "../compile/case.ts";

const { effective } = planOf({
  ".sandbox.yml": `version: 1
mounts:
  "/odd 'name' # with: \\"quotes\\"": {from: /x, missing: skip}
  /short: ro?
tmpfs: {/t: {}, /u: {size: 1M}}
env:
  set: {LINES: "one #~1\\ntwo\\n", HASH: "a #~1 b", TILDE: "~ ~~ #~", LONG: "${"/a/long/path".repeat(8)}"}
  prepend: {PATH: [/opt/a]}
protect: [{path: none, missing: skip}]
`,
});
if (effective === undefined) throw new Error("the profile of this test can't be resolved");
const layout = (width?: number, color = false): Layout => ({ cwd: "/home/u/proj", width, color });
const shown = (width?: number, color = false) => showYaml(effective, layout(width, color)).trimEnd().split("\n");

describe("`sbx show --origins`", () => {
  it.each([undefined, 40, 80, 200])("says the same as without, at %s columns", (width) => {
    expect(parse(shown(width).join("\n"))).toEqual(parse(showYaml(effective)));
    // Every entry has its origin, none is lost or told twice.
    expect(shown(width).filter((line) => /# \.sandbox\.yml:\d+:\d+$/.test(line)).length).toBe(10);
  });

  it.each([80, 200])("has origins in one column at %i columns, and those of long lines above them", (width) => {
    const lines = shown(width);
    const behind = lines.filter((line) => /\S +# \.sandbox/.test(line));
    expect(behind.length).toBeGreaterThanOrEqual(8);
    const columns = behind.map((line) => widthOf(line.slice(0, line.lastIndexOf("#"))));
    const usual = columns.filter((column) => column === columns[0]);
    expect(usual.length).toBeGreaterThanOrEqual(columns.length - 1);
    const long = lines.findIndex((line) => line.trim().startsWith("LONG:"));
    if (width === 80) expect(lines[long - 1]).toMatch(/^ {4}# \.sandbox\.yml:7:\d+$/);
    for (const line of behind) expect(widthOf(line)).toBeLessThanOrEqual(width);
  });

  it("puts the origin behind a key whose value takes lines of its own", () => {
    expect(shown(80).join("\n")).toMatch(/^ {2}\/u: +# \.sandbox\.yml:5:17\n {4}size: 1M$/m);
    expect(shown(80).join("\n")).toMatch(/^ {2}\/t: \{\} +# \.sandbox\.yml:5:9$/m);
    expect(shown(80).join("\n")).toMatch(/^ {4}LINES: \| +# \.sandbox\.yml:7:9\n {6}one #~1$/m);
  });

  it("is dim on a terminal only", () => {
    expect(shown(80).join()).not.toContain("\u001b");
    expect(shown(80, true).join("\n")).toMatch(/\u001b\[2m# \.sandbox\.yml:4:3\u001b\[0m$/m);
  });
});
