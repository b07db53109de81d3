import { existsSync, lstatSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { builtinNames } from "../../src/index.ts";
import { argumentsOf } from "../support/builtin-arguments.ts";
import { install, ROOT } from "../support/sbx.ts";
import { misfits } from "../support/schemas.ts";

const installed = install();
afterAll(installed.remove);
const room = installed.room();

interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}
interface Origin extends Place {
  readonly route: readonly (string | number)[];
  readonly chain: readonly Place[];
  readonly flag?: string;
}
interface Located {
  readonly kind: string;
  readonly at: string;
  readonly source?: string;
  readonly origin: Origin;
}

room.directory("data");
room.write("kept", "");
room.write("hidden", "");
room.write("secret.env", "");
// Three levels, a diamond (left and right both extend top), a variant with a parent of its own, and flag sets.
const FILES = {
  "top.yml": `version: 1
extends: [base]
mounts:
  /from/top: {from: ./data, access: ro}
  /replaced: {from: ./data, access: ro}
env: {set: {LEVEL: top, TOP: "1"}}
`,
  "left.yml": `version: 1
extends: [./top.yml]
mounts:
  /from/left: {from: ./data, access: ro}
tmpfs: [/left]
mask: [secret.env]
`,
  "sub/right.yml": `version: 1
extends: [../top.yml]
mounts:
  /from/right: {from: ../data, access: ro}
  /replaced: {from: ../data, access: rw}
files: {/etc/right: {content: x}}
`,
  "extra.yml": `version: 1
symlinks: {/from-variant-parent: /usr}
`,
  "main.yml": `version: 1
extends:
  - ./left.yml
  - sub/right.yml
mounts:
  .: rw
protect: [kept]
dirs: [/main]
env: {set: {LEVEL: main}}
flags:
  tools:
    mounts: {/from/tools: {from: ./data, access: ro}}
    env: {set: {LEVEL: tools}}
  quiet:
    tmpfs: [/quiet]
use: [quiet]
profiles:
  web:
    extends: [./extra.yml]
    mounts: {/from/web: {from: ./data, access: ro}}
    mask: [hidden]
`,
};
for (const [name, text] of Object.entries(FILES)) room.write(name, text.replace("  - sub/", "  - ./sub/"));

const ARGUMENTS = ["-p", "./main.yml#web", "--flag", "tools"];
const planOf = async (...args: readonly string[]) => JSON.parse((await room.sbx(["plan", ...args, "--json"])).stdout);

/** The text that an origin points to, from there to the end of its line. */
function pointedAt({ file, line, column }: Place): string {
  const builtin = file.startsWith("builtin:") ? join(ROOT, "profiles", `${file.slice("builtin:".length)}.yaml`) : file;
  return (
    readFileSync(builtin, "utf8")
      .split("\n")
      [line - 1]?.slice(column - 1) ?? ""
  );
}

/** Every object with an `origin`, wherever it is in a plan. */
function located(value: unknown): Located[] {
  if (typeof value !== "object" || value === null) return [];
  const inner = Object.entries(value).flatMap(([key, part]) => (key === "origin" ? [] : located(part)));
  return "origin" in value ? [value as Located, ...inner] : inner;
}

describe("`sbx plan --json`", () => {
  it.each([...builtinNames().map(([name]) => ["-p", name, ...argumentsOf(name, room)]), ARGUMENTS])(
    "gives the same bytes twice: %s %s",
    async (...args) => {
      const first = await room.sbx(["plan", ...args, "--json"]);
      const second = await room.sbx(["plan", ...args, "--json"], {
        env: { PATH: `${process.env.PATH}`, UNRELATED: "x" },
      });
      expect(first).toMatchObject({ code: 0, stderr: "" });
      expect(second.stdout).toBe(first.stdout);
      expect(misfits("plan", JSON.parse(first.stdout))).toEqual([]);
    },
  );

  it("says for each operation which line put it there", async () => {
    const plan = await planOf(...ARGUMENTS);
    const from = (at: string) => {
      const found = (plan.operations as Located[]).filter((operation) => operation.at === at).at(-1);
      if (found === undefined) throw new Error(`no operation at ${at}`);
      const { file, route, flag, chain } = found.origin;
      const via = chain.map((place) => place.file.replace(`${room.project}/`, ""));
      return { file: file.replace(`${room.project}/`, ""), text: pointedAt(found.origin), route, flag, via };
    };
    expect(from("/from/top")).toMatchObject({
      file: "top.yml",
      text: FILES["top.yml"].split("\n")[3]?.trim(),
      via: ["main.yml", "left.yml"],
    });
    expect(from("/from/left")).toMatchObject({
      file: "left.yml",
      text: "/from/left: {from: ./data, access: ro}",
      via: ["main.yml"],
    });
    expect(from("/left")).toMatchObject({ file: "left.yml", text: "/left]", via: ["main.yml"] });
    expect(from("/from/right")).toMatchObject({ file: "sub/right.yml", via: ["main.yml"] });
    expect(from("/replaced")).toMatchObject({ file: "sub/right.yml", text: "/replaced: {from: ../data, access: rw}" });
    expect(from("/etc/right")).toMatchObject({ file: "sub/right.yml", text: "/etc/right: {content: x}}" });
    expect(from("/from-variant-parent")).toMatchObject({ file: "extra.yml", text: "/from-variant-parent: /usr}" });
    expect(from("/main")).toMatchObject({ file: "main.yml", text: "/main]", route: ["dirs", 0] });
    expect(from("/from/web")).toMatchObject({ file: "main.yml", route: ["profiles", "web", "mounts", "/from/web"] });
    expect(from("/from/tools")).toMatchObject({
      file: "main.yml",
      flag: "tools",
      text: "/from/tools: {from: ./data, access: ro}}",
    });
    expect(from("/quiet")).toMatchObject({ file: "main.yml", flag: "quiet", text: "/quiet]" });
    expect(from(`${room.project}/kept`)).toMatchObject({ file: "main.yml", text: "kept]", route: ["protect", 0] });
    expect(from(`${room.project}/hidden`)).toMatchObject({ file: "main.yml", text: "hidden]" });
    expect(from(`${room.project}/secret.env`)).toMatchObject({ file: "left.yml", text: "secret.env]" });
    expect(from("/usr")).toMatchObject({
      file: "builtin:base",
      text: "/usr: ro",
      via: ["main.yml", "left.yml", "top.yml"],
    });
    expect(from("/from").file).toBe("top.yml");
    expect(plan.env.LEVEL.value).toBe("tools");
    expect(pointedAt(plan.env.LEVEL.origin)).toBe("LEVEL: tools}}");
    expect(pointedAt(plan.env.TOP.origin)).toMatch(/^TOP: "1"/);
  });

  it.each([...builtinNames().map(([name]) => ["-p", name, ...argumentsOf(name, room)]), ARGUMENTS])(
    "points to real lines only: %s %s",
    async (...args) => {
      const all = located(await planOf(...args));
      expect(all.length).toBeGreaterThan(10);
      const lost = all.filter(({ origin }) => {
        if (origin.file === "default") return origin.line !== 0;
        return [origin, ...origin.chain].some((place) => pointedAt(place).trim() === "");
      });
      expect(lost).toEqual([]);
      // The last key of the route is what stands there, unless it is a number or was computed.
      const wrong = all.filter(({ origin }) => {
        const key = origin.route.at(-1);
        return typeof key === "string" && origin.line > 0 && !pointedAt(origin).replace(/^["']/, "").startsWith(key);
      });
      expect(wrong.map(({ origin }) => `${pointedAt(origin)} ← ${origin.route}`)).toEqual([]);
    },
  );

  it("names the argument for what came from the command line", async () => {
    const args = ["run", "-p", "base", "--ro-bind", "/no/such/place", "--", "true"];
    const done = await room.sbx([...args.slice(0, 1), "--json", ...args.slice(1)]);
    const [problem] = JSON.parse(done.stderr);
    expect(problem).toMatchObject({ rule: "mount/missing-source", file: "command-line", line: 6 });
  });

  it("shows values of passed variables as references, and no secret", async () => {
    room.write("env.yml", "version: 1\nenv: {pass: [PASSED], set: {MY_TOKEN: canary, PLAIN: shown}}\n");
    const { stdout } = await room.sbx(["plan", "-p", "./env.yml", "--json"], { env: { PASSED: "canary" } });
    const { env } = JSON.parse(stdout);
    expect(stdout).not.toContain("canary");
    expect(env).toMatchObject({ PASSED: { value: { from: "PASSED" } }, PLAIN: { value: "shown" } });
    const text = await room.sbx(["plan", "-p", "./env.yml"], { env: { PASSED: "canary" } });
    expect(text.stdout).toContain("shown");
    expect(text.stdout).not.toContain("canary");
  });

  it("keeps what is skipped, as absent", async () => {
    room.write("skipped.yml", "version: 1\nmounts: {/no/such/place: ro?}\n");
    const { operations } = await planOf("-p", "./skipped.yml");
    expect(operations).toContainEqual(expect.objectContaining({ at: "/no/such/place", present: false }));
  });

  it("tells with --footprint what the host will get", async () => {
    room.write(
      "footprint.yml",
      "version: 1\nmounts: {./made: {access: rw, missing: create}, .: rw, ./point: {from: /usr, access: ro}}\n",
    );
    const { stdout } = await room.sbx(["plan", "-p", "./footprint.yml", "--footprint"]);
    expect(stdout).toMatch(new RegExp(`creates directory ${room.project}/made, which stays`));
    expect(stdout).toMatch(new RegExp(`creates directory ${room.project}/point, which is removed again`));
    const none = await room.sbx(["plan", "-p", "base", "--footprint"]);
    expect(none.stdout).toBe("Nothing is created on the host.\n");
  });
});

describe("`sbx plan --html`", () => {
  room.write("page.yml", "version: 1\nextends: [base]\nmounts: {.: rw}\nenv: {set: {MY_TOKEN: canary}}\n");
  const args = ["plan", "-p", "./page.yml", "--html"];
  const read = (name: string) => readFileSync(join(room.project, name), "utf8");

  it("writes a page, the same again over itself, and to standard output", async () => {
    const first = await room.sbx([...args, "plan.html"]);
    expect(first).toMatchObject({ code: 0, stdout: "", stderr: "" });
    const page = read("plan.html");
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).not.toContain("canary");
    expect(await room.sbx([...args, "plan.html"])).toMatchObject({ code: 0, stderr: "" });
    expect(read("plan.html")).toBe(page);
    expect((await room.sbx([...args, "-"])).stdout).toBe(page);
    // Another plan replaces it, and leaves nothing beside it.
    expect(await room.sbx(["plan", "-p", "base", "--html", "plan.html"])).toMatchObject({ code: 0 });
    expect(read("plan.html")).not.toBe(page);
    expect(readdirSync(room.project).filter((name) => /plan\.html/.test(name))).toEqual(["plan.html"]);
  });

  it("leaves alone what is not such a page, or was changed since", async () => {
    expect(await room.sbx([...args, "changed.html"])).toMatchObject({ code: 0 });
    const notes = read("changed.html").replace("<h1>", "<h1>My notes: ");
    room.write("changed.html", notes);
    room.write("mine.html", "mine");
    symlinkSync("plan.html", join(room.project, "link.html"));
    symlinkSync("nothing", join(room.project, "dangling.html"));
    room.directory("a.directory");
    const target = read("plan.html");
    for (const name of ["changed.html", "mine.html", "link.html", "dangling.html", "a.directory"]) {
      const done = await room.sbx([...args, name]);
      expect(done).toMatchObject({ code: 2, stdout: "" });
      expect(done.stderr).toContain(`--html ${name}: what stands there is not a page as sbx wrote it`);
    }
    expect(read("changed.html")).toBe(notes);
    expect(read("mine.html")).toBe("mine");
    expect(read("plan.html")).toBe(target);
    expect(lstatSync(join(room.project, "link.html")).isSymbolicLink()).toBe(true);
    expect(existsSync(join(room.project, "nothing"))).toBe(false);
  });

  it("says what is wrong with the place, or with the other options", async () => {
    const done = await room.sbx([...args, "no/such/place.html"]);
    expect(done).toMatchObject({ code: 2, stdout: "" });
    expect(done.stderr).toMatch(/--html no\/such\/place\.html: ENOENT/);
    for (const option of ["--json", "--footprint", "--all"]) {
      expect(await room.sbx([...args, "-", option])).toMatchObject({ code: 2, stdout: "" });
    }
    // A plan that can't be made makes no page.
    room.write("broken.yml", "version: 1\nunknown: x\n");
    expect(await room.sbx(["plan", "-p", "./broken.yml", "--html", "broken.html"])).toMatchObject({ code: 2 });
    expect(existsSync(join(room.project, "broken.html"))).toBe(false);
  });
});

describe("other JSON fits its schema", () => {
  it.each(builtinNames().map(([name]) => name))("`sbx render --json` of %s", async (name) => {
    const { stdout } = await room.sbx(["render", "-p", name, ...argumentsOf(name, room), "--json", "--", "true"]);
    expect(misfits("render", JSON.parse(stdout))).toEqual([]);
  });

  it.each([
    ["two entries at one place", "mounts: {/x: {from: /usr}}\ntmpfs: [/x]\n"],
    ["a grant below a mask", "mounts: {/x: {from: ./data/in}}\nmask: [data]\n"],
    ["an unknown key", "mount: {}\n"],
    ["a cycle", "extends: [./wrong.yml]\n"],
    ["a type clash", "extends: [base]\nroot: {from: ./data}\nmounts: {/etc: ro, /usr: rw}\n"],
  ])("problems about %s", async (_, text) => {
    room.directory("data/in");
    room.write("wrong.yml", `version: 1\n${text}`);
    for (const [command, stream] of [
      ["plan", "stderr"],
      ["lint", "stdout"],
    ] as const) {
      const done = await room.sbx([command, "-p", "./wrong.yml", "--json"]);
      const problems = JSON.parse(done[stream]);
      expect(problems.length).toBeGreaterThan(0);
      expect(misfits("problem", problems)).toEqual([]);
    }
  });
});
