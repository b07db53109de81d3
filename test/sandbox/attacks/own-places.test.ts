import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runners } from "../../support/bwraps.ts";
import { install, type Room } from "../../support/sbx.ts";

const installed = install();
afterAll(installed.remove);

/** A profile that grants the whole home directory, which only one that is named may. */
const HOME = 'version: 1\nextends: [base]\nmounts: {"${HOME}": rw}\n';

/** Every file below a directory, with what it holds. */
function contents(directory: string): Record<string, string> {
  if (!existsSync(directory)) return {};
  return Object.fromEntries(
    readdirSync(directory, { withFileTypes: true }).flatMap((entry): [string, string][] => {
      const path = join(directory, entry.name);
      return entry.isDirectory() ? Object.entries(contents(path)) : [[path, readFileSync(path, "utf8")]];
    }),
  );
}

describe.each(runners())("what sbx keeps for itself is out of reach, with $bwrap, as $user,", ({ bwrap, user }) => {
  const OWN = [".config/sbx", ".cache/sbx", ".local/state/sbx"];
  const attack = OWN.map((own) => {
    const [top = ""] = own.split("/");
    return `ls -A ${own} 2>/dev/null
      echo planted >${own}/planted.yml && echo "wrote to ${own}"
      mv ${top} moved-${top} && mkdir -p ${own} && echo planted >${own}/planted.yml && echo "replaced ${top}"
      mv ${own} ${own}-moved && echo "moved ${own}"
      rm -rf ${top} && echo "removed ${top}"
      ln -s /tmp ${own} && echo "linked ${own}"`;
  }).join("\n");
  const attempt = (room: Room) =>
    room.sbx([
      "run",
      "-p",
      "./home.yml",
      "--",
      "/bin/sh",
      "-c",
      `cd; (${attack}) 2>/dev/null; echo x >mine && echo end`,
    ]);

  it("when it is there", async () => {
    const room = installed.room(user, bwrap);
    room.write("home.yml", HOME);
    room.write("../.config/sbx/mine.yml", "canary\n");
    room.write("../.cache/sbx/entry", "canary\n");
    room.write("../.local/state/sbx/entry", "canary\n");
    room.write("../.config/other", "other\n");
    const before = OWN.map((own) => contents(join(room.home, own)));
    const done = await attempt(room);
    expect(done.stdout).toBe("end\n");
    const after = OWN.map((own) => contents(join(room.home, own)));
    const added = after.flatMap((files, index) =>
      Object.keys(files).filter((name) => !(name in (before[index] ?? {}))),
    );
    // The probe of bwrap is sbx's own.
    expect(added.filter((name) => !/\/\.cache\/sbx\/bwrap-[^/]*\.json$/.test(name))).toEqual([]);
    expect(after.flatMap((files) => Object.values(files)).filter((text) => text.includes("planted"))).toEqual([]);
    expect(after.flatMap((files) => Object.values(files)).filter((text) => text === "canary\n").length).toBe(3);
    expect(readFileSync(join(room.home, "mine"), "utf8")).toBe("x\n");
  });

  it("when it is not there yet", async () => {
    const room = installed.room(user, bwrap);
    room.write("home.yml", HOME);
    const done = await attempt(room);
    expect(done.stdout).toBe("end\n");
    for (const own of OWN) {
      expect(Object.keys(contents(join(room.home, own))).filter((name) => !name.includes("/bwrap-"))).toEqual([]);
    }
  });

  it("when it is reached through links", async () => {
    const room = installed.room(user, bwrap);
    room.write("home.yml", HOME);
    room.write("../dotfiles/config/sbx/mine.yml", "canary\n");
    symlinkSync("dotfiles/config", join(room.home, ".config"));
    const script =
      "cd; cat .config/sbx/mine.yml dotfiles/config/sbx/mine.yml; echo planted >dotfiles/config/sbx/p; mv dotfiles/config x; mv dotfiles y; echo end";
    const done = await room.sbx(["run", "-p", "./home.yml", "--", "/bin/sh", "-c", `(${script}) 2>/dev/null`]);
    expect(done.stdout).toBe("end\n");
    expect(contents(join(room.home, "dotfiles"))).toEqual({
      [join(room.home, "dotfiles/config/sbx/mine.yml")]: "canary\n",
    });
  });

  it("in the runtime directory, while a run has scratch space there", async () => {
    const room = installed.room(user, bwrap);
    const runtime = join(room.home, "../runtime");
    room.write("runtime.yml", `version: 1\nextends: [base]\nmounts: {${runtime}: rw, /s: {scratch: true}}\n`);
    const script = `ls -A ${runtime}/sbx; echo planted >${runtime}/sbx/p; mv ${runtime}/sbx ${runtime}/x; echo x >/s/f && cat /s/f; echo x >${runtime}/mine`;
    const done = await room.sbx(["run", "-p", "./runtime.yml", "--", "/bin/sh", "-c", `(${script}) 2>/dev/null`]);
    expect(done.stdout).toBe("x\n");
    expect(existsSync(join(runtime, "mine"))).toBe(true);
    expect(Object.keys(contents(join(runtime, "sbx")))).toEqual([]);
    rmSync(join(runtime, "mine"));
  });
});

describe.each(runners())("a link in the project, with $bwrap, as $user,", ({ bwrap, user }) => {
  it.each([
    ["to the home directory", "link", "${HOME}"],
    ["to a directory above", "link", "../.."],
    ["in the middle of the path", "a/link", "${HOME}"],
    ["to nothing yet", "link", "${HOME}/none"],
  ])("%s makes nothing outside when something is mounted below it", async (_, name, to) => {
    const room = installed.room(user, bwrap);
    room.directory("a");
    room.directory("data");
    symlinkSync(to.replace("${HOME}", room.home), join(room.project, name));
    room.write("../other", "");
    const listed = () => [room.home, join(room.home, "..")].map((directory) => readdirSync(directory).sort());
    const before = listed();
    for (const access of ["ro", "rw"]) {
      room.write(
        ".sandbox.yml",
        `version: 1\nextends: [base]\nmounts:\n  .: rw\n  ./${name}/x/y: {from: ./data, access: ${access}}\n`,
      );
      for (const options of [[], ["-p", "./.sandbox.yml"]]) {
        const done = await room.sbx(["run", ...options, "--", "echo", "ran"]);
        // It is refused, or made where nobody else sees it.
        if (done.code !== 0) expect(done.stderr).toMatch(/error\[/);
        expect(done.stderr).not.toMatch(/defect/);
        const cache = (names: string[][]) => names.map((each) => each.filter((entry) => entry !== ".cache"));
        expect(cache(listed())).toEqual(before);
      }
    }
  });

  it("that appears while the mount points are made is not followed", async () => {
    const room = installed.room(user, bwrap);
    room.directory("data");
    room.write(
      ".sandbox.yml",
      "version: 1\nextends: [base]\nmounts:\n  .: rw\n  ./point/x: {from: ./data, access: ro}\n",
    );
    const done = await room.sbx(["run", "--", "/bin/sh", "-c", "ls -d point/x; ls -A point"]);
    expect(done.stdout).toBe("point/x\nx\n");
    // What was made for the run is gone again, and nothing else.
    expect(existsSync(join(room.project, "point"))).toBe(false);
    mkdirSync(join(room.project, "point"));
    await room.sbx(["run", "--", "true"]);
    expect(readdirSync(join(room.project, "point"))).toEqual([]);
  });
});
