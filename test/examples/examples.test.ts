import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { install, quoted, ROOT, type Room } from "../support/sbx.ts";
import { withNode } from "../support/toolchain.ts";

const installed = install();
afterAll(installed.remove);
const EXAMPLES = join(ROOT, "examples");

/** A command that a README shows, and the output that it shows below it. */
interface Shown {
  readonly command: string;
  /** What a comment behind it says: `# ends with 2`. */
  readonly code: number;
  readonly output: string | undefined;
}

/** The lines of every `sh` block; a `text` block right below one is what its last line prints. */
function commandsOf(readme: string): Shown[] {
  const blocks = [...readme.matchAll(/^```(\w+)\n((?:.|\n)*?)^```$/gm)].map(([, language, text = ""]) => ({
    language,
    text,
  }));
  return blocks.flatMap(({ language, text }, index) => {
    if (language !== "sh") return [];
    const next = blocks[index + 1];
    const lines = text
      .trim()
      .split("\n")
      .filter((line) => !line.startsWith("#"));
    return lines.map((command, at) => ({
      command,
      code: Number(/# ends with (\d+)$/.exec(command)?.[1] ?? 0),
      output: next?.language === "text" && at === lines.length - 1 ? next.text : undefined,
    }));
  });
}

/** A copy of the example as the user's own repository. */
async function checkOut(room: Room, name: string): Promise<void> {
  const files = readdirSync(join(EXAMPLES, name), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  for (const file of files) {
    const from = join(file.parentPath, file.name);
    room.write(from.slice(join(EXAMPLES, name).length + 1), readFileSync(from, "utf8"));
  }
  const git = "git -c user.name=T -c user.email=t@example.invalid";
  await room.run(["/bin/sh", "-c", `git init -q . && git add -A && ${git} commit -qm example`]);
}

const run = (room: Room, command: string) => {
  // As `sbx` is typed, with Node where the sandbox finds it.
  const sbx = `sbx() { if [ "$1" = run ]; then shift; set -- run ${withNode().map(quoted).join(" ")} "$@"; fi; ${quoted(process.execPath)} ${quoted(installed.file)} "$@"; }`;
  return room.run(["/bin/sh", "-c", `${sbx}\nexec 2>&1\n${command}`]);
};

const users = process.getuid?.() === 0 ? (["root", "ordinary"] as const) : (["ordinary"] as const);

/** Programs on the library, which have tests of their own. */
const PROGRAMS = ["build-pipeline", "staged-build"];
const PROFILES = readdirSync(EXAMPLES).filter((name) => !PROGRAMS.includes(name));

describe.each(PROFILES)("examples/%s", (name) => {
  const readme = readFileSync(join(EXAMPLES, name, "README.md"), "utf8");

  it.each(users)("does what its README shows, for %s", async (user) => {
    const room = installed.room(user);
    await checkOut(room, name);
    // Samples of yours, which the README puts in place of the example's.
    room.write("../samples/numbers.txt", "3 1 2\n");
    const shown = commandsOf(readme);
    expect(shown.length).toBeGreaterThan(0);
    for (const { command, code, output } of shown) {
      const done = await run(room, command);
      expect([command, done.code, done.stdout]).toEqual([command, code, output ?? done.stdout]);
      expect(done.stdout).not.toMatch(/defect|^\s+at /m);
    }
  });

  it("has a profile that is clean", async () => {
    const room = installed.room();
    await checkOut(room, name);
    expect(await room.sbx(["lint", "--strict"])).toMatchObject({ code: 0, stdout: "", stderr: "" });
  });
});

describe("what the examples promise", () => {
  const example = async (name: string) => {
    const room = installed.room();
    await checkOut(room, name);
    return room;
  };

  it("node-project: the tests run, and can reach nothing else", async () => {
    const room = await example("node-project");
    room.write("config/.env", "SECRET=canary\n");
    const test = await run(room, "sbx run -- npm test");
    expect(test.stdout).toMatch(/pass 5\n(.*\n)*.*fail 0\n/);
    const hidden = await run(room, "sbx run -- sh -c 'cat config/.env; ls -A ~/.ssh'");
    expect(hidden.stdout).not.toContain("canary");
    const plan = await room.sbx(["plan", "--flag", "network", "--json"]);
    expect(JSON.parse(plan.stdout).network.value).toBe("host");
  });

  it("python-project: each variant passes its tests, and the strict one can write nothing", async () => {
    const room = await example("python-project");
    for (const profile of ["", "-p '#strict'"]) {
      const test = await run(room, `sbx run ${profile} -- python3 -m unittest`);
      expect(test.stdout).toMatch(/Ran 5 tests(.|\n)*OK/);
    }
    expect((await run(room, "sbx run -- sh -c 'echo x >new'")).code).toBe(0);
    expect((await run(room, "sbx run -p '#strict' -- sh -c 'echo x >new2'")).stdout).toContain("Read-only file system");
  });

  it("python-project: other samples can take the place of those in data", async () => {
    const room = await example("python-project");
    room.write("../samples/numbers.txt", "7 8 9\n");
    const done = await run(room, "sbx run --set data=~/samples -- python3 -m unittest");
    expect(done.stdout).toMatch(/AssertionError: 8(\.0)? != 2/);
  });
});
