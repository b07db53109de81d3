import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { install, type Room } from "../support/sbx.ts";

const installed = install();
afterAll(installed.remove);
const users = process.getuid?.() === 0 ? (["root", "ordinary"] as const) : (["ordinary"] as const);

const BEFORE = `# What the job may do.
version: 1
extends: [base]   # the system

mounts:
  .: ro
  ~/: ro          # my notes

mask:
- "secrets/*"     # all of them
- ~/.ssh
`;

const lint = (room: Room, args: readonly string[], cwd?: string) =>
  room.sbx(["lint", "--offline", ...args], cwd === undefined ? {} : { cwd });

describe.each(users)("`sbx lint --fix` as %s", (user) => {
  const room = installed.room(user);
  let count = 0;
  /** A directory of its own for each test. */
  const place = (text = BEFORE, name = "some.sandbox.yml") => {
    const file = room.write(`fix-${++count}/${name}`, text);
    return { file, directory: dirname(file), text: () => readFileSync(file, "utf8") };
  };

  it("writes what hides more, keeps comments and layout, and says what is left", async () => {
    const { file, directory, text } = place();
    const done = await lint(room, ["--fix", file]);
    expect([done.code, done.stderr]).toEqual([0, ""]);
    const after = text();
    const added = after.split("\n").filter((line) => !BEFORE.split("\n").includes(line));
    expect(after.split("\n").filter((line) => BEFORE.split("\n").includes(line))).toEqual(
      BEFORE.split("\n").filter((line) => !line.includes("secrets")),
    );
    expect(added).toContain("- secrets     # all of them");
    expect(added).toContain("- ~/.aws");
    expect(added.every((line) => line.startsWith("- "))).toBe(true);
    expect(done.stdout).toMatch(/warning\[home\/ro\]/);
    expect(done.stdout).not.toMatch(/cred\//);
    expect(readdirSync(directory)).toEqual(["some.sandbox.yml"]);
    // The next time there is nothing to do.
    const { ino, mtimeMs } = lstatSync(file);
    await lint(room, ["--fix", file]);
    expect([text(), lstatSync(file).ino, lstatSync(file).mtimeMs]).toEqual([after, ino, mtimeMs]);
  });

  it("with --diff writes nothing, and prints a patch that makes the same", async () => {
    const { file, directory, text } = place();
    const shown = await lint(room, ["--diff", "some.sandbox.yml"], directory);
    expect([shown.code, text()]).toEqual([1, BEFORE]);
    expect(shown.stdout).toMatch(/^--- a\/some\.sandbox\.yml\n\+\+\+ b\/some\.sandbox\.yml\n@@ /);
    expect(shown.stderr).toMatch(/error\[cred\/cloud\]/);
    const patched = await room.run(["git", "apply", "--unsafe-paths", "-"], { cwd: directory, stdin: shown.stdout });
    expect(patched).toMatchObject({ code: 0, stderr: "" });
    const byPatch = text();
    room.write(file, BEFORE);
    await lint(room, ["--fix", file]);
    expect(byPatch).toBe(text());
    expect(await lint(room, ["--diff", "some.sandbox.yml"], directory)).toMatchObject({ stdout: "" });
  });

  it("ends a name with blanks in a patch as git and diff do", async () => {
    const { directory, text } = place(BEFORE, "a b.sandbox.yml");
    const { stdout } = await lint(room, ["--diff", "."], directory);
    // patch(1) takes the first blank for the end of a name that no tab follows.
    expect(stdout).toMatch(/^--- a\/a b\.sandbox\.yml\t\n\+\+\+ b\/a b\.sandbox\.yml\t\n@@ /);
    const patched = await room.run(["git", "apply", "--unsafe-paths", "-"], { cwd: directory, stdin: stdout });
    expect([patched.code, text() === BEFORE]).toEqual([0, false]);
  });

  it("says so where a patch fits from another place than this", async () => {
    const { file, directory, text } = place();
    const { stdout } = await lint(room, ["--diff", file], room.directory("elsewhere"));
    expect(stdout).toMatch(/^The names in this patch begin at \/: apply it there\.\n--- a\/\S/);
    const args = ["git", "apply", "--unsafe-paths", "--directory=/", "-"];
    expect(await room.run(args, { cwd: directory, stdin: stdout })).toMatchObject({ code: 0, stderr: "" });
    expect(text()).toContain("- ~/.aws");
  });

  it("has nothing to write where there is nothing to mend", async () => {
    const clean = "version: 1\nextends: [base]\n";
    const { file, text } = place(clean);
    expect(await lint(room, ["--fix", file])).toMatchObject({ code: 0, stdout: "", stderr: "" });
    expect(await lint(room, ["--diff", file])).toMatchObject({ code: 0, stdout: "", stderr: "" });
    expect(text()).toBe(clean);
  });

  it("leaves a broken profile as it is", async () => {
    const { file, text } = place(`${BEFORE}unknown: x\n`);
    expect((await lint(room, ["--fix", file])).code).toBe(2);
    expect(text()).toBe(`${BEFORE}unknown: x\n`);
  });

  it("keeps the mode and the owner", async () => {
    const { file, text } = place();
    for (const wanted of [0o640, 0o666, 0o2664]) {
      writeFileSync(file, BEFORE);
      const owner = user === "root" ? 4242 : room.uid;
      chownSync(file, owner, owner);
      chmodSync(file, wanted);
      await lint(room, ["--fix", file]);
      const { mode, uid, gid } = lstatSync(file);
      expect([mode & 0o7777, uid, gid, text() === BEFORE]).toEqual([wanted, owner, owner, false]);
    }
  });

  it("writes a truth as one, and moves no comment over to what it is not about", async () => {
    const ignore =
      "lint:\n  ignore:\n    - {rule: net/host, reason: foo}\n      # about foo\n    - {rule: sys/rw, reason: x}\n    - {rule: dev/shm-host, reason: bar}\n";
    const { file, text } = place(`version: 1\nextends: [base]\nnamespaces: {user: try, nested: true}\n${ignore}`);
    const done = await lint(room, ["--fix", file]);
    expect(text()).toContain("namespaces: {user: true, nested: true}\n");
    // The last one has nothing around it.
    expect(text()).toContain("    - {rule: net/host, reason: foo}\n      # about foo\n");
    expect(text()).not.toContain("shm-host");
    expect(done.stdout).toMatch(/unused-ignore/);
  });

  it("leaves an exception alone that another checkout or machine may need", async () => {
    const ignore = (rule: string) => `lint:\n  ignore: [{rule: ${rule}, reason: r}]\n`;
    for (const rule of ["path/symlink-escape", "dev/bind-not-dev", "env/path-writable"]) {
      const { file, text } = place(`version: 1\nextends: [base]\n${ignore(rule)}`);
      const before = text();
      const done = await lint(room, ["--fix", "--strict", file]);
      expect([done.code, text()]).toEqual([0, before]);
      expect(done.stdout).toMatch(/info\[lint\/unused-ignore\]/);
    }
  });

  it("keeps access control lists", async () => {
    const { file, text } = place();
    expect(await room.run(["setfacl", "-m", "u:4243:r,m::rw", file])).toMatchObject({ code: 0, stderr: "" });
    const listed = await room.run(["getfacl", "--numeric", "--absolute-names", file]);
    expect(listed.stdout).toContain("user:4243:r--\n");
    expect(await lint(room, ["--fix", file])).toMatchObject({ stderr: "" });
    expect(await room.run(["getfacl", "--numeric", "--absolute-names", file])).toEqual(listed);
    expect(text()).toContain("- ~/.aws");
  });

  it("writes through a directory that is a link, and takes no link for a profile", async () => {
    const { file, directory, text } = place();
    symlinkSync("some.sandbox.yml", join(directory, "link.sandbox.yml"));
    const refused = await lint(room, ["--fix", join(directory, "link.sandbox.yml")]);
    expect([refused.code, text()]).toEqual([2, BEFORE]);
    symlinkSync(directory, `${directory}-link`);
    expect((await lint(room, ["--fix", `${directory}-link/some.sandbox.yml`])).stderr).toBe("");
    expect([readlinkSync(`${directory}-link`), lstatSync(file).isFile()]).toEqual([directory, true]);
    expect(text()).toContain("- ~/.aws");
  });

  it("does not part a file from its other names", async () => {
    const { file, directory, text } = place();
    linkSync(file, join(directory, "other.yml"));
    const done = await lint(room, ["--fix", file]);
    expect([done.code, text()]).toEqual([2, BEFORE]);
    expect(done.stderr).toMatch(/is left as it was: it has further names/);
    expect(readdirSync(directory).sort()).toEqual(["other.yml", "some.sandbox.yml"]);
  });

  it("mends the linted file alone, not what it extends", async () => {
    const parent = "version: 1\nextends: [base]\nmounts:\n  ~/: ro\n";
    const { file, directory, text } = place("version: 1\nextends: [./parent.sandbox.yml]\n");
    const other = room.write(join(directory, "parent.sandbox.yml"), parent);
    await lint(room, ["--fix", file]);
    expect(readFileSync(other, "utf8")).toBe(parent);
    expect(text()).toMatch(/^version: 1\nextends: \[\.\/parent\.sandbox\.yml\]\nmask:\n {2}- /);
  });

  it("does not mend what would break a profile that extends it, where that is looked at as well", async () => {
    const parent = "version: 1\nextends: [base]\nmounts: {~/.cargo: ro}\n";
    const { directory, text } = place(parent, "parent.sandbox.yml");
    const kid = "version: 1\nextends: [./parent.sandbox.yml]\nmounts: {~/.cargo/credentials.toml: ro}\n";
    room.write(join(directory, "kid.sandbox.yml"), kid);
    const done = await lint(room, ["--fix", directory]);
    expect([done.code, text()]).toEqual([2, parent]);
    expect(done.stderr).toMatch(
      /parent\.sandbox\.yml is left as it was: with its fixes \S+kid\.sandbox\.yml could not/,
    );
    rmSync(join(directory, "kid.sandbox.yml"));
    expect((await lint(room, ["--fix", directory])).code).toBe(0);
  });

  it("does not mend what would break a profile of the project that was not named, as hooks name only some", async () => {
    const parent = "version: 1\nextends: [base]\nmounts: {.: ro}\nmask: [secrets/*]\n";
    const { directory, text, file } = place(parent, "parent.sandbox.yml");
    const kid = "version: 1\nextends: [./parent.sandbox.yml]\nremove: {mask: [secrets/*]}\n";
    room.write(join(directory, "kid.sandbox.yml"), kid);
    await room.run(["git", "init", "-q", directory]);
    const done = await lint(room, ["--fix", file]);
    expect([done.code, text()]).toEqual([2, parent]);
    expect(done.stderr).toMatch(/kid\.sandbox\.yml could not be planned any more/);
    room.write(join(directory, "kid.sandbox.yml"), "version: 1\nextends: [./parent.sandbox.yml]\n");
    expect((await lint(room, ["--fix", file])).code).toBe(0);
    expect(text()).toContain("mask: [secrets]");
  });

  it("waits for no pipe that somebody has put into the project", async () => {
    const { file, directory, text } = place();
    await room.run(["git", "init", "-q", directory]);
    expect(await room.run(["mkfifo", join(directory, "pipe.sandbox.yml")])).toMatchObject({ code: 0 });
    symlinkSync("/dev/zero", join(directory, "zero.sandbox.yml"));
    expect((await lint(room, ["--fix", file])).code).toBe(0);
    expect(text()).toContain("- ~/.aws");
  });

  it("does not promise with --diff what it can't do", async () => {
    const both = "profiles:\n  a: {mounts: {~/.cargo: ro}}\n  b: {mounts: {~/.cargo/credentials: ro}}\n";
    const { file } = place(`version: 1\nextends: [base]\n${both}`);
    const done = await lint(room, ["--diff", file]);
    expect(done.stderr).not.toContain("`sbx lint --fix` mends");
    expect(done.stderr).toContain("`--fix` leaves that to you: the profile could not be planned any more");
  });

  it("does not mend for one variant or flag set what would break another one", async () => {
    const narrow = "~/.cargo/credentials.toml: ro";
    const start = "version: 1\nextends: [base]\nmounts:\n  ~/.cargo: ro\n";
    const { file, text } = place(`${start}profiles:\n  ci: {env: {set: {X: y}}}\n  pub: {mounts: {${narrow}}}\n`);
    await lint(room, ["--fix", "-p", `${file}#ci`]);
    expect(text()).not.toContain("mask");
    const flags = `${start}flags:\n  a: {env: {set: {X: y}}}\n  pub: {mounts: {${narrow}}}\n`;
    room.write(file, flags);
    await lint(room, ["--fix", "--flag", "a", file]);
    expect(text()).toBe(flags);
    // Where nothing else is broken by it, it is made.
    room.write(file, `${start}profiles:\n  ci: {env: {set: {X: y}}}\n`);
    await lint(room, ["--fix", "-p", `${file}#ci`]);
    expect(text()).toContain("mask:\n");
  });

  it("protects nothing unseen: what is missing could still be made", async () => {
    const { file, text } = place("version: 1\nextends: [base]\nmounts:\n  ~/.config: rw\n");
    const before = text();
    const done = await lint(room, ["--fix", "--select", "exec", file]);
    expect([done.code, text()]).toEqual([1, before]);
    expect(done.stdout).toMatch(/exec\/autostart/);
  });

  it("does not promise what it has just not been able to do", async () => {
    const { file, text } = place(
      "version: 1\nextends: [base]\nlint: {ignore: [{rule: net/host, reason: r}]} # about lint\n",
    );
    const before = text();
    const done = await lint(room, ["--fix", file]);
    expect(done.stdout).toMatch(/\n1 warning; `sbx rules ID` says why\n$/);
    expect(text()).toBe(before);
  });

  it("takes no exception out that another value of a parameter makes idle", async () => {
    const profile =
      'version: 1\nextends: [base]\nparams: {where: ~/.cargo}\nmounts: {"${where}": ro}\nlint: {ignore: [{rule: cred/registry, reason: r}]}\n';
    const { file, text } = place(profile);
    expect((await lint(room, ["--set", "where=/opt", "--fix", file])).stdout).toBe("");
    expect(text()).toBe(profile);
  });

  it("goes on with the others where one can't be written, and says how many were mended", async () => {
    const { file: a, directory, text } = place(BEFORE, "a.sandbox.yml");
    const [b, c] = ["b", "c"].map((name) => room.write(join(directory, `${name}.sandbox.yml`), BEFORE));
    linkSync(b as string, join(directory, "other.yml"));
    const done = await lint(room, ["--fix", directory]);
    expect(done.code).toBe(2);
    expect(done.stderr).toBe(`sbx: error: ${b} is left as it was: it has further names (hard links)\n`);
    expect(done.stdout).toMatch(/; \d+ mended; /);
    expect([text() === readFileSync(c as string, "utf8"), readFileSync(b as string, "utf8")]).toEqual([true, BEFORE]);
    expect(a).not.toBe(c);
  });

  it("mends what is inherited where it stands, if that file is looked at as well", async () => {
    const { directory, text } = place("version: 1\nextends: [./parent.sandbox.yml]\n", "kid.sandbox.yml");
    const parent = room.write(
      join(directory, "parent.sandbox.yml"),
      "version: 1\nextends: [base]\nmounts:\n  ~/: ro\n",
    );
    const shown = await lint(room, ["--diff", directory]);
    expect(shown.stdout).toMatch(/^--- a\/\S*parent\.sandbox\.yml\n/);
    expect(shown.stdout).not.toContain("kid");
    await lint(room, ["--fix", directory]);
    expect(text()).toBe("version: 1\nextends: [./parent.sandbox.yml]\n");
    expect(readFileSync(parent, "utf8")).toContain("  - ~/.ssh\n");
  });

  it.runIf(user === "ordinary")("says which file it may not write, and leaves no other behind", async () => {
    const { file, directory, text } = place();
    chmodSync(directory, 0o555);
    const done = await lint(room, ["--fix", file]);
    expect([done.code, text(), readdirSync(directory)]).toEqual([2, BEFORE, ["some.sandbox.yml"]]);
    expect(done.stderr).toMatch(/some\.sandbox\.yml is left as it was: .*EACCES/);
    chmodSync(directory, 0o755);
    // A file that may not be written is not replaced either, though its directory could be.
    chmodSync(file, 0o444);
    expect([(await lint(room, ["--fix", file])).code, text()]).toEqual([2, BEFORE]);
  });
});

describe("a file that is written by two", () => {
  const room = installed.room();

  it("is left as the other one wrote it", async () => {
    const file = room.write("race/some.sandbox.yml", BEFORE);
    const mine = `${BEFORE}# mine\n`;
    // The preload stands for an editor that saves between sbx's reading and its writing.
    const preload = room.write(
      "race/editor.cjs",
      `const fs = require("node:fs"); const open = fs.openSync;
       fs.openSync = (path, flags, mode) => { if (flags === "wx") fs.writeFileSync(${JSON.stringify(file)}, ${JSON.stringify(mine)}); return open(path, flags, mode); };`,
    );
    const done = await room.run([
      process.execPath,
      "--require",
      preload,
      installed.file,
      "lint",
      "--offline",
      "--fix",
      file,
    ]);
    expect([done.code, readFileSync(file, "utf8")]).toEqual([2, mine]);
    expect(done.stderr).toMatch(/is left as it was: it was changed meanwhile/);
    expect(readdirSync(dirname(file)).sort()).toEqual(["editor.cjs", "some.sandbox.yml"]);
  });
});
