import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runners } from "../support/bwraps.ts";
import { install } from "../support/sbx.ts";

const installed = install();
afterAll(installed.remove);

const hasCompiler = existsSync("/usr/bin/cc");
if (!hasCompiler) process.stderr.write("SKIPPED in languages.test.ts: no C compiler, make runs shell recipes only\n");

describe.each(runners())("`python`, with $bwrap, as $user", ({ bwrap, user }) => {
  const room = installed.room(user, bwrap);
  const inside = (...command: readonly string[]) => room.sbx(["run", "-p", "python", "--", ...command]);
  room.write("shapes/__init__.py", "def area(a, b):\n    return a * b\n");
  room.write(
    "tests/test_shapes.py",
    `import os, pathlib, socket, sqlite3, ssl, subprocess, tempfile, unittest
from shapes import area

class ShapesTest(unittest.TestCase):
    def test_area(self):
        self.assertEqual(area(2, 3), 6)

    def test_standard_library(self):
        self.assertEqual(sqlite3.connect(":memory:").execute("select 6 * 7").fetchone(), (42,))
        with tempfile.TemporaryDirectory() as directory:
            pathlib.Path(directory, "file").write_text("x")
        self.assertEqual(subprocess.check_output(["echo", "x"], text=True), "x\\n")
        with socket.create_server(("127.0.0.1", 0)) as server:
            socket.create_connection(server.getsockname()).close()

    def test_writes_in_the_project(self):
        pathlib.Path("built.txt").write_text("built")

    def test_nothing_of_yours(self):
        self.assertFalse(pathlib.Path.home().joinpath(".pypirc").exists())
        self.assertNotIn("TWINE_PASSWORD", os.environ)
`,
  );
  room.write("tests/__init__.py", "");
  room.write("../.pypirc", "canary");

  it("runs a real python3 -m unittest, without leaving compiled files behind", async () => {
    const done = await room.sbx(["run", "-p", "python", "--", "python3", "-m", "unittest"], {
      env: { TWINE_PASSWORD: "canary" },
    });
    expect(done.stderr).toMatch(/Ran 4 tests(.|\n)*OK/);
    expect(done.code).toBe(0);
    expect(readFileSync(join(room.project, "built.txt"), "utf8")).toBe("built");
    expect(existsSync(join(room.project, "shapes/__pycache__"))).toBe(false);
    const twin = await room.run(["python3", "-m", "unittest"], { env: { TWINE_PASSWORD: "canary" } });
    expect(twin.stderr).toMatch(/test_nothing_of_yours(.|\n)*FAILED/);
  });

  it("puts the project's virtual environment first", async () => {
    const made = await inside("python3", "-m", "venv", "--without-pip", ".venv");
    expect(made).toMatchObject({ code: 0, stderr: "" });
    const done = await inside("python", "-c", "import sys; print(sys.prefix)");
    expect(done.stdout).toBe(`${room.project}/.venv\n`);
    room.write(".venv/bin/hello", '#!/bin/sh\necho "hello from .venv"\n', 0o755);
    expect((await inside("hello")).stdout).toBe("hello from .venv\n");
  });
});

describe.each(runners())("`make`, with $bwrap, as $user", ({ bwrap, user }) => {
  const room = installed.room(user, bwrap);
  const inside = (...command: readonly string[]) => room.sbx(["run", "-p", "make", "--", ...command]);

  it.runIf(hasCompiler)("builds and tests a C program", async () => {
    room.write("hello.h", '#define GREETING "hello"\n');
    room.write(
      "hello.c",
      `#include <stdio.h>
#include "hello.h"
int main(void) { puts(GREETING); return 0; }
`,
    );
    room.write(
      "Makefile",
      "check: hello\n\t./hello | grep -q hello\nhello: hello.c hello.h\n\t$(CC) $(CFLAGS) -o $@ $<\n",
    );
    const done = await room.sbx(["run", "-p", "make", "--", "make", "check"], { env: { CFLAGS: "-O1" } });
    expect(done.stderr).toBe("");
    expect(done.stdout).toContain("-O1 -o hello hello.c");
    expect(done.code).toBe(0);
    // What was built is the project's, and works outside of it.
    expect((await room.run(["./hello"])).stdout).toBe("hello\n");
  });

  it("runs recipes in parallel and passes on their failure", async () => {
    room.write("recipes.mk", "all: a b\na b:\n\techo made >$@.out\nbroken:\n\texit 3\n");
    expect((await inside("make", "-f", "recipes.mk", "-j4")).code).toBe(0);
    expect(readFileSync(join(room.project, "b.out"), "utf8")).toBe("made\n");
    expect((await inside("make", "-f", "recipes.mk", "broken")).code).toBe(2);
  });

  it("keeps a recipe from the home directory, the system and the network", async () => {
    room.write("../.bashrc", "");
    const attempts = [
      'echo x >>"$$HOME/.bashrc"',
      "echo x >/usr/local/bin/ls",
      "cat /etc/shadow",
      "getent hosts example.invalid",
    ];
    room.write("hostile.mk", `all:\n${attempts.map((line, index) => `\t-${line} && echo ${index}\n`).join("")}`);
    const done = await inside("make", "-s", "-f", "hostile.mk");
    // The first one writes to the sandbox's own home.
    expect(done.stdout).toBe("0\n");
    expect(readFileSync(join(room.home, ".bashrc"), "utf8")).toBe("");
  });
});

describe("the fragments", () => {
  const room = installed.room();
  const profile = (...parents: readonly string[]) => room.write("fragment.yml", `version: 1\nextends: [${parents}]\n`);
  const inside = async (script: string, ...parents: readonly string[]) => {
    profile(...parents);
    return room.sbx(["run", "-p", "./fragment.yml", "--", "/bin/sh", "-c", script]);
  };

  it.each([
    ["ca-certs", "/etc/ssl/certs", "ls -L /etc/ssl/certs | head -1"],
    ["fonts", "/etc/fonts", "cat /etc/fonts/fonts.conf"],
    ["locale", "/etc/locale.alias", "cat /etc/locale.alias"],
    ["locale", "/etc/timezone", "cat /etc/timezone"],
  ])("%s shows %s, which base does not", async (name, path, read) => {
    if (!existsSync(path)) {
      process.stderr.write(`SKIPPED in languages.test.ts: this host has no ${path}\n`);
      return;
    }
    const host = await room.run(["/bin/sh", "-c", read]);
    expect((await inside(read, "base", name)).stdout).toBe(host.stdout);
    expect((await inside(read, "base")).stdout).toBe("");
  });

  it("ca-certs lets TLS clients find the trusted certificates", async () => {
    const count = 'python3 -c "import ssl; print(len(ssl.create_default_context().get_ca_certs()) > 0)"';
    const host = await room.run(["/bin/sh", "-c", count]);
    expect((await inside(count, "base", "ca-certs")).stdout).toBe(host.stdout);
    expect((await inside(count, "base")).stdout).toBe("False\n");
  });

  it("locale passes the language and the time zone on", async () => {
    profile("base", "locale");
    const env = { LANG: "C.UTF-8", TZ: "UTC-3", LC_TIME: "C" };
    const done = await room.sbx(["run", "-p", "./fragment.yml", "--", "sh", "-c", "date +%z; locale"], { env });
    expect(done.stdout).toMatch(/^\+0300\nLANG=C\.UTF-8\n(.|\n)*LC_TIME=C\n/);
    expect(done.stderr).toBe("");
  });

  it("grant nothing that can be written", async () => {
    for (const name of ["ca-certs", "fonts", "locale"]) {
      const { stdout } = await room.sbx(["plan", "-p", name, "--json"]);
      const operations: { readonly access?: string; readonly origin: { readonly file: string } }[] =
        JSON.parse(stdout).operations;
      const own = operations.filter(({ origin }) => origin.file === `builtin:${name}`);
      expect(own.filter(({ access }) => access !== undefined && access !== "ro")).toEqual([]);
    }
  });
});
