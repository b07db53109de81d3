import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Installed, install } from "../support/sbx.ts";
import { picture } from "./picture.ts";
import { tracesOf } from "./traces.ts";
import { type Way, wayRoom, ways } from "./ways.ts";

const here = ways().filter(({ lacks }) => lacks === undefined);
const KEEPING = "mounts:\n  /src: {from: ./src, access: cow, keep: ./kept/layer}\n";

describe("a layer that is kept", () => {
  let installed: Installed;
  beforeAll(() => {
    installed = install();
  });
  afterAll(() => installed.remove());

  describe.each(here)("by $name", (way: Way) => {
    const roomWith = (profile: string) => {
      const made = wayRoom(installed, way);
      for (const name of ["file", "gone", "full/one", "deep/er/file"]) made.room.write(`src/${name}`, "text");
      const written = (text: string) => made.room.write(".sandbox.yml", `version: 1\nextends: [base]\n${text}`);
      written(profile);
      const sh = (script: string) => made.sbx(["run", "--", "sh", "-c", script]);
      return { ...made, written, sh, source: `${made.room.project}/src`, keep: `${made.room.project}/kept/layer` };
    };

    it("is what the next run goes on with, and the directory stays as it was", async () => {
      const { sh, source, keep, room } = roomWith(KEEPING);
      chmodSync(source, 0o751);
      const before = picture(source);
      const first =
        "cd /src; echo one >>file; rm gone; rm -r full; mkdir full; echo n >full/new; mkdir a; mv a b; echo hidden >b/x";
      expect(await sh(first)).toMatchObject({ code: 0, stderr: "" });
      const second =
        "cd /src; stat -c %a .; cat file b/x full/new; ls; ls full; echo two >>file; rm -r b; echo back >gone";
      const shown = "751\ntextone\nhidden\nn\nb\ndeep\nfile\nfull\nnew\n";
      expect(await sh(second)).toMatchObject({ code: 0, stdout: shown, stderr: "" });
      const third = "cd /src; cat file gone; ls";
      expect(await sh(third)).toMatchObject({
        code: 0,
        stdout: "textone\ntwo\nback\ndeep\nfile\nfull\ngone\n",
        stderr: "",
      });
      expect(picture(source)).toEqual(before);
      expect(readdirSync(keep).sort()).toEqual(["layer.json", "upper", "work"]);
      expect(statSync(keep)).toMatchObject({ uid: room.uid });
      expect(statSync(keep).mode & 0o777).toBe(0o700);
      expect(tracesOf(room)).toEqual([]);
    });

    it("is never two runs' at once", async () => {
      const { start, sh, room } = roomWith(KEEPING);
      const held = start(["run", "--", "sh", "-c", "echo 1 >/src/mine; echo there; sleep 1000"]);
      await held.said("there");
      const second = await sh("true");
      expect(second.code).toBe(125);
      expect(second.stderr).toContain("overlay/in-use");
      held.child.kill("SIGTERM");
      await held.done;
      expect(await sh("cat /src/mine")).toMatchObject({ code: 0, stdout: "1\n", stderr: "" });
      expect(tracesOf(room)).toEqual([]);
    });

    it("can't lead a later run out of itself by links that an earlier one planted", async () => {
      const { sh, written, room } = roomWith(`${KEEPING}  /src/made/place: {from: ./other, access: ro}\n`);
      room.write("other/thing", "thing");
      mkdirSync(`${room.project}/victim`);
      // Nothing is mounted below `made` yet: it is the command's own.
      written(KEEPING);
      expect(
        await sh(`ln -s ${room.project}/victim /src/made; ln -s /oldroot${room.project}/victim /src/old`),
      ).toMatchObject({ code: 0 });
      for (const name of ["made", "old"]) {
        written(`${KEEPING}  /src/${name}/place: {from: ./other, access: ro}\n`);
        const done = await sh("true");
        expect(done.code).toBe(125);
        expect(done.stderr).toContain("path/symlink-destination");
        expect(readdirSync(`${room.project}/victim`)).toEqual([]);
      }
      // A directory there is no obstacle.
      written(KEEPING);
      await sh("rm /src/made; mkdir /src/made");
      written(`${KEEPING}  /src/made/place: {from: ./other, access: ro}\n`);
      expect(await sh("cat /src/made/place/thing")).toMatchObject({ code: 0, stdout: "thing", stderr: "" });
    });

    it("hides and protects whatever an earlier run has made of the file", async () => {
      const { sh, written } = roomWith(KEEPING);
      await sh("cp /src/file /src/copy; echo secret >>/src/file; echo more >>/src/deep/er/file");
      written(`${KEEPING}mask: [src/file]\nprotect: [src/deep/er/file]\n`);
      const done = await sh(
        "cat /src/file; cat /src/copy; echo x >>/src/deep/er/file || echo protected; echo x >>/src/copy && echo written",
      );
      expect(done.stdout).toBe("textprotected\nwritten\n");
    });
  });

  describe("is refused", () => {
    const way = here.find(({ user }) => user === "ordinary") ?? here[0];
    const roomWith = (keep: string, more = "") => {
      if (way === undefined) throw new Error("no way to a copy-on-write view on this machine");
      const made = wayRoom(installed, way);
      made.room.write("src/file", "text");
      made.room.write(
        ".sandbox.yml",
        `version: 1\nextends: [base]\nmounts:\n  /src: {from: ./src, access: cow, keep: ${keep}}\n${more}`,
      );
      const refused = async (rule: string) => {
        const plan = await made.sbx(["plan", "-p", ".sandbox.yml"]);
        const run = await made.sbx(["run", "-p", ".sandbox.yml", "--", "true"]);
        expect([plan.code, run.code]).toEqual([2, 125]);
        expect(plan.stderr).toContain(rule);
        expect(run.stderr).toContain(rule);
      };
      return { ...made, refused };
    };

    it.runIf(way)("in a directory that holds anything else, of which nothing is touched", async () => {
      const { room, refused } = roomWith("./kept");
      room.write("kept/upper/file", "mine");
      const before = picture(`${room.project}/kept`);
      await refused("cow/keep-not-empty");
      expect(picture(`${room.project}/kept`)).toEqual(before);
    });

    it.runIf(way)("within its own source, and where the command could write to it", async () => {
      const inside = roomWith("./src/kept");
      await inside.refused("cow/keep-overlaps");
      const reach = roomWith("./open/kept", "  /open: {from: ./open, access: rw}\n");
      reach.room.directory("open");
      await reach.refused("cow/keep-in-reach");
      expect(existsSync(`${reach.room.project}/open/kept`)).toBe(false);
    });

    it.runIf(way)("for another source than its own", async () => {
      const { room, sbx, refused } = roomWith("./kept");
      expect((await sbx(["run", "--", "true"])).code).toBe(0);
      room.write("other/file", "text");
      room.write(
        ".sandbox.yml",
        "version: 1\nextends: [base]\nmounts:\n  /src: {from: ./other, access: cow, keep: ./kept}\n",
      );
      await refused("cow/keep-of-other");
    });

    it.runIf(way)("when others can write to it, or it is theirs", async () => {
      const { room, refused } = roomWith("./kept");
      const kept = room.directory("kept");
      chmodSync(kept, 0o777);
      await refused("cow/keep-not-own");
      chmodSync(kept, 0o700);
      if (process.getuid?.() === 0 && room.uid !== 0) {
        chownSync(kept, 0, 0);
        await refused("cow/keep-not-own");
      }
    });

    it.runIf(way)("when a link stands for a part of it", async () => {
      const { room, sbx } = roomWith("./kept");
      expect((await sbx(["run", "--", "true"])).code).toBe(0);
      mkdirSync(`${room.project}/elsewhere`);
      await room.run(["sh", "-c", "chmod -R u+rwx kept; rm -r kept/upper; ln -s ../elsewhere kept/upper"]);
      const done = await sbx(["run", "--", "true"]);
      expect(done.code).toBe(125);
      expect(done.stderr).toContain("overlay/not-kept");
      expect(readdirSync(`${room.project}/elsewhere`)).toEqual([]);
    });

    it.runIf(way)("behind a link that leads elsewhere only if the command could change it", async () => {
      const { room, sbx, refused } = roomWith("./link/kept", "  /open: {from: ./open, access: rw}\n");
      room.directory("open");
      mkdirSync(`${room.project}/real`);
      if (process.getuid?.() === 0) chownSync(`${room.project}/real`, room.uid, room.uid);
      symlinkSync("real", `${room.project}/link`);
      expect(await sbx(["run", "--", "touch", "/src/new"])).toMatchObject({ code: 0, stderr: "" });
      expect(readdirSync(`${room.project}/real/kept/upper`)).toEqual(["new"]);
      symlinkSync("../real", `${room.project}/open/link`);
      const text = readFileSync(`${room.project}/.sandbox.yml`, "utf8").replace("./link/", "./open/link/");
      writeFileSync(`${room.project}/.sandbox.yml`, text);
      await refused("path/planted-link");
    });
  });
});
