import { afterAll, describe, expect, it } from "vitest";
import { builtinNames } from "../../src/index.ts";
import { argumentsOf } from "../support/builtin-arguments.ts";
import { install } from "../support/sbx.ts";
import { misfits } from "../support/schemas.ts";

const installed = install();
afterAll(installed.remove);
const room = installed.room();

room.directory("data");
room.write("seen/.env", "");
room.write("kept", "");
// Outside of the project: a profile protects its own file, and the shown one is another file.
room.write(
  "../parent.yml",
  `version: 1
extends: [base]
params: {place: /from/param}
mounts: {"\${place}": {from: ~/project/data, access: rw}, /skipped: ro?, /made: {from: ~/project/made, access: rw, missing: create}}
mask: ["~/project/**/.env"]
env: {pass: [TERM, "X_*"], set: {A: "1", TAKEN: x}, unset: [AGAIN], prepend: {PATH: [/opt/a, /opt/b]}}
flags: {tools: {mounts: {/tools: {from: /usr/share, access: ro}}, env: {set: {TOOLS: "yes: 'quoted' # no comment"}}}}
`,
);
room.write(
  "../everything.yml",
  `version: 1
description: "Everything: that 'can' be written"
extends: [./parent.yml]
mounts:
  "\${PROJECT}": rw
  /odd "name": {from: ~/project/data, access: ro, type: directory, when: {exists: /usr}}
  /scratch: {scratch: true}
marked: {/marked: {from: ~/project/data}}
tmpfs: {/small: {size: 1M, mode: 0700}, /plain: {}}
dirs: {/dir: {mode: 0711}}
files: {/etc/text: {content: "one\\n  two\\n\\ttab: é\\n", mode: 0640}, /etc/number: {content: "0755"}}
symlinks: {/link: "usr/bin"}
devices: [minimal, /dev/null?, "/dev/nothing*"]
proc: {cmdline: "root=/dev/x"}
protect: [~/project/kept, {path: ~/project/none, missing: skip}]
git: ro
process: {cwd: /dir, hostname: box, uid: 5, gid: 6, wrapper: [/usr/bin/env, --], stdin: none, session: new, killAfter: 2s}
namespaces: {cgroup: false, nested: true}
network: host
capabilities: [CAP_CHOWN]
limits: {core: 0, memory: {value: 2G, try: true}}
use: [tools]
env: {unset: [TERM], set: {AGAIN: x, MEANT: "$\${HOME} $$\${HOME} $"}}
remove: {env: {set: [TAKEN]}}
profiles: {web: {env: {set: {WEB: "true"}}}}
`,
);

/** A plan without who asked for what. */
const bare = (plan: unknown): unknown => {
  if (Array.isArray(plan)) return plan.map(bare);
  if (typeof plan !== "object" || plan === null) return plan;
  return Object.fromEntries(
    Object.entries(plan).flatMap(([key, value]) => (key === "origin" ? [] : [[key, bare(value)]])),
  );
};
const env = { X_ONE: "1", TERM: "xterm" };
const planOf = async (profile: string) => {
  const done = await room.sbx(["plan", "-p", profile, ...argumentsOf(profile, room), "--json"], { env });
  expect(done.stderr).toBe("");
  const plan = JSON.parse(done.stdout);
  // `show` writes one section after the other: what has nothing to do with each other may change its order.
  const byPlace = plan.operations.toSorted((a: Placed, b: Placed) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  return bare({ ...plan, operations: byPlace });
};
interface Placed {
  readonly at: string;
}

describe.each([...builtinNames().map(([name]) => name), "~/everything.yml", "~/everything.yml#web"])(
  "`sbx show -p %s`",
  (profile) => {
    it.each(["text", "json"])("is itself a profile of the same plan, as %s", async (format) => {
      const shown = await room.sbx(["show", "-p", profile, ...argumentsOf(profile, room), "--format", format], { env });
      expect(shown).toMatchObject({ code: 0, stderr: "" });
      room.write("../shown.yml", shown.stdout);
      expect(await planOf("~/shown.yml")).toEqual(await planOf(profile));
      if (format === "json") expect(misfits("profile", JSON.parse(shown.stdout))).toEqual([]);
      // Shown again, it is the same again.
      const again = await room.sbx(["show", "-p", "~/shown.yml", "--format", format], { env });
      const body = (text: string) => text.replace(/^description:.*\n|\n {2}"description":.*$/m, "");
      expect(body(again.stdout)).toBe(body(shown.stdout));
    });

    it("is the same profile with --origins", async () => {
      const shown = await room.sbx(["show", "-p", profile, ...argumentsOf(profile, room), "--origins"], { env });
      room.write("../origins.yml", shown.stdout);
      expect(await planOf("~/origins.yml")).toEqual(await planOf(profile));
    });
  },
);

describe("`sbx show --origins`", () => {
  it("says for each entry which line wrote it", async () => {
    const { stdout } = await room.sbx(["show", "-p", "~/everything.yml", "--origins"], { env, cwd: room.home });
    const lines = stdout.split("\n");
    const line = (start: string) => {
      const index = lines.findIndex((text) => text.trim().startsWith(start));
      return `${lines[index - 1]}\n${lines[index]}`;
    };
    expect(line("/tools:")).toMatch(/# parent\.yml:7:\d+ \(flag set tools\)/);
    expect(line("/usr:")).toMatch(/# builtin:base:\d+:3/);
    expect(line("/small:")).toMatch(/# everything\.yml:9:9/);
    expect(line("TOOLS:")).toMatch(/# parent\.yml:7:\d+ \(flag set tools\)$/);
    expect(line("hostname:")).toMatch(/# everything\.yml:17:\d+$/);
    expect(line("network:")).toMatch(/# everything\.yml:19:\d+$/);
    expect(line(`- ${room.home}/project/kept`)).toMatch(/kept +# everything\.yml:15:11$/);
    expect(line(`- path: ${room.home}/project/none`)).toMatch(/# everything\.yml:15:\d+\n/);
  });

  it("hides the values of secrets", async () => {
    room.write("secret.yml", "version: 1\nenv: {set: {API_TOKEN: canary, PLAIN: shown}}\n");
    for (const args of [["--origins"], ["--json"], []]) {
      const { stdout } = await room.sbx(["show", "-p", "./secret.yml", ...args]);
      expect(stdout).toContain("shown");
      expect(stdout).not.toContain("canary");
    }
  });
});
