import { afterAll, describe, expect, it } from "vitest";
import { install } from "../support/sbx.ts";

const installed = install();
afterAll(installed.remove);
const room = installed.room();
room.write("data/a.pem", "");
room.write("sub/file", "");
const env = { AWS_REGION: "eu" };

/** Two profiles that come to the same sandbox in this room, and not in every other. */
const PAIRS: readonly (readonly [what: string, narrow: string, wide: string])[] = [
  ["a pattern of a mask that matches less", 'mask: ["**/*.pem"]', 'mask: ["data/*.pem"]'],
  ["a pattern of variables that matches more", "env: {pass: [AWS_REGION]}", 'env: {pass: [AWS_REGION, "AWS_*"]}'],
  ["a variable that is taken away no more", 'env: {pass: ["AWS_*"], unset: [AWS_SECRET]}', 'env: {pass: ["AWS_*"]}'],
  ["another condition", "COND{exists: PROJECT/data}", "COND{absent: PROJECT/none}"],
  ["no condition any more", "COND{exists: PROJECT/data}", "COND"],
  ["a flag set that opens the network", "flags: {}", "flags: {interactive: {network: host}}"],
];

const profile = (text: string): string => {
  const conditional = text.startsWith("COND")
    ? `  /sub: {from: ./sub${text === "COND" ? "" : `, when: ${text.slice(4).replace("PROJECT", room.project)}`}}\n`
    : "";
  return `version: 1\nextends: [base]\nmounts:\n  .: rw\n${conditional}${conditional ? "" : `${text}\n`}`;
};

describe("`sbx diff` of what makes no difference here", () => {
  it.each(PAIRS)("tells of %s", async (_, narrow, wide) => {
    room.write("narrow.yml", profile(narrow));
    room.write("wide.yml", profile(wide));
    const diff = (...args: readonly string[]) => room.sbx(["diff", ...args], { env });
    const widened = await diff("narrow.yml", "wide.yml", "--fail-on", "widen");
    expect([widened.code, widened.stderr]).toEqual([1, ""]);
    expect(widened.stdout).toMatch(/1 changes? widens?/);
    expect((await diff("narrow.yml", "narrow.yml", "--fail-on", "any")).code).toBe(0);
    if (narrow.startsWith("COND") && wide !== "COND") return;
    expect((await diff("wide.yml", "narrow.yml", "--fail-on", "widen")).code).toBe(0);
    expect((await diff("wide.yml", "narrow.yml", "--fail-on", "any")).code).toBe(1);
  });
});

describe("`sbx test`", () => {
  it("knows the nodes of a device backing without a sandbox", async () => {
    const nodes = "devices: {nodes: [/dev/null], backing: tmpfs}";
    const text = `version: 1\n${nodes}\nmounts: {/usr: ro}\ntests: {one: {device: [/dev/null]}, two: {absent: [/dev/null]}}\n`;
    const done = await room.sbx(["test", room.write("backing.yml", text)]);
    expect(done.code).toBe(1);
    expect(done.stdout).toMatch(/ok +one/);
    expect(done.stdout).toMatch(/FAILS +two/);
  });

  it("prints no secret, not even one that stands in the file", async () => {
    const text =
      "version: 1\nextends: [base]\nenv:\n  set:\n    MY_TOKEN: hunter2\ntests:\n  one:\n    env:\n      MY_TOKEN: other3\n";
    const done = await room.sbx(["test", room.write("secret.yml", text)]);
    expect(done.code).toBe(1);
    expect(done.stdout + done.stderr).toContain("MY_TOKEN: <redacted>");
    expect(done.stdout + done.stderr).not.toMatch(/hunter2|other3/);
  });
});

describe("`sbx diff` of files that choose code", () => {
  it.each(["/etc/ld.so.preload", "/etc/profile.d/x.sh"])("widens by %s, and not by another file", async (path) => {
    room.write("plain.yml", "version: 1\nextends: [base]\n");
    room.write("code.yml", `version: 1\nextends: [base]\nfiles: {${path}: {content: "/tmp/x"}}\n`);
    room.write("other.yml", 'version: 1\nextends: [base]\nfiles: {/etc/motd: {content: "/tmp/x"}}\n');
    const diff = (after: string) => room.sbx(["diff", "plain.yml", after, "--fail-on", "widen"]);
    expect((await diff("code.yml")).code).toBe(1);
    expect((await diff("other.yml")).code).toBe(0);
  });
});

describe("a comment on a pull request", () => {
  it("is never longer than GitHub takes", async () => {
    const many = Array.from({ length: 60 }, (_, index) => `  N${index}: "${"(".repeat(200)}"\n`).join("");
    room.write("few.yml", "version: 1\nextends: [base]\n");
    room.write(
      "many.yml",
      `version: 1\nextends: [base]\nmounts:\n  .: rw\nenv:\n  set:\n${many.replaceAll("  N", "    N")}`,
    );
    const { stdout } = await room.sbx(["diff", "few.yml", "many.yml", "--format", "markdown"]);
    expect(stdout.length).toBeLessThan(65_536);
    expect(stdout).toContain("**widens**");
    expect(stdout).toMatch(/…and \d+ more/);
  });
});
