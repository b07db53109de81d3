import { describe, expect, it } from "vitest";
import type { Problem, Result } from "../../src/model/problem.ts";
import { settleArch } from "../../src/preflight/arch.ts";

const SPOT = { file: "p.yml", line: 3, column: 11 };
const origin = { ...SPOT, route: ["process", "arch"], chain: [] };
const missing: Problem = {
  rule: "host/program-missing",
  severity: "error",
  message: "setarch was not found",
  ...SPOT,
  endLine: 3,
  endColumn: 12,
  related: [],
  help: "install it",
  data: {},
};

function settled(arch: string | undefined, machine: string, setarch: string | null = "/usr/bin/setarch") {
  const asked: string[] = [];
  const find = (name: string): Result<string> => {
    asked.push(name);
    return setarch === null ? { value: undefined, problems: [missing] } : { value: setarch, problems: [] };
  };
  const process = { ...(arch !== undefined && { arch: { value: arch, origin } }) } as never;
  const { value, problems } = settleArch({ process }, machine, find);
  return { value, problems, asked };
}
const wordsFor = (arch: string | undefined, machine: string) => settled(arch, machine).value;

describe("the machine that a command is told it runs on", () => {
  it("is this one when nothing is said", () => {
    expect(settled(undefined, "x86_64")).toEqual({ value: [], problems: [], asked: [] });
  });

  it.each([
    ["i686", "x86_64"],
    ["armv7l", "aarch64"],
  ])("is %s on %s by way of setarch", (arch, machine) => {
    expect(settled(arch, machine)).toEqual({ value: ["/usr/bin/setarch", arch], problems: [], asked: ["setarch"] });
  });

  it.each([
    ["x86_64", "x86_64"],
    ["aarch64", "aarch64"],
    ["s390x", "s390x"],
    ["i686", "i686"],
    ["loongarch64", "loongarch64"],
  ])("is %s on %s without anything", (arch, machine) => {
    expect(settled(arch, machine)).toEqual({ value: [], problems: [], asked: [] });
  });

  it("has one name, however it is spelt", () => {
    const setarch = (arch: string) => ["/usr/bin/setarch", arch];
    for (const name of ["i386", "i486", "i586", "i686", "x86", "x86-32", "x86_32", "ia32", "I686"]) {
      expect([name, wordsFor(name, "x86_64")]).toEqual([name, setarch("i686")]);
      expect([name, wordsFor(name, "i586")]).toEqual([name, []]);
    }
    for (const name of ["x86_64", "x86-64", "amd64", "AMD64", "x64"]) {
      expect([name, wordsFor(name, "x86_64")]).toEqual([name, []]);
    }
    for (const name of ["aarch64", "arm64"]) expect([name, wordsFor(name, "aarch64")]).toEqual([name, []]);
    for (const name of ["armv7l", "armhf", "arm", "aarch32", "armv8l"]) {
      expect([name, wordsFor(name, "aarch64")]).toEqual([name, setarch("armv7l")]);
    }
    for (const name of ["ppc64le", "ppc64el", "powerpc64le"]) expect(wordsFor(name, "ppc64le")).toEqual([]);
  });

  it.each([
    ["aarch64", "x86_64", "can't pass for aarch64", "it can pass for i686"],
    ["arm64", "x86_64", "can't pass for aarch64 (arm64)", "it can pass for i686"],
    ["x86_64", "i686", "can't pass for x86_64", "run it where x86_64 is at home"],
    ["i686", "aarch64", "can't pass for i686", "it can pass for armv7l"],
    ["i686", "riscv64", "can't pass for i686", "binfmt_misc"],
  ])("can't be %s on %s", (arch, machine, message, help) => {
    const { value, problems, asked } = settled(arch, machine);
    expect(value).toBeUndefined();
    expect(asked).toEqual([]);
    expect(problems).toMatchObject([{ rule: "preflight/arch-foreign", severity: "error", ...SPOT }]);
    expect(problems[0]?.message).toContain(message);
    expect(problems[0]?.message).toContain(machine);
    expect(problems[0]?.help).toContain(help);
  });

  it.each(["i786", "x86_65", "vax"])("can't be %s, which nobody knows", (arch) => {
    const { value, problems } = settled(arch, "x86_64");
    expect(value).toBeUndefined();
    expect(problems).toMatchObject([{ rule: "preflight/arch-unknown", ...SPOT }]);
    expect(problems[0]?.message).toContain(arch);
    expect(problems[0]?.help).toContain("x86_64, i686, aarch64, armv7l");
  });

  it("needs setarch, or it is an error", () => {
    expect(settled("i686", "x86_64", null)).toEqual({ value: undefined, problems: [missing], asked: ["setarch"] });
    expect(settled("x86_64", "x86_64", null).value).toEqual([]);
  });
});
