import { afterAll, describe, expect, it } from "vitest";
import { diffMarkdown } from "../../src/cli/diff-markdown.ts";
import { diffText } from "../../src/cli/diff-text.ts";
import type { Difference } from "../../src/index.ts";
import { install } from "../support/sbx.ts";
import { misfits } from "../support/schemas.ts";

const installed = install();
afterAll(installed.remove);
const room = installed.room();
room.directory("data");
room.write("narrow.yml", "version: 1\nextends: [base]\nmounts: {.: ro}\n");
room.write(
  "wide.yml",
  `version: 1
extends: [base]
mounts: {.: rw}
env: {set: {MY_TOKEN: canary}}
flags:
  net: {network: host}
  more: {tmpfs: [/more]}
use: [more]
profiles:
  web: {network: host}
`,
);
room.write("reordered.yml", "version: 1\nmounts:\n  .: ro\nextends: [base]\n");
room.write("neutral.yml", "version: 1\nextends: [base]\nmounts: {.: ro}\ntmpfs: [/more]\n");
room.write("broken.yml", "version: 1\nmount: {}\n");
room.write("c++/plus+name.yml", "version: 1\nextends: [base]\nmounts: {'${PROJECT}': ro}\n");
const diff = (...args: readonly string[]) => room.sbx(["diff", ...args]);

interface Printed {
  readonly before: { readonly name: string; readonly score: number };
  readonly after: { readonly name: string; readonly score: number };
  readonly counts: Readonly<Record<Difference["change"], number>>;
  readonly changes: readonly Difference[];
}
const printed = async (...args: readonly string[]): Promise<Printed> => {
  const done = await diff(...args, "--json");
  const result = JSON.parse(done.stdout);
  expect(misfits("diff", result)).toEqual([]);
  return result;
};
const told = ({ changes }: Printed) => changes.map(({ change, subject }) => `${change} ${subject}`);

describe("`sbx diff`", () => {
  it.each([
    [["narrow.yml", "narrow.yml", "--fail-on", "any"], 0],
    [["narrow.yml", "reordered.yml", "--fail-on", "any"], 0],
    [["narrow.yml", "wide.yml"], 0],
    [["narrow.yml", "wide.yml", "--fail-on", "widen"], 1],
    [["wide.yml", "narrow.yml", "--fail-on", "widen"], 0],
    [["wide.yml", "narrow.yml", "--fail-on", "any"], 1],
    [["narrow.yml", "neutral.yml", "--fail-on", "widen"], 0],
    [["narrow.yml", "neutral.yml", "--fail-on", "any"], 1],
    [["narrow.yml", "wide.yml", "--fail-on", "widen", "--json"], 1],
    [["narrow.yml", "wide.yml", "--fail-on", "widen", "--format", "markdown"], 1],
    [["narrow.yml", "broken.yml"], 2],
    [["narrow.yml", "missing.yml"], 2],
    [["narrow.yml"], 2],
    [["narrow.yml", "wide.yml+unknown"], 2],
    [["narrow.yml", "wide.yml+"], 2],
    [["none+net", "wide.yml"], 2],
    [["-p", "narrow.yml", "narrow.yml", "wide.yml"], 2],
    [["narrow.yml", "wide.yml", "--fail-on", "narrow"], 2],
  ])("%j ends with %i", async (args, code) => {
    const done = await diff(...args);
    expect([done.code, code === 2 ? done.stdout : ""]).toEqual([code, ""]);
    if (code === 2) expect(done.stderr).not.toBe("");
  });

  it("says that there is no change", async () => {
    expect((await diff("base", "base")).stdout).toMatch(/^base -> base: no change; risk \d\.\d \w+\n$/);
  });

  it("takes flag sets, variants, names, and what nothing stands for", async () => {
    expect(told(await printed("wide.yml", "wide.yml+net"))).toEqual(["widens network"]);
    expect(told(await printed("wide.yml+net", "wide.yml#web"))).toEqual([]);
    expect(told(await printed("wide.yml", "wide.yml+-more"))).toEqual(["neutral /more"]);
    expect(told(await printed("wide.yml", "wide.yml", "--flag", "net"))).toEqual([]);
    expect(told(await printed("narrow.yml", "c++/plus\\+name.yml"))).toEqual([]);
    const all = await printed("none", "base");
    expect(told(all)).toContain("widens /usr");
    expect(told(all)).toContain("neutral /dev/null");
    const back = await printed("base", "none");
    expect(told(back)).toContain("narrows /usr");
    expect([back.counts.widens, back.after.name]).toEqual([0, "none"]);
  });

  it("compares a revision with what lies there", async () => {
    const git = (...args: readonly string[]) =>
      room.run(["git", "-c", "user.name=u", "-c", "user.email=u@example.org", ...args]);
    room.write("tracked.yml", "version: 1\nextends: [base]\nmounts: {.: ro}\n");
    for (const args of [
      ["init", "-q"],
      ["add", "tracked.yml"],
      ["commit", "-qm", "x"],
    ]) {
      expect(await git(...args)).toMatchObject({ code: 0 });
    }
    expect(told(await printed("HEAD:tracked.yml", "tracked.yml"))).toEqual([]);
    room.write("tracked.yml", "version: 1\nextends: [base]\nmounts: {.: ro}\nnetwork: host\n");
    const { changes } = await printed("HEAD:tracked.yml", "tracked.yml");
    expect(changes).toMatchObject([
      { subject: "network", change: "widens", after: { origins: [{ file: `${room.project}/tracked.yml`, line: 4 }] } },
    ]);
  });

  it("says where, why, how many and how risky", async () => {
    const { stdout } = await diff("narrow.yml", "wide.yml+net");
    expect(stdout).toMatch(
      /^narrow\.yml -> wide\.yml\+net: 2 changes widen, 2 are neutral; risk 0\.\d \w+ -> \d\.\d \w+\n/,
    );
    const project = stdout.slice(stdout.indexOf(`+ ${room.project}`)).split("\n\n")[0];
    expect(project?.split("\n").map((line) => line.trim())).toEqual([
      `+ ${room.project}`,
      "ro host -> rw host",
      "the host's files can be written",
      "was narrow.yml:3:10",
      "now wide.yml:3:10",
    ]);
    expect(stdout).toContain("now wide.yml:6:9 (flag set net)");
  });

  it("tells no secret in any format", async () => {
    for (const format of ["pretty", "json", "markdown"]) {
      const { stdout } = await diff("narrow.yml", "wide.yml", "--format", format);
      expect(stdout).toMatch(/MY(_|&#95;)TOKEN/);
      expect(stdout).not.toContain("canary");
    }
  });

  it("tells what is wrong with both profiles", async () => {
    room.write("broken-too.yml", "version: 1\nmounts: {/usr: wrong}\n");
    const { stderr } = await diff("broken.yml", "broken-too.yml", "--json");
    const problems: { file: string }[] = JSON.parse(stderr);
    expect(misfits("problem", problems)).toEqual([]);
    expect(problems.map(({ file }) => file)).toEqual(
      ["broken.yml", "broken-too.yml"].map((name) => `${room.project}/${name}`),
    );
  });
});

const HOSTILE =
  "/x\u001b[31m`|<img src=x onerror=alert(1)>\n| [a](http://x.example) @user #1 www.x.example **b** _c_ \u202e";
const side = { text: HOSTILE, origins: [{ file: HOSTILE, line: 1, column: 1, route: [], chain: [] }] };
const hostile: Difference = {
  area: "path",
  subject: HOSTILE,
  change: "widens",
  before: side,
  after: side,
  gained: ["host-read"],
  lost: [],
  here: true,
};
const scored = { name: HOSTILE, score: 1, rating: "ok" } as const;
const comparison = {
  before: scored,
  after: scored,
  differences: [hostile, { ...hostile, gained: [], change: "neutral" }],
} as const;

describe("differences as Markdown", () => {
  it("hold nothing of a profile that is markup", () => {
    const text = diffMarkdown(comparison, "/");
    // What sbx writes itself goes first; the rest stands in code, and has no letter that Markdown or HTML knows.
    const inCode = [...text.matchAll(/<code>(.*?)<\/code>/g)].map(([, inner = ""]) => inner);
    expect(inCode).toHaveLength(2 + 2 * 4);
    for (const inner of inCode) {
      expect(inner).toMatch(/^([A-Za-z0-9 /.-]|&#\d+;|…)+$/);
      expect(inner).not.toMatch(/www\./i);
    }
    const own = text.replaceAll(/<code>.*?<\/code>/g, "");
    expect(own).not.toMatch(/img|example|user|\u001b|\u202e/);
    const rows = own.split("\n").filter((line) => line.startsWith("|"));
    expect(rows.map((row) => row.split("|").length)).toEqual(rows.map(() => 8));
    expect(own).not.toMatch(/https?:|\]\(/);
  });

  it("stay short", () => {
    const many = Array.from({ length: 300 }, (_, index) => ({
      ...hostile,
      subject: `/${index}/${"long".repeat(200)}`,
    }));
    const text = diffMarkdown({ ...comparison, differences: many }, "/");
    expect(text.length).toBeLessThan(65_536);
    expect(text).toContain("…and 260 more.");
  });

  it("fold away what is neutral", async () => {
    const { stdout } = await diff("narrow.yml", "wide.yml", "--format", "markdown");
    expect(stdout).toMatch(/^\*\*Sandbox: 2 changes widen, 2 are neutral\*\* · /);
    const [telling = "", folded = ""] = stdout.split("<details>");
    expect(telling).toContain("| **widens** |");
    expect(telling).not.toContain("| neutral |");
    expect(folded.match(/^\| neutral \|/gm)).toHaveLength(2);
  });
});

describe("differences on a terminal", () => {
  const plain = { ...hostile, subject: "/srv/data", before: { text: "absent", origins: [] } };
  const wide = {
    ...plain,
    after: {
      text: "ro host /a/rather/long/path/of/the/host",
      origins: side.origins.map((origin) => ({ ...origin, file: "/p/.sandbox.yml" })),
    },
    gained: ["host-write", "host-read"] as const,
  };

  it.each([80, 200])("fit into %i columns", (width) => {
    const differences = [wide, { ...wide, subject: `/${"directory/".repeat(5)}` }];
    const side = { name: "main:.sandbox.yml", score: 1, rating: "ok" } as const;
    const text = diffText({ before: side, after: side, differences }, { cwd: "/p", width, color: false });
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(width);
    expect(text).toContain("now .sandbox.yml:1:1");
  });

  it("move no cursor", () => {
    const text = diffText(comparison, { cwd: "/", width: 80, color: false });
    expect(text.replaceAll("\n", "")).not.toMatch(/[\u0000-\u001f\u202e]/);
  });

  it("are coloured when asked for: what widens red, what narrows green", () => {
    const narrows = { ...hostile, change: "narrows", gained: [], lost: ["host-read"] } as const;
    const text = diffText(
      { ...comparison, differences: [hostile, narrows] },
      { cwd: "/", width: undefined, color: true },
    );
    expect(text).toMatch(/\u001b\[31m\+ [\s\S]*\u001b\[32m- /);
  });
});
