import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runners } from "../support/bwraps.ts";
import { install } from "../support/sbx.ts";
import { picture } from "./picture.ts";
import { type StagedRoot, sh, stage } from "./room.ts";

const installed = install();
afterAll(installed.remove);

const isRoot = process.getuid?.() === 0;

/** Puts something in a place of the root, whoever it belongs to. */
type Plant = (path: string, root: StagedRoot) => void;

const linkTo = (target: (root: StagedRoot) => string): Plant => {
  return (path, root) => symlinkSync(target(root), path);
};
const ups = (path: string) => "../".repeat(path.split("/").length + 2);

const PLANTS: Readonly<Record<string, Plant>> = {
  "an absolute link to the sentinel": linkTo(({ sentinel }) => sentinel),
  "a link up to the sentinel": (path, { path: root, sentinel }) =>
    symlinkSync(
      `${"../".repeat(path.slice(root.length).split("/").length - 1)}${sentinel.slice(dirname(root).length + 1)}`,
      path,
    ),
  "a link up to the host's root": (path, { sentinel }) => symlinkSync(`${ups(path)}${sentinel.slice(1)}`, path),
  "a link to where bwrap keeps the host": (path, { sentinel }) => symlinkSync(`../oldroot${sentinel}`, path),
  "a link to a file of the sentinel": linkTo(({ sentinel }) => join(sentinel, "file")),
  "a link to itself": (path) => symlinkSync(path.slice(path.lastIndexOf("/") + 1), path),
  "a link to what is no text": (path) => symlinkSync(Buffer.from([0x80, 0xff]), path),
  "a link to /": linkTo(() => "/"),
  "a fifo": (path) => void execFileSync("mkfifo", [path]),
  "a file": (path, { room, path: root }) => void room.write(join("root", path.slice(root.length + 1)), "text\n"),
  ...(isRoot && { "a device": (path: string) => void execFileSync("mknod", [path, "c", "1", "3"]) }),
};

/** What a profile needs there, so that something has to be made or mounted behind it. */
const PLACES: Readonly<Record<string, object>> = {
  dev: { tmpfs: [], proc: false },
  tmp: { devices: "none", proc: false },
  proc: { devices: "none", tmpfs: [] },
  etc: {
    devices: "none",
    tmpfs: [],
    proc: false,
    files: { "/etc/hosts": { content: "" }, "/etc/deep/in/it": { content: "" } },
  },
  "work/in": { devices: "none", tmpfs: [], proc: false, process: { cwd: "/work/in/it" } },
  mark: { devices: "none", tmpfs: [], proc: false, marked: { "/mark": {} } },
  "mark/up": { devices: "none", tmpfs: [], proc: false, marked: { "/mark/up/down": {} } },
  null: { tmpfs: [], proc: false, marked: { "/null": { from: "./empty" } } },
};

describe.each(runners())("a root in which somebody planted something, with $bwrap, as $user", (runner) => {
  it.each(Object.keys(PLACES))("leads nothing out of it: %s", async (place) => {
    const root = stage(installed, runner);
    root.room.directory("empty");
    const path = join(root.path, place);
    root.put({ keep: "directory", [dirname(place)]: "directory" });
    const refused: Record<string, boolean> = {};
    for (const [index, [what, plant]] of Object.entries(PLANTS).entries()) {
      plant(path, root);
      execFileSync("chown", ["-h", `${root.room.uid}:${root.room.uid}`, path]);
      const before = [picture(root.sentinel), root.picture()];
      // Every kind of access for one of the users, and the worst ones twice.
      const isEven = (index + (runner.user === "root" ? 1 : 0)) % 2 === 0;
      const accesses = what.includes("absolute") ? ["ro", "rw"] : [isEven ? "ro" : "rw"];
      for (const access of accesses) {
        const done = await root.run({ ...PLACES[place], root: { from: "./root", access } }, ["true"]);
        // Refused with a word about the place, or harmless: never half.
        const told = `${what}, ${access}: ${done.code} ${done.stderr}`;
        if (done.code === 0) expect(done.stderr, told).toBe("");
        else {
          expect(done.code, told).toBe(125);
          expect(done.stderr, told).toMatch(/error\[(path|order|mount)\//);
          expect(done.stderr, told).toContain(`/${place}`);
        }
        expect([picture(root.sentinel), root.picture()], told).toEqual(before);
        refused[what] = done.code !== 0;
      }
      rmSync(path);
    }
    const wrongThings = place === "mark" || place === "null" ? [] : ["a fifo", "a file"];
    const links = ["an absolute link to the sentinel", "a link up to the sentinel", "a link up to the host's root"];
    for (const what of [...links, ...wrongThings, "a link to what is no text"])
      expect({ [what]: refused[what] }).toEqual({ [what]: true });
    // The allowed twin.
    expect(await root.run({ ...PLACES[place] }, ["true"])).toMatchObject({ code: 0, stderr: "" });
  });

  it("may have links that stay in it, absolute ones too where nothing else can write", async () => {
    const root = stage(installed, runner);
    root.put({ mydev: "directory", dev: { to: "mydev" }, "var/tmp": "directory", tmp: { to: "/var/tmp" } });
    const before = root.picture();
    for (let run = 0; run < 2; run++) {
      const done = await root.run({}, sh("test -c /mydev/null && test -c /dev/null && touch /tmp/x && ls /var/tmp"));
      expect(done).toMatchObject({ code: 0, stdout: "x\n", stderr: "" });
      expect(root.picture()).toEqual(before);
    }
  });

  /** Runs again and again while somebody exchanges directories of the root for links, and looks at the sentinel. */
  async function race(target: (sentinel: string) => string): Promise<void> {
    const root = stage(installed, runner);
    root.put({ dev: "directory", "w/o": "directory", m: "directory" });
    const before = picture(root.sentinel);
    const exchanger = new Exchanger(
      ["dev", "w", "m"].map((name) => join(root.path, name)),
      target(root.sentinel),
    );
    try {
      for (let run = 0; run < RACES; run++) {
        const access = run % 2 === 0 ? "ro" : "rw";
        const profile = {
          root: { from: "./root", access },
          process: { cwd: "/w/o/rk" },
          files: { "/m/k/f": { content: "" } },
        };
        const done = await root.run(profile, ["true"]);
        expect([0, 125, 127], done.stderr).toContain(done.code);
        expect(picture(root.sentinel)).toEqual(before);
      }
    } finally {
      await exchanger.stop();
    }
  }

  it("stays harmless while directories are exchanged for links out of it", () => race((sentinel) => sentinel));

  it("stays harmless while they are exchanged for links to where bwrap keeps the host", async ({ skip }) => {
    if (followsLinks(runner.bwrap)) {
      skip(`${runner.bwrap} follows links of the root itself (CVE-2026-87766): against a race only a newer one helps`);
    }
    await race((sentinel) => `../oldroot${sentinel}`);
  });
});

/** How often a run is tried against somebody who exchanges directories. */
const RACES = process.env.SBX_SOAK === "1" ? 200 : 24;

/** sbx may have made the directory anew in between: the next turn takes it away. */
function linkUnlessThere(target: string, path: string): void {
  try {
    symlinkSync(target, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

/** Exchanges directories for links and back, as fast as it can, until told to stop. */
class Exchanger {
  #isOver = false;
  readonly #done: Promise<void>;

  constructor(paths: readonly string[], target: string) {
    this.#done = this.#run(paths, target);
  }

  async #run(paths: readonly string[], target: string): Promise<void> {
    for (let turn = 0; !this.#isOver; turn++) {
      for (const path of paths) {
        if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() && !existsSync(`${path}-away`)) {
          renameSync(path, `${path}-away`);
          linkUnlessThere(target, path);
        } else {
          rmSync(path, { recursive: true, force: true });
          try {
            renameSync(`${path}-away`, path);
          } catch {
            // sbx was faster and has made it anew.
            rmSync(`${path}-away`, { recursive: true, force: true });
          }
        }
      }
      await new Promise((soon) => (turn % 3 === 0 ? setTimeout(soon, turn % 7) : setImmediate(soon)));
    }
  }

  stop(): Promise<void> {
    this.#isOver = true;
    return this.#done;
  }
}

/** Whether a bwrap makes things through links of the root, as old ones do. */
function followsLinks(bwrap: string): boolean {
  const directory = mkdtempSync(join(tmpdir(), "sbx-follows-"));
  try {
    mkdirSync(join(directory, "root"));
    symlinkSync(`../oldroot${directory}`, join(directory, "root/link"));
    spawnSync(bwrap, ["--bind", join(directory, "root"), "/", "--dir", "/link/made", "--", "/none"]);
    return existsSync(join(directory, "made"));
  } finally {
    rmSync(directory, { recursive: true });
  }
}
