import { afterAll, describe, expect, it } from "vitest";
import { builtinNames } from "../../src/index.ts";
import { argumentsOf } from "../support/builtin-arguments.ts";
import { install } from "../support/sbx.ts";
import { misfits } from "../support/schemas.ts";

const installed = install();
afterAll(installed.remove);
const room = installed.room();
room.write("small.yml", "version: 1\nextends: [base]\n");
room.write("wide.yml", "version: 1\nextends: [base]\nmounts: {'~': rw}\nnetwork: host\n");
room.write("broken.yml", "version: 1\nmount: {}\n");
const lint = (...args: readonly string[]) => room.sbx(["lint", ...args]);

interface Printed {
  readonly profiles: readonly {
    readonly profile: string;
    readonly score: number;
    readonly items: readonly { readonly id: string; readonly points: number }[];
  }[];
}
const printed = async (...args: readonly string[]): Promise<Printed> => {
  const result = JSON.parse((await lint("--score", "--json", ...args)).stdout);
  expect(misfits("score", result)).toEqual([]);
  return result;
};

describe("`sbx lint --score`", () => {
  it.each([
    [["--score", "small.yml"], 0],
    [["--score", "wide.yml"], 0],
    [["--threshold", "2", "small.yml"], 0],
    [["--threshold", "2", "wide.yml"], 1],
    [["--threshold", "2", "small.yml", "wide.yml", "--json"], 1],
    [["--threshold", "10", "wide.yml"], 0],
    [["--threshold", "2", "wide.yml", "broken.yml"], 2],
    [["--threshold", "11", "small.yml"], 2],
    [["--threshold", "much", "small.yml"], 2],
  ])("%j ends with %i", async (args, code) => {
    expect((await lint(...args)).code).toBe(code);
  });

  it("prints what adds to the score, then the score", async () => {
    const { stdout, stderr } = await lint("--score", "wide.yml");
    expect(stderr).toBe("");
    const lines = stdout.trimEnd().split("\n");
    expect(lines[0]).toMatch(
      /^1\.80 {2}host\/write +files of the host that can be written: \/\S+ \(by this alone at least 8\.0\)$/,
    );
    expect(lines[1]?.trim()).toBe("wide.yml:3:10");
    expect(stdout).toMatch(/^1\.20 {2}network +network: the host's$/m);
    expect(lines.at(-2)).toMatch(/^closed: .*terminal/);
    expect(lines.at(-1)).toMatch(/^\.\/wide\.yml: 8\.0 of 10\.0, unsafe$/);
  });

  it("prints all of it as data", async () => {
    const { profiles } = await printed("small.yml", "wide.yml");
    expect(profiles.map(({ profile }) => profile)).toEqual(["./small.yml", "./wide.yml"]);
    const [small, wide] = profiles;
    expect(small?.score).toBeLessThan(wide?.score ?? 0);
    expect(wide?.items[0]?.id).toBe("host/write");
  });

  it("names the file that was found", async () => {
    const file = room.write("here/.sandbox.yml", "version: 1\nextends: [base]\n");
    const { stdout } = await room.sbx(["lint", "--score"], { cwd: room.directory("here") });
    expect(stdout).toContain(`${file}: `);
  });

  it("tells problems on standard error", async () => {
    const { stdout, stderr } = await lint("--score", "broken.yml");
    expect([stdout, stderr.includes("profile/unknown-key")]).toEqual(["", true]);
  });

  // osbuild's keeps root's capabilities, for what it builds needs them.
  const ordinary = builtinNames().flatMap(([name]) => (name === "osbuild-buildroot" ? [] : [name]));
  it.each(ordinary)("calls the built-in %s no worse than medium", async (name) => {
    const { profiles } = await printed("-p", name, ...argumentsOf(name, room));
    expect(profiles[0]?.score).toBeLessThanOrEqual(4);
  });
});
