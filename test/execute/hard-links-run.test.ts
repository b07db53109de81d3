import { linkSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Runner, runners } from "../support/bwraps.ts";
import { type Installed, install, type Room } from "../support/sbx.ts";
import { inodes, tell } from "./hard-links-harness.ts";

let sbx: Installed;
beforeAll(() => {
  sbx = install();
});
afterAll(() => sbx.remove());

const users = [...new Set(runners().map(({ user }) => user))];

/** Everything that a writable file lets a command do to it. */
const WRITES = [
  "echo more >>/data/appended",
  ": >/data/truncated",
  "chmod 600 /data/program",
  "touch -d 2001-01-01 /data/touched",
].join(" && ");

interface StagedRoom extends Room {
  readonly store: string;
  readonly root: string;
  /** Runs a script with this profile. */
  under(profile: string, script: string): ReturnType<Room["sbx"]>;
}

/** A root that takes its programs from the host, and its data from a store by hard links. */
function staged(user: Runner["user"]): StagedRoom {
  const room = sbx.room(user);
  const [store, root] = [room.directory("store"), room.directory("root")];
  room.directory("root/data/deep");
  for (const name of ["bin", "lib", "lib64"]) symlinkSync(`usr/${name}`, join(root, name));
  for (const name of ["appended", "truncated", "program", "touched", "deep/kept"]) {
    room.directory("store/deep");
    linkSync(room.write(`store/${name}`, `${name}\n`, 0o755), join(root, "data", name));
  }
  const host = ["mounts: {/usr: ro}", "env: {set: {PATH: /usr/bin}}"].join("\n");
  return {
    ...room,
    store,
    root,
    under(profile, script) {
      room.write("staged.yml", `version: 1\n${profile}\n${host}\n`);
      return room.sbx(["run", "-p", "./staged.yml", "--", "sh", "-c", script]);
    },
  };
}

describe.each(users)("as %s, `sbx run`", (user) => {
  it.each([
    ["a writable root", "root: {from: ./root, access: rw, artifact: true}"],
    ["a mark of a read-only root", "root: {from: ./root}\nmarked: {/data: {artifact: true}}"],
  ])("writes through no hard link of %s", async (_, profile) => {
    const room = staged(user);
    const store = tell(room.store);
    const done = await room.under(profile, `${WRITES} && cat /data/appended && rm /data/deep/kept`);
    expect(done).toMatchObject({ code: 0, stderr: "", stdout: "appended\nmore\n" });
    expect(tell(room.store)).toEqual(store);
    expect(readFileSync(join(room.root, "data/truncated"), "utf8")).toBe("");
    expect(readdirSync(join(room.root, "data")).sort()).toEqual([
      "appended",
      "deep",
      "program",
      "touched",
      "truncated",
    ]);
  });

  it("writes through those of a writable root without `artifact`", async () => {
    const room = staged(user);
    const store = tell(room.store);
    expect((await room.under("root: {from: ./root, access: rw}", WRITES)).code).toBe(0);
    expect(tell(room.store)).not.toEqual(store);
  });

  it("copies nothing for a read-only root", async () => {
    const room = staged(user);
    const data = join(room.root, "data");
    const before = inodes(data);
    const done = await room.under(
      "root: {from: ./root, artifact: true}",
      "cat /data/appended; echo more >>/data/appended",
    );
    expect(done).toMatchObject({ code: 2, stdout: "appended\n" });
    expect(done.stderr).toContain("Read-only file system");
    expect(inodes(data)).toEqual(before);
  });

  it("writes through no hard link that is a mark by itself", async () => {
    const room = staged(user);
    const store = tell(room.store);
    const done = await room.under(
      "root: {from: ./root}\nmarked: {/data/appended: {artifact: true}}",
      "echo more >>/data/appended; cat /data/appended",
    );
    expect(done).toMatchObject({ code: 0, stderr: "", stdout: "appended\nmore\n" });
    expect(tell(room.store)).toEqual(store);
  });
});

// Ensures that the loop above is not empty on a machine without root.
it("runs as somebody", () => {
  expect(users).not.toEqual([]);
});
