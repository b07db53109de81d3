import { chmodSync, linkSync, readFileSync, symlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Installed, install } from "../support/sbx.ts";
import { picture } from "./picture.ts";
import { tracesOf } from "./traces.ts";
import { tellOfMissing, type Way, type WayRoom, wayRoom, ways } from "./ways.ts";

const WRITES = readFileSync(fileURLToPath(new URL("writes.py", import.meta.url)), "utf8");

const SEEN = `append text+more
truncate te
mode 0o600
times 1
map NEWt
linked textmore
full ['new']
elsewhere text
second text
names append both elsewhere full linked link map mode old other-name renamed second times truncate
`;

/** A lower directory with something of everything. */
function lower({ room }: WayRoom): string {
  for (const name of ["append", "truncate", "mode", "times", "map", "gone", "linked", "old"])
    room.write(`src/${name}`, "text");
  room.write("src/append", "text+");
  for (const name of ["full/one", "full/two", "moved/deep/file"]) room.write(`src/${name}`, "text");
  linkSync(`${room.project}/src/linked`, `${room.project}/src/other-name`);
  return `${room.project}/src`;
}

const all = ways();

describe("a copy-on-write view", () => {
  let installed: Installed;
  beforeAll(() => {
    tellOfMissing(all);
    installed = install();
  });
  afterAll(() => installed.remove());

  describe.each(all.filter(({ lacks }) => lacks === undefined))("by $name", (way: Way) => {
    const roomWith = (profile: string) => {
      const made = wayRoom(installed, way);
      const source = lower(made);
      made.room.write(".sandbox.yml", `version: 1\nextends: [base]\n${profile}`);
      return { ...made, source };
    };

    it("takes every kind of write and leaves the directory as it was, and nothing behind", async () => {
      const { sbx, room, source } = roomWith("mounts:\n  /src: {from: ./src, access: cow}\nprocess: {cwd: /src}\n");
      const before = picture(source);
      const done = await sbx(["run", "--", "python3", "-c", WRITES]);
      expect(done).toMatchObject({ code: 0, stderr: "" });
      expect(done.stdout.split("\n")).toEqual(SEEN.replace("linked link", "link linked").split("\n"));
      expect(picture(source)).toEqual(before);
      // The same writes reach the directory where it is granted.
      room.write(
        ".sandbox.yml",
        "version: 1\nextends: [base]\nmounts: {/src: {from: ./src, access: rw}}\nprocess: {cwd: /src}\n",
      );
      expect((await sbx(["run", "--", "python3", "-c", WRITES])).code).toBe(0);
      expect(picture(source)).not.toEqual(before);
      expect(tracesOf(room)).toEqual([]);
    });

    it("begins afresh each time, with the mode of the directory", async () => {
      const { sbx, room } = roomWith("mounts:\n  /src: {from: ./src, access: cow}\n");
      chmodSync(`${room.project}/src`, 0o750);
      const one = await sbx(["run", "--", "sh", "-c", "stat -c %a /src; touch /src/mine; ls /src | grep -c mine"]);
      const two = await sbx(["run", "--", "sh", "-c", "ls /src | grep -c mine"]);
      expect([one.stdout, two.stdout]).toEqual(["750\n1\n", "0\n"]);
      expect(one.stderr).toBe("");
    });

    it("reads what was written through the same descriptor", async () => {
      const { sbx } = roomWith("mounts:\n  /src: {from: ./src, access: cow}\n");
      const done = await sbx([
        "run",
        "--",
        "sh",
        "-c",
        "exec 3<>/src/new; echo hello >&3; cat /src/new; exec 4</src/new; read x <&4; echo $x",
      ]);
      expect(done).toMatchObject({ code: 0, stdout: "hello\nhello\n", stderr: "" });
    });

    it("hides and protects what it shows, and has mount points in it", async () => {
      const { sbx, room, source } = roomWith(
        "mounts:\n  /src: {from: ./src, access: cow}\n  /src/new/place: {from: ./other, access: ro}\n" +
          "tmpfs: [/src/full]\nmask: [src/moved/deep/file, src/gone]\nprotect: [src/mode]\n",
      );
      room.write("other/thing", "thing");
      const before = picture(source);
      const script = [
        "cat /src/moved/deep/file /src/gone; ls -A /src/full; cat /src/new/place/thing; echo",
        "echo x >>/src/mode || echo protected",
        "echo x >>/src/old && cat /src/old",
        "echo x >/src/moved/deep/file || echo masked",
        "echo x >/src/moved/deep/beside && echo beside",
      ];
      const done = await sbx(["run", "--", "sh", "-c", `exec 2>/dev/null; ${script.join("; ")}`]);
      expect(done).toMatchObject({ code: 0, stdout: "thing\nprotected\ntextx\nmasked\nbeside\n", stderr: "" });
      expect(picture(source)).toEqual(before);
    });

    it("can be the root", async () => {
      const made = wayRoom(installed, way);
      const { room, sbx } = made;
      for (const name of ["usr", "etc"]) room.directory(`root/${name}`);
      for (const name of ["bin", "lib", "lib64"]) symlinkSync(`usr/${name}`, `${room.project}/root/${name}`);
      for (const name of ["name", "gone"]) room.write(`root/etc/${name}`, "text");
      room.write(
        ".sandbox.yml",
        "version: 1\nroot: {from: ./root, access: cow, artifact: true}\nmounts: {/usr: ro, /added/usr: {from: /usr, access: ro}}\n",
      );
      const before = picture(`${room.project}/root`);
      const script =
        "echo more >>/etc/name; cat /etc/name; mkdir /made; rm /etc/gone; ls -d /etc/gone /made /added/usr/bin 2>/dev/null";
      const done = await sbx(["run", "-p", ".sandbox.yml", "--", "/usr/bin/env", "PATH=/usr/bin", "sh", "-c", script]);
      expect(done).toMatchObject({ stdout: "textmore\n/added/usr/bin\n/made\n", stderr: "" });
      expect(picture(`${room.project}/root`)).toEqual(before);
      expect(tracesOf(room)).toEqual([]);
    });

    it("takes names of any kind", async () => {
      const made = wayRoom(installed, way);
      const { room, sbx } = made;
      room.write("a:b,c\\d e/file", "text");
      room.write(
        ".sandbox.yml",
        'version: 1\nextends: [base]\nmounts:\n  "/x-y/z%l": {from: "./a:b,c\\\\d e", access: cow}\n',
      );
      const done = await sbx(["run", "--", "sh", "-c", "echo more >>/x-y/z%l/file; cat /x-y/z%l/file"]);
      expect(done).toMatchObject({ code: 0, stdout: "textmore\n", stderr: "" });
      expect(readFileSync(`${room.project}/a:b,c\\d e/file`, "utf8")).toBe("text");
    });
  });

  it.skipIf(all.every(({ lacks }) => lacks === undefined))("is not tried in every way here: see above", (test) => {
    test.skip(all.flatMap(({ lacks }) => lacks ?? []).join("; "));
  });
});
