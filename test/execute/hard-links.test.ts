import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Runner, runners } from "../support/bwraps.ts";
import {
  createHardLinksHarness,
  type HardLinksHarness,
  inodes,
  ORDINARY,
  type Staged,
  tell,
} from "./hard-links-harness.ts";
import { createHarness, type Harness, jobOf } from "./harness.ts";

let harness: HardLinksHarness;
let sandboxes: Harness;
beforeAll(() => {
  harness = createHardLinksHarness();
  sandboxes = createHarness();
});
afterAll(() => {
  harness.remove();
  sandboxes.remove();
});

const isRoot = process.getuid?.() === 0;
const users = [...new Set(runners().map(({ user }) => user))];
const { bwrap = "" } = runners()[0] ?? {};
const hex = (name: string) => Buffer.from(name, "latin1").toString("hex");

const FILL = [
  "mkdir store/d store/d/e",
  "echo plain >store/plain; chmod 640 store/plain",
  "echo program >store/program; chmod 6755 store/program",
  "echo shut >store/d/read-only; chmod 444 store/d/read-only",
  ": >store/d/e/empty",
  "truncate -s 1M store/d/sparse; printf end >>store/d/sparse",
  "ln -s nowhere store/link; touch -h -d '2019-01-02 03:04:05.678901' store/link",
  "mkfifo -m 600 store/fifo",
  "touch -d '2020-01-02 03:04:05.123456789' store/plain store/d/read-only store/d/sparse",
  "touch -d '2021-01-02 03:04:05' store/program store/d/e store/d store",
  "cp -al store/. root/",
].join("\n");

const ATTRIBUTE = `python3 -c 'import os; os.setxattr("store/plain", "user.sbx", b"\\x00kept")'`;

/** A staged root with files of every kind. */
function staged(user: Runner["user"]): Staged {
  const place = harness.stage(user);
  place.sh(FILL);
  return place;
}

/** Files below the root that other directories have names of. */
const shared = ({ root, store }: Staged): string[] => {
  const stored = new Set(Object.values(inodes(store)).map((words) => words.split(" ")[0]));
  return Object.entries(inodes(root)).flatMap(([name, words]) => (stored.has(words.split(" ")[0]) ? [name] : []));
};

const FINE = { signal: null, cleanup: [], leaked: 0 };

describe.each(users)("as %s, hard links of a staged root", (user) => {
  it("become copies that are in every way like the files, and the store stays as it is", async () => {
    const place = staged(user);
    if (!hasAttributes(place)) console.warn("SKIPPED extended attributes: this file system has none");
    else place.sh(ATTRIBUTE);
    const [before, store] = [tell(place.root), tell(place.store)];
    expect(shared(place)).toHaveLength(7);
    expect(await place.copy()).toMatchObject({ ...FINE, madeNothing: false });
    expect([tell(place.root), tell(place.store), shared(place), place.left()]).toEqual([before, store, [], []]);
    const { blocks, size } = lstatSync(join(place.root, "d/sparse"));
    expect([size, blocks * 512 < 500_000]).toEqual([1024 * 1024 + 3, true]);

    // The next run finds nothing to do.
    const numbers = inodes(place.root);
    expect(await place.copy()).toEqual({ ...FINE, madeNothing: true, changes: 0 });
    expect(inodes(place.root)).toEqual(numbers);
  });

  it("are written through no more, whatever is done to the files", async () => {
    const write = [
      "import mmap, os, sys",
      "os.chdir(sys.argv[1])",
      "f = os.open('plain', os.O_RDWR); m = mmap.mmap(f, 4); m[0:4] = b'MMAP'; m.close()",
      "open('program', 'a').write('more'); os.chmod('program', 0o600)",
      "os.chmod('d/read-only', 0o600); os.truncate('d/read-only', 1); os.utime('d/e/empty', (1, 1))",
      "os.chown('d/sparse', os.getuid(), os.getgid()); os.utime('link', (1, 1), follow_symlinks=False); os.chmod('fifo', 0)",
    ].join("\n");
    const [place, twin] = [staged(user), staged(user)];
    const [store, root] = [tell(place.store), tell(place.root)];
    expect(await place.copy()).toMatchObject(FINE);
    for (const { directory, sh } of [place, twin]) {
      writeFileSync(join(directory, "write.py"), write);
      sh("python3 write.py root");
    }
    expect(tell(place.store)).toEqual(store);
    const after = tell(place.root);
    const changed = ["plain", "program", "d/read-only", "d/e/empty", "link", "fifo"].map(hex);
    for (const name of changed) expect(after[name], name).not.toEqual(root[name]);
    // Without the step every one of these reaches the store.
    const reached = tell(twin.store);
    for (const name of changed) expect(reached[name], name).not.toEqual(store[name]);
  });

  it("stay hard links of each other, and those that are of nothing else stay as they are", async () => {
    const place = harness.stage(user);
    place.sh(
      "echo a >store/a; mkdir root/x root/y; ln store/a root/x/one; ln store/a root/y/two; ln store/a root/three",
    );
    place.sh(
      "echo b >root/x/inner; ln root/x/inner root/y/inner; ln -s nowhere root/l; ln -P root/l root/m; touch root/sole",
    );
    const before = inodes(place.root);
    expect(await place.copy()).toMatchObject(FINE);
    const after = inodes(place.root);
    const of = (name: string) => after[hex(name)];
    expect([of("x/one"), of("y/two")]).toEqual([of("three"), of("three")]);
    expect(of("three")).toMatch(/ 3$/);
    expect(of("three")).not.toBe(inodes(place.store)[hex("a")]);
    for (const name of ["x/inner", "y/inner", "l", "m", "sole"]) expect(of(name), name).toBe(before[hex(name)]);
  });

  it("are found under names of any bytes, and through no link", async () => {
    const place = harness.stage(user);
    const bytes = Array.from({ length: 255 }, (_, index) => index + 1).filter((byte) => byte !== 0x2f);
    const names = [Buffer.from(bytes), Buffer.from("\xff", "latin1"), Buffer.from("\uFFFD"), "-rf", "a\nb", " ", "..."];
    mkdirSync(join(place.root, "odd"));
    const at = (directory: string, name: string | Buffer) =>
      Buffer.concat([Buffer.from(`${directory}/`), Buffer.from(name)]);
    for (const [index, name] of names.entries()) {
      writeFileSync(join(place.store, String(index)), String(index));
      mkdirSync(at(place.root, name));
      linkSync(join(place.store, String(index)), at(join(place.root, "odd"), name));
      linkSync(
        join(place.store, String(index)),
        Buffer.concat([at(place.root, name), Buffer.from("/-"), Buffer.from(name).subarray(1)]),
      );
    }
    place.own();
    // The command of an earlier run could have left these.
    place.sh("mkdir outside; echo s >outside/sentinel; ln outside/sentinel outside/other; mkdir root/sbx-x-1");
    place.sh(
      "ln -s ../../outside root/odd/out; ln -s / root/odd/top; ln -s .. root/odd/up; ln -s ../../outside/sentinel root/f",
    );
    place.own();
    const outside = [tell(join(place.directory, "outside")), inodes(join(place.directory, "outside"))];
    const [before, store] = [tell(place.root), tell(place.store)];
    expect(shared(place)).toHaveLength(2 * names.length);
    expect(await place.copy()).toMatchObject(FINE);
    expect([tell(place.root), tell(place.store), shared(place)]).toEqual([before, store, []]);
    expect([tell(join(place.directory, "outside")), inodes(join(place.directory, "outside"))]).toEqual(outside);
  });

  it("are found in a tree that is deeper than a path may be long", async () => {
    const place = harness.stage(user);
    const program = [
      "import os, sys",
      "fd, isNew = os.open('root', os.O_RDONLY), sys.argv[1] == 'fill'",
      "def down(fd):",
      "  if isNew: os.mkdir('deep', dir_fd=fd)",
      "  inner = os.open('deep', os.O_RDONLY, dir_fd=fd); os.close(fd); return inner",
      "for i in range(3000): fd = down(fd)",
      "if isNew:",
      "  open('store/a', 'w').close(); root = os.open('store', os.O_RDONLY)",
      "  for name in ('end', 'again'): os.link('a', name, src_dir_fd=root, dst_dir_fd=fd)",
      "end = os.stat('end', dir_fd=fd)",
      "print(end.st_ino == os.stat('store/a').st_ino, end.st_nlink)",
    ].join("\n");
    writeFileSync(join(place.directory, "deep.py"), program);
    expect(place.sh("python3 deep.py fill")).toBe("True 3\n");
    expect(await place.copy()).toMatchObject(FINE);
    expect(place.sh("python3 deep.py look")).toBe("False 2\n");
  });

  it("in directories that nobody may write to are copied, and the directories stay so", async () => {
    const place = staged(user);
    place.sh("touch -d '2022-02-02 02:02:02.123456' root/d; chmod 555 root/d root");
    const before = tell(place.root);
    expect(await place.copy()).toMatchObject(FINE);
    expect([tell(place.root), shared(place), place.left()]).toEqual([before, [], []]);
  });

  it("can be of a single file", async () => {
    const place = staged(user);
    expect(await place.copy({ path: join(place.root, "d/read-only") })).toMatchObject(FINE);
    expect(shared(place)).not.toContain(hex("d/read-only"));
    expect(shared(place)).toHaveLength(6);
  });

  describe("stop the run", () => {
    const refused = async (place: Staged, rule: string, data: object, change: Parameters<Staged["copy"]>[0] = {}) => {
      const ended = await place.copy(change);
      expect(ended).toMatchObject({ ...FINE, problem: { rule, severity: "error", line: 7, data } });
      expect(ended.problem?.help ?? "none").not.toBe("");
      expect(readdirSync(place.root).filter((name) => name.startsWith("sbx-"))).toEqual([]);
      expect(place.left()).toEqual([]);
      return ended;
    };

    it("when there is nothing at the path, or a link", async () => {
      const place = staged(user);
      place.sh("ln -s root other");
      const [missing, link] = [join(place.root, "missing"), join(place.directory, "other")];
      await refused(
        place,
        "hard-links/not-surveyed",
        { path: missing, reason: "no such file or directory" },
        { path: missing },
      );
      await refused(place, "execute/link", { link }, { path: link });
      await refused(place, "execute/link", { link }, { path: join(link, "d") });
    });

    it.each([
      ["changes", "sleep 0.01; echo more >>store/plain", "plain"],
      ["changes its mode", "chmod 600 store/plain", "plain"],
      ["is removed", "rm root/plain", "plain"],
      ["is exchanged for a file", "rm root/plain; echo new >root/plain", "plain"],
      ["is exchanged for a directory", "rm root/plain; mkdir root/plain", "plain"],
      ["is exchanged for a link", "rm root/plain; ln -s /etc root/plain", "plain"],
      ["is in a directory that is moved", "mv root/d root/away; mkdir root/d; cp -a root/away/* root/d", "d"],
      ["is in a directory that becomes a link", "mv root/d root/away; ln -s away root/d", "d"],
    ])("when a file %s meanwhile", async (_, meanwhile, name) => {
      const place = staged(user);
      const ended = await place.copy({ meanwhile });
      const path = join(place.root, name);
      const rule = meanwhile.includes("ln -s away") ? "execute/link" : "hard-links/changed";
      expect(ended).toMatchObject({
        ...FINE,
        problem: { rule, data: rule === "execute/link" ? { link: path } : { path } },
      });
      expect(place.left()).toEqual([]);
      expect(readdirSync(place.root).filter((entry) => entry.startsWith("sbx-"))).toEqual([]);
    });

    it("when it is to end: before, while hard links are looked for, and while they are copied", async () => {
      const place = staged(user);
      place.sh("mkdir root/many; cd root/many; seq 20000 | xargs touch");
      const before = tell(place.root);
      const atOnce = await refused(place, "hard-links/broken-off", { path: place.root }, { hurry: "before" });
      const soon = await refused(place, "hard-links/broken-off", { path: place.root }, { hurry: "soon" });
      expect([atOnce.changes, soon.changes]).toEqual([0, 0]);
      await refused(place, "hard-links/broken-off", { path: place.root }, { hurry: "copying" });
      expect([tell(place.root), shared(place)]).toEqual([before, expect.arrayContaining([hex("plain")])]);
    });

    it.each([
      ["another file", "rm root/plain; echo new >root/plain"],
      ["a FIFO", "rm root/plain; mkfifo root/plain"],
      ["a link out of the root", "echo s >sentinel; ln sentinel other; rm root/plain; ln -s ../sentinel root/plain"],
    ])("when %s is in the place of a file before it is opened", async (_, meanwhile) => {
      const place = staged(user);
      const path = join(place.root, "plain");
      const { changes } = await refused(place, "hard-links/changed", { path }, { meanwhile, when: "opening" });
      expect(changes).toBe(0);
    });
  });

  it("are not disturbed by somebody who stages the same files elsewhere", async () => {
    const place = staged(user);
    expect(await place.copy({ meanwhile: "cp -al store elsewhere" })).toMatchObject(FINE);
    expect([shared(place), tell(place.root)]).toEqual([[], tell(join(place.directory, "elsewhere"))]);
  });

  it("when sbx is killed at any moment, leave a whole tree and, after the replay, nothing else", async () => {
    const start = staged(user);
    start.sh("ln store/plain root/d/again; chmod 555 root/d/e");
    const { changes = 0 } = await start.copy();
    expect(changes).toBeGreaterThan(20);
    for (let dieAt = 1; dieAt <= changes; dieAt++) {
      const place = staged(user);
      place.sh("ln store/plain root/d/again; chmod 555 root/d/e");
      const before = tell(place.directory);
      expect((await place.copy({ dieAt })).signal, `change ${dieAt}`).toBe("SIGKILL");
      await place.replay();
      const after = tell(place.directory);
      const names = (told: typeof after) => Object.keys(told).filter((name) => name.startsWith(hex("root")));
      expect(names(after), `change ${dieAt}`).toEqual(names(before));
      for (const name of names(before)) expect(after[name]?.text, name).toBe(before[name]?.text);
      const stored = Object.entries(before).filter(([name]) => name.startsWith(hex("store")));
      expect(after).toMatchObject(Object.fromEntries(stored));
      expect(place.left()).toEqual([]);
      expect(await place.copy()).toMatchObject(FINE);
      expect(shared(place)).toEqual([]);
    }
  }, 120_000);

  it("are safe from a command in a real sandbox", async () => {
    const place = staged(user);
    const origin = { file: "/p/.sandbox.yml", line: 7, column: 3, route: ["root"], chain: [] };
    const prepare = [{ kind: "copy-hard-links", path: place.root, origin } as const];
    const store = tell(place.store);
    const script = `cd ${place.root} && echo more >>plain && chmod 600 program d/read-only && : >d/read-only && touch link`;
    const job = jobOf(bwrap, ["sh", "-c", `${script}; touch -h link`], {
      args: ["--bind", place.root, place.root],
      prepare,
    });
    const done = await sandboxes.run(user, job);
    expect(done.outcome).toMatchObject({ ended: "exit", exitCode: 0, cleanup: [] });
    expect(readFileSync(join(place.root, "plain"), "utf8")).toBe("plain\nmore\n");
    expect(tell(place.store)).toEqual(store);
  });
});

describe("an ordinary user", () => {
  it("is refused what can't be read, with the path, and goes on when it can", async () => {
    const place = staged("ordinary");
    place.sh("chmod 0 store/plain");
    const path = join(place.root, "plain");
    const data = { path, reason: "permission denied" };
    expect(await place.copy()).toMatchObject({ ...FINE, problem: { rule: "hard-links/not-copied", data } });
    place.sh("chmod 600 store/plain; chmod 0 root/d");
    const shut = { path: join(place.root, "d"), reason: "permission denied" };
    expect(await place.copy()).toMatchObject({ ...FINE, problem: { rule: "hard-links/not-surveyed", data: shut } });
    place.sh("chmod 755 root/d");
    expect(await place.copy()).toMatchObject(FINE);
    expect(shared(place)).toEqual([]);
  });

  it.skipIf(!isRoot)(
    "leaves files of others that nobody else can change, and is refused those that anybody can",
    async () => {
      const place = harness.stage("ordinary");
      writeFileSync(join(place.store, "theirs"), "x");
      writeFileSync(join(place.store, "open"), "x");
      linkSync(join(place.store, "theirs"), join(place.root, "theirs"));
      expect(await place.copy()).toEqual({ ...FINE, madeNothing: true, changes: 0 });
      expect(shared(place)).toEqual([hex("theirs")]);
      linkSync(join(place.store, "open"), join(place.root, "open"));
      chmodSync(join(place.store, "open"), 0o666);
      const data = { path: join(place.root, "open"), what: "owner", was: "0", is: String(ORDINARY) };
      expect(await place.copy()).toMatchObject({ ...FINE, problem: { rule: "hard-links/not-kept", data } });
      expect([shared(place).length, existsSync(join(place.root, "open"))]).toEqual([2, true]);
    },
  );

  it.skipIf(!isRoot)("is refused a directory of somebody else's, where nothing can be exchanged", async () => {
    const place = staged("ordinary");
    chownSync(place.root, 0, 0);
    const ended = await place.copy();
    expect(ended).toMatchObject({
      ...FINE,
      problem: { rule: "execute/not-made", data: { reason: "permission denied" } },
    });
    expect([shared(place).length, place.left()]).toEqual([7, []]);
  });
  if (!isRoot) console.warn("SKIPPED other users' files: only root can make some");
});

describe.skipIf(!isRoot)("root", () => {
  it("copies what nobody may read, for any owner, and capabilities of files", async () => {
    const place = harness.stage("root");
    const capability =
      "import os; os.setxattr('store/a', 'security.capability', bytes.fromhex('0100000200040000' + '00' * 12))";
    place.sh(`echo a >store/a; chown 12:34 store/a; chmod 0 store/a; ln store/a root/a; python3 -c "${capability}"`);
    const before = tell(place.root);
    expect(before[hex("a")]?.xattrs).toHaveLength(1);
    expect(await place.copy()).toMatchObject(FINE);
    expect([tell(place.root), tell(place.store)[hex("a")], shared(place)]).toEqual([before, before[hex("a")], []]);
  });

  const inNamespace = (line: string) => ["unshare", "-m", "sh", "-ec", `${line}; exec "$@"`, "sh"];

  it("is refused a mount below, of another file system or of the same", async () => {
    const place = staged("root");
    const at = join(place.root, "d/e");
    for (const mount of ["-t tmpfs none", `--bind ${place.store}`]) {
      const ended = await place.copy({}, inNamespace(`mount ${mount} ${at}`));
      expect(ended).toMatchObject({ ...FINE, problem: { rule: "hard-links/mount", data: { at } } });
    }
    expect(await place.copy({}, inNamespace(`mount -t tmpfs none ${place.store}`))).toMatchObject(FINE);
  });

  it("is told when there is no room, and no file is lost", async () => {
    const place = harness.stage("root");
    const small = join(place.directory, "small");
    mkdirSync(small);
    const fill = `mkdir ${small}/store ${small}/root; head -c 600k /dev/urandom >${small}/store/a; cp -al ${small}/store/a ${small}/root`;
    const keep = `sh -c 'cmp ${small}/store/a ${small}/root/a && ls -A ${small}/root' >${place.directory}/seen`;
    const prefix = [
      "unshare",
      "-m",
      "sh",
      "-ec",
      `mount -t tmpfs -o size=1M none ${small}; ${fill}; "$@"; ${keep}`,
      "sh",
    ];
    const ended = await place.copy({ path: `${small}/root` }, prefix);
    const data = { path: `${small}/root/a`, reason: "no space left on device" };
    expect(ended).toMatchObject({ ...FINE, problem: { rule: "hard-links/not-copied", data } });
    expect(ended.problem?.help).toContain("df -h");
    expect(readFileSync(join(place.directory, "seen"), "utf8")).toBe("a\n");
  });
});
if (!isRoot) console.warn("SKIPPED owners, mounts and a full disk: they take root");

function hasAttributes({ sh }: Staged): boolean {
  try {
    sh(`${ATTRIBUTE} 2>/dev/null`);
    return true;
  } catch {
    return false;
  }
}

// Ensures that the loop above is not empty on a machine without root.
it("runs as somebody", () => {
  expect(users).not.toEqual([]);
});
