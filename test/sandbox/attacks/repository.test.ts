import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { runners } from "../../support/bwraps.ts";
import { install, type Room } from "../../support/sbx.ts";

const installed = install();
afterAll(installed.remove);

const IDENTITY = "-c user.name=a -c user.email=a@example.org -c init.defaultBranch=main";
const NOBODYS = "1".repeat(40);

describe.each(runners())("a repository, with $bwrap, as $user", ({ bwrap, user }) => {
  let room: Room;
  let sentinel: string;
  const host = async (script: string) => {
    const done = await room.run(["/bin/sh", "-c", `set -e; ${script}`]);
    expect(done).toMatchObject({ code: 0 });
    return done.stdout;
  };
  const inside = (script: string, ...options: readonly string[]) =>
    room.sbx(["run", "-p", "make", ...options, "--", "/bin/sh", "-c", script]);
  /** A config that git runs something of on the host's next `git status`. */
  const armed = (directory: string) =>
    `(mkdir -p ${directory}; cd ${directory} && git init -q . && git config core.fsmonitor "touch ${sentinel}; false")`;

  beforeEach(async () => {
    room = installed.room(user, bwrap);
    sentinel = join(room.home, "owned");
    await host(`git init -q . && echo x >file && git add . && git ${IDENTITY} commit -qm first`);
  });

  it("arms a gitlink in no sandbox: the attack works", async () => {
    await host(
      `git update-index --add --cacheinfo 160000,${NOBODYS},lib; mkdir lib; ${armed("lib")}; git status -s || true`,
    );
    expect(existsSync(sentinel)).toBe(true);
  });

  it("can't be given a git directory where its index has a submodule", async () => {
    await host(
      `git update-index --add --cacheinfo 160000,${NOBODYS},lib; git ${IDENTITY} commit -qm link; mkdir -p lib`,
    );
    const done = await inside(`${armed("lib")}; mv lib away; ${armed("lib")}; rmdir lib/.git; echo tried`);
    expect(done.stdout).toBe("tried\n");
    await host("git status -s || true");
    expect(existsSync(sentinel)).toBe(false);
    // What stood there meanwhile is gone.
    expect(readdirSync(join(room.project, "lib"))).toEqual([]);
  });

  it("can't be given one where even the submodule's directory is missing", async () => {
    await host(`git update-index --add --cacheinfo 160000,${NOBODYS},gone/lib; git ${IDENTITY} commit -qm link`);
    const done = await inside(`${armed("gone/lib")}; mv gone away; ${armed("gone/lib")}; echo tried`);
    expect(done.stdout).toBe("tried\n");
    await host("git status -s || true");
    expect(existsSync(sentinel)).toBe(false);
    expect(existsSync(join(room.project, "gone"))).toBe(false);
  });

  it("keeps the git directory of a submodule that is there", async () => {
    await host(
      `git init -q lib && cd lib && git ${IDENTITY} commit -q --allow-empty -m sub && cd .. && git add lib 2>/dev/null`,
    );
    const done = await inside(
      `git -C lib config core.fsmonitor "touch ${sentinel}; false"; rm -rf lib/.git; ${armed("lib")}; git -C lib log --oneline`,
    );
    expect(done.stdout).toMatch(/sub\n$/);
    await host("git status -s || true");
    expect(existsSync(sentinel)).toBe(false);
  });

  it("does not make a planted .git file show what it names", async () => {
    await host(`mkdir -p ../keys && echo KEY >../keys/id && rm -rf .git`);
    await inside(`mkdir fake; echo "gitdir: fake" >.git; echo "ref: refs/heads/main" >fake/HEAD
      echo "$PWD/.git" >fake/gitdir; echo "$(dirname "$PWD")/keys" >fake/commondir`);
    const done = await inside("cat ../keys/id");
    expect(done.stdout + done.stderr).not.toContain("KEY");
    expect(done.code).not.toBe(0);
  });

  it("refuses to run with a writable git directory, and runs with a read-only one", async () => {
    room.write(".sandbox.yml", "version: 1\nextends: [base]\nmounts: {.: rw}\ngit: rw\n");
    const done = await room.sbx(["run", "--", "true"]);
    expect(done).toMatchObject({ code: 125 });
    expect(done.stderr).toContain("preflight/git-rw");
    room.write(".sandbox.yml", "version: 1\nextends: [base]\nmounts: {.: rw}\ngit: ro\n");
    expect(await room.sbx(["run", "--", "git", "log", "--format=%s"])).toMatchObject({ code: 0, stdout: "first\n" });
  });

  it("keeps a profile that another run would find, whichever profile this run has", async () => {
    const text = "version: 1\nextends: [untrusted]\n";
    const file = room.write(".sandbox.yml", text);
    const done = await inside(
      "echo 'version: 1' >.sandbox.yml; rm -f .sandbox.yml; mv .sandbox.yml x; cat .sandbox.yml",
    );
    expect(done.stdout).toBe(text);
    expect(await host(`cat ${file}`)).toBe(text);
  });

  it("can't cut the search for its profile off by opening a directory", async () => {
    room.write(".sandbox.yml", "version: 1\nextends: [base]\nmounts: {.: rw}\nmask: [secret]\n");
    room.write("secret", "S");
    const cwd = room.directory("package");
    const planted = "version: 1\nextends: [base]\nmounts: {..: ro}\n";
    await room.sbx(["run", "--", "/bin/sh", "-c", `chmod 777 .; printf '%s' '${planted}' >package/.sandbox.yml`]);
    const done = await room.sbx(["run", "--", "cat", "../secret"], { cwd });
    expect(done).toMatchObject({ code: 125, stdout: "" });
    expect(done.stderr).toContain("discover/cut-off");
    await host("chmod 755 .");
    expect(await room.sbx(["run", "--", "cat", "../secret"], { cwd })).toMatchObject({ code: 0, stdout: "" });
  });

  it("can't turn a source of its profile into a link for the next run", async () => {
    await host("mkdir -p ../keys cache && echo KEY >../keys/id");
    room.write("dev.yml", "version: 1\nextends: [base]\nmounts: {.: rw, /cache: {from: ./cache, access: rw}}\n");
    const run = (script: string) => room.sbx(["run", "-p", "./dev.yml", "--", "/bin/sh", "-c", script]);
    expect(await run("echo kept >/cache/file && rm -r cache && ln -s ../keys cache")).toMatchObject({ code: 0 });
    const done = await run("cat /cache/id; echo planted >/cache/planted");
    expect(done).toMatchObject({ code: 125, stdout: "" });
    expect(done.stderr).toContain("path/planted-link");
    expect(existsSync(join(room.home, "keys/planted"))).toBe(false);
  });
});
