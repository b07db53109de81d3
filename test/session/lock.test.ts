import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runners } from "../support/bwraps.ts";
import { embedder } from "../support/embedder.ts";
import { install } from "../support/sbx.ts";

const installed = install();
afterAll(installed.remove);
const { run, start } = embedder(installed);

/** A profile over a root of its own, with the host's programs in it. */
const ROOT_PROFILE = (access: string) => `version: 1
root: {from: ./root, access: ${access}}
mounts: {/usr: ro}
process: {cwd: /, stdin: none, session: new}
env: {set: {PATH: "/usr/bin:/bin"}}
`;

describe.each(runners())("two sandboxes over one root, with $bwrap, as $user", ({ bwrap, user }) => {
  const room = installed.room(user, bwrap);
  const makeRoot = (path: string) => {
    const root = room.directory(path);
    for (const name of ["usr", "dev", "proc", "tmp"]) room.directory(`${path}/${name}`);
    for (const name of ["bin", "lib", "lib64"]) symlinkSync(`usr/${name}`, join(root, name));
  };
  room.write("rw.yml", ROOT_PROFILE("rw"));
  room.write("ro.yml", ROOT_PROFILE("ro"));
  makeRoot("root");
  const session = (profile: string, script: string) => `{
const box = await Sandbox.open({profile: ${JSON.stringify(`./${profile}`)}});
${script}
await box.close();
}`;
  const refused = (profile: string) => `
try { await Sandbox.open({profile: ${JSON.stringify(`./${profile}`)}}); tell("opened"); }
catch (error) { tell([error.code, error.problems[0]?.rule]); }`;

  it.each(["rw.yml", "ro.yml"])(
    "are refused as sessions (%s), and the second goes when the first is over",
    async (profile) => {
      const { told, stderr } = await run(
        room,
        `${session(profile, refused(profile))}\n${session(profile, 'tell((await box.run(["true"])).exitCode);')}`,
      );
      expect(stderr).toBe("");
      expect(told).toEqual([["not-opened", "execute/root-in-use"], 0]);
    },
  );

  it("are refused on the command line, too, when one changes the root; readers get along", async () => {
    const held = room.start(["run", "-p", "./rw.yml", "--", "sh", "-c", "echo up; sleep 1000"]);
    await held.said("up");
    const second = await room.sbx(["run", "-p", "./rw.yml", "--", "true"]);
    expect(second.code).toBe(125);
    expect(second.stderr).toMatch(/rw\.yml:2:.*error\[execute\/root-in-use\]: another sandbox lives over the root/);
    held.child.kill("SIGTERM");
    await held.done;
    expect((await room.sbx(["run", "-p", "./rw.yml", "--", "true"])).code).toBe(0);

    const reader = room.start(["run", "-p", "./ro.yml", "--", "sh", "-c", "echo up; sleep 1000"]);
    await reader.said("up");
    expect((await room.sbx(["run", "-p", "./ro.yml", "--", "true"])).code).toBe(0);
    expect((await room.sbx(["run", "-p", "./rw.yml", "--", "true"])).code).toBe(125);
    reader.child.kill("SIGTERM");
    await reader.done;
  });

  it("have roots of their own: both run", async () => {
    room.write("else/rw.yml", ROOT_PROFILE("rw"));
    makeRoot("else/root");
    const { told, stderr } = await run(
      room,
      session("rw.yml", session("else/rw.yml", 'tell((await box.run(["true"])).exitCode);')),
    );
    expect(stderr).toBe("");
    expect(told).toEqual([0]);
  });

  it("are refused when one root is part of the other", async () => {
    room.write("root/usr/within.yml", ROOT_PROFILE("ro").replace("./root", "."));
    const { told, stderr } = await run(
      room,
      session("rw.yml", refused("root/usr/within.yml")) + session("root/usr/within.yml", refused("rw.yml")),
    );
    expect(stderr).toBe("");
    expect(told).toEqual(Array.from({ length: 2 }, () => ["not-opened", "execute/root-in-use"]));
  });

  it("a killed session leaves no lock", async () => {
    const killed = start(
      room,
      session("rw.yml", 'console.log("open"); await new Promise(() => setInterval(() => {}, 1000));'),
    );
    await killed.said("open");
    killed.child.kill("SIGKILL");
    await killed.done;
    const { told } = await run(room, session("rw.yml", 'tell((await box.run(["true"])).exitCode);'));
    expect(told).toEqual([0]);
  });
});
