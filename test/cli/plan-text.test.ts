import { describe, expect, it } from "vitest";
import type { Layout } from "../../src/cli/explain-rows.ts";
import { footprintText, planText } from "../../src/cli/plan-text.ts";
import { outlinePlan, widthOf } from "../../src/index.ts";
import { planOf } from "../compile/case.ts";

const PROFILE = `version: 1
mounts:
  /usr: ro
  /opt/sdk: ro?
  .: rw
  /a/rather/long/destination/for/a/directory/of/the/host: {from: /srv/data}
  /srv/漢字: {from: /srv/data, access: rw}
devices: [minimal]
mask: [in/secret]
protect: [held/open]
symlinks: {/bin: usr/bin}
env: {pass: [TERM], set: {CI: "1", LONG: "${"word ".repeat(40).trim()}"}}
limits: {memory: 2G, time: 10m}
`;
const { plan, host } = planOf(
  { ".sandbox.yml": PROFILE },
  {
    files: {
      "/usr/bin/env": "",
      "/srv/data/x": "",
      "/home/u/proj/in/secret": "",
      "/home/u/proj/held/open": "",
      ...Object.fromEntries(
        ["null", "zero", "full", "random", "urandom", "tty"].map((name) => [
          `/dev/${name}`,
          { type: "character" as const },
        ]),
      ),
    },
    env: { TERM: "xterm" },
  },
);
if (plan === undefined) throw new Error("the profile of this test has no plan");
const root = outlinePlan(plan, host);

const layout = (width?: number, color = false): Layout => ({ cwd: "/home/u/proj", width, color });
const text = (width?: number, { all = false, color = false } = {}) =>
  planText(plan, root, layout(width, color), { all });
const linesOf = (given: string) => given.split("\n");
const lineOf = (given: string, start: RegExp) => linesOf(given).find((line) => start.test(line)) ?? "";

describe("a plan for people", () => {
  it("says at a glance what can be written, read and reached", () => {
    const [glance = ""] = text().split("\n\n");
    expect(linesOf(glance)).toEqual([
      "writable     /srv/漢字 /home/u/proj",
      "             in memory: / /dev /dev/shm",
      expect.stringMatching(/^read-only {4}\/usr \/home\/u\/proj\/held\/open \/a\/rather/),
      "hidden       /home/u/proj/in/secret",
      "devices      /dev/full /dev/null /dev/random /dev/tty /dev/urandom /dev/zero",
      "network      none, but for its own loopback",
      "environment  3 variables, from the caller: TERM",
    ]);
  });

  it("draws a tree, what is alike on one line", () => {
    const tree = linesOf(text()).filter((line) => /^(\/|[│├└ ]+[├└] |[├└] )/.test(line));
    expect(tree.map((line) => line.replace(/ {2,}\S+:\d+:\d+$/, "").replace(/ {2,}/g, "  "))).toEqual([
      "/  rw  in memory",
      "├ a/rather/long/destination/for/a/directory/of/the/host  ro  host /srv/data",
      "├ bin  link  → usr/bin",
      "├ dev  rw  in memory",
      "│ ├ fd stderr stdin stdout  link  → /proc/self/fd",
      "│ ├ full null random tty urandom zero  device  host",
      "│ └ shm  rw  in memory 1777",
      "├ home/u/proj  rw  host",
      "│ ├ held/open  ro  protected",
      "│ └ in/secret  masked  hidden file",
      "├ proc  ro  procfs",
      "├ srv/漢字  rw  host /srv/data",
      "└ usr  ro  host",
    ]);
  });

  it("folds what sbx adds and what was left out into a line each, unless all is asked for", () => {
    const short = text();
    expect(short).toMatch(/^kept read-only +1 place: /m);
    expect(short).toMatch(/^pinned +1 place: /m);
    expect(short).toMatch(/^left out +\/opt\/sdk \(not on this host\)$/m);
    expect(short).not.toMatch(/[├└] \.sandbox\.yml/);
    const long = text(undefined, { all: true });
    expect(long).toMatch(/├ \.sandbox\.yml +ro +protected/);
    expect(long).toMatch(/├ held +rw +pinned, part of \/home\/u\/proj/);
    expect(long).toMatch(/├ opt\/sdk +absent +left out: the host has no \/opt\/sdk/);
    expect(long).toMatch(/├ stderr +link +→ \/proc\/self\/fd\/2/);
    expect(long).not.toMatch(/sbx plan --all/);
  });

  it.each([40, 80, 120, 200])("keeps to %i columns, but for words that have no place to break", (width) => {
    for (const all of [false, true]) {
      for (const line of linesOf(text(width, { all }))) {
        const longest = Math.max(...line.trim().split(" ").map(widthOf));
        const indent = line.length - line.trimStart().length;
        if (indent + longest > width || / a\/rather\/long/.test(line)) continue;
        expect(`${widthOf(line) <= width} ${line}`).toBe(`true ${line}`);
      }
    }
  });

  it("puts origins at one right edge where they fit, and below where they don't", () => {
    const wide = linesOf(text(200)).filter((line) => /\S+:\d+:\d+$/.test(line) && !/a\/rather|LONG/.test(line));
    expect(new Set(wide.map(widthOf)).size).toBe(1);
    expect(lineOf(text(200), /[├└] usr/)).toMatch(/host +\.sandbox\.yml:3:3$/);
    const narrow = linesOf(text(80));
    const at = narrow.findIndex((line) => line.startsWith("├ a/rather/long"));
    expect(narrow.slice(at + 1, at + 3).join("\n")).toMatch(/\n? {20,}\.sandbox\.yml:6:3/);
  });

  it("has colours when they are wanted, and only then", () => {
    expect(text(80)).not.toContain("\u001b");
    const colours = text(80, { color: true });
    expect(colours).toMatch(/\u001b\[33mrw {4}\u001b\[0m/);
    expect(colours).toMatch(/\u001b\[31mmasked\u001b\[0m/);
    expect(colours).toMatch(/\u001b\[32mro {4}\u001b\[0m/);
    const plain = colours.replace(/\u001b\[[\d;]*m/g, "");
    expect(linesOf(plain).map((line) => line.trimEnd())).toEqual(linesOf(text(80)).map((line) => line.trimEnd()));
  });

  it("names limits, and says when nothing is created", () => {
    expect(text()).toMatch(/^memory +at most 2 GiB +\.sandbox\.yml:13:10$/m);
    expect(text()).toMatch(/^time +at most 10 min/m);
    expect(footprintText({ ...plan, footprint: [] }, layout())).toBe("Nothing is created on the host.\n");
  });
});
