import { describe, expect, it } from "vitest";
import { discover } from "../../src/discover/index.ts";
import { formatProblems } from "../../src/report/index.ts";
import { type FakeFile, fakeHost } from "../support/fake-host.ts";

const PROJECT = "/home/u/project";
const OUTER = `${PROJECT}/.sandbox.yml`;
const INNER = `${PROJECT}/packages/a/.sandbox.yml`;
const DEEP = `${PROJECT}/packages/a/lib/.sandbox.yaml`;
const DEEP_DIR = `${PROJECT}/packages/a/lib`;

type Files = Readonly<Record<string, string | FakeFile>>;
function find(files: Files, { from = PROJECT, nested = {}, ...machine }: Options = {}) {
  const host = fakeHost({ cwd: from, files, ...machine });
  return discover(from, host, (file) => nested[file] ?? []);
}
interface Options {
  readonly from?: string;
  readonly nested?: Readonly<Record<string, readonly string[]>>;
  readonly home?: string;
  readonly uid?: number;
  readonly gid?: number;
}
const fileOf = (files: Files, options?: Options) => find(files, options).value?.file;
const rules = (files: Files, options?: Options) =>
  find(files, options).problems.map(({ rule, file }) => `${rule} ${file}`);

describe("which profile governs", () => {
  it("is the one in the directory, with its directory as the project", () => {
    expect(find({ [OUTER]: "" })).toEqual({ value: { file: OUTER, directory: PROJECT }, problems: [] });
    expect(fileOf({ [`${PROJECT}/.sandbox.yaml`]: "" })).toBe(`${PROJECT}/.sandbox.yaml`);
  });

  it("is the one in a directory above", () => {
    const found = find({ [OUTER]: "" }, { from: DEEP_DIR });
    expect(found).toEqual({ value: { file: OUTER, directory: PROJECT }, problems: [] });
  });

  it("is the outermost one; those further in are told of", () => {
    const { value, problems } = find({ [OUTER]: "", [INNER]: "", [DEEP]: "" }, { from: DEEP_DIR });
    expect(value?.file).toBe(OUTER);
    expect(problems).toMatchObject([
      { rule: "discover/not-counted", severity: "info", file: INNER },
      { rule: "discover/not-counted", severity: "info", file: DEEP },
    ]);
    expect(problems[0]?.help).toBe(`list it there: \`nested: [packages/a/.sandbox.yml]\`; or name it: -p ${INNER}`);
  });

  it("is one further in when the one governing so far lists it", () => {
    const files = { [OUTER]: "", [INNER]: "", [DEEP]: "" };
    const governs = (nested: Readonly<Record<string, readonly string[]>>) => fileOf(files, { from: DEEP_DIR, nested });
    expect(governs({ [OUTER]: [INNER] })).toBe(INNER);
    expect(governs({ [OUTER]: [DEEP] })).toBe(DEEP);
    expect(governs({ [OUTER]: [INNER], [INNER]: [DEEP] })).toBe(DEEP);
    // what does not count has no say
    expect(governs({ [INNER]: [DEEP] })).toBe(OUTER);
    expect(governs({ [OUTER]: [`${PROJECT}/packages/b/.sandbox.yml`] })).toBe(OUTER);
  });

  it("asks only profiles that govern for what they list", () => {
    const host = fakeHost({ cwd: DEEP_DIR, files: { [OUTER]: "", [INNER]: "", [DEEP]: "" } });
    const asked = new Set<string>();
    discover(DEEP_DIR, host, (file) => {
      asked.add(file);
      return [];
    });
    expect([...asked]).toEqual([OUTER]);
  });

  it("is not one beside or below the directory", () => {
    expect(fileOf({ [INNER]: "" })).toBeUndefined();
    expect(fileOf({ [INNER]: "" }, { from: `${PROJECT}/packages/b` })).toBeUndefined();
  });
});

describe("where profiles are looked for", () => {
  it("is neither the home directory nor /, but above home all the same", () => {
    expect(fileOf({ "/home/u/.sandbox.yml": "" })).toBeUndefined();
    expect(fileOf({ "/.sandbox.yml": "" })).toBeUndefined();
    expect(fileOf({ "/home/u/.sandbox.yml": "" }, { from: "/home/u" })).toBeUndefined();
    expect(fileOf({ "/home/.sandbox.yml": "" })).toBe("/home/.sandbox.yml");
    expect(rules({ "/home/u/.sandbox.yml": { target: "x" }, [OUTER]: "" })).toEqual([]);
  });

  it("knows the home directory behind a link", () => {
    const files = { "/home": { target: "var/home" }, "/var/home/u/p/": {}, "/var/home/u/.sandbox.yml": "" };
    expect(fileOf(files, { from: "/var/home/u/p" })).toBeUndefined();
    expect(fileOf(files, { from: "/var/home/u/p", home: "/var/other" })).toBe("/var/home/u/.sandbox.yml");
  });

  it.each<[what: string, directory: FakeFile, reached: boolean]>([
    ["belongs to root", { uid: 0, gid: 0 }, true],
    ["belongs to somebody else", { uid: 7 }, false],
    ["everybody can write", { mode: "0777" }, false],
    ["everybody can write, though it is sticky", { mode: "1777" }, false],
    ["a foreign group can write", { mode: "0775", gid: 100 }, false],
    ["the caller's group can write", { mode: "0775" }, true],
    ["root's group can write", { mode: "0775", gid: 0 }, true],
    ["a foreign group can read", { mode: "0755", gid: 100 }, true],
  ])("when a directory %s", (_, directory, reached) => {
    const files = { [OUTER]: "", [`${PROJECT}/packages/`]: directory, [`${DEEP_DIR}/`]: {} };
    expect(fileOf(files, { from: DEEP_DIR })).toBe(reached ? OUTER : undefined);
    // the same for the directory that the search starts in, whose file is then not even looked at
    const own = { "/srv/x/.sandbox.yml": { target: "evil" }, "/srv/x/": { uid: 1000, gid: 1000, ...directory } };
    expect(rules(own, { from: "/srv/x" })).toEqual([
      reached ? "discover/link /srv/x/.sandbox.yml" : "discover/nothing-found default",
    ]);
  });

  it("is not beyond a link or what is no directory", () => {
    const files = { [OUTER]: "", [`${PROJECT}/link`]: { target: "packages" }, [`${PROJECT}/packages/x/`]: {} };
    expect(fileOf(files, { from: `${PROJECT}/link/x` })).toBeUndefined();
    const { value, problems } = discover(`${PROJECT}/missing`, fakeHost({ files }), () => []);
    expect(value).toBeUndefined();
    expect(problems[0]?.related).toMatchObject([{ message: "the search ended here: it does not exist" }]);
  });
});

describe("a profile that must not be read stops the search", () => {
  it.each<[what: string, file: FakeFile, rule: string, help: string]>([
    ["a link", { target: "ci/s.yml" }, "discover/link", `-p ${PROJECT}/ci/s.yml`],
    ["a link out of it", { target: "/etc/x" }, "discover/link", "-p /etc/x"],
    ["a directory", { type: "directory" }, "discover/not-a-file", `ls -ld ${OUTER}`],
    ["a FIFO", { type: "fifo" }, "discover/not-a-file", `ls -ld ${OUTER}`],
    ["a device", { type: "character" }, "discover/not-a-file", `ls -ld ${OUTER}`],
    ["unreadable", { type: "unreadable" }, "discover/not-a-file", `ls -ld ${OUTER}`],
    ["somebody else's", { uid: 7 }, "discover/foreign-owner", `sudo chown 1000 ${OUTER}`],
    ["everybody's to write", { mode: "0666" }, "discover/writable-by-others", `chmod go-w ${OUTER}`],
    ["a foreign group's", { mode: "0664", gid: 100 }, "discover/writable-by-others", `chmod go-w ${OUTER}`],
    ["too large", { size: 1024 * 1024 + 1 }, "discover/too-large", "extends"],
  ])("when it is %s", (_, file, rule, help) => {
    for (const from of [PROJECT, DEEP_DIR]) {
      const { value, problems } = find({ [OUTER]: file, [DEEP]: "" }, { from });
      expect(value).toBeUndefined();
      expect(problems).toMatchObject([{ rule, severity: "error", file: OUTER }]);
      expect(problems[0]?.help).toContain(help);
    }
  });

  it.each<[what: string, file: FakeFile]>([
    ["root's", { uid: 0, gid: 0 }],
    ["the caller's group's to write", { mode: "0664" }],
    ["as large as can be", { size: 1024 * 1024 }],
    ["secret", { mode: "0600" }],
  ])("but not when it is %s", (_, file) => {
    expect(fileOf({ [OUTER]: file })).toBe(OUTER);
  });

  it("also when it lies further in than the one that would govern", () => {
    expect(rules({ [OUTER]: "", [INNER]: { target: "x" } }, { from: DEEP_DIR })).toEqual([`discover/link ${INNER}`]);
  });

  it("when there are two in one directory", () => {
    const { value, problems } = find({ [OUTER]: "", [`${PROJECT}/.sandbox.yaml`]: "" });
    expect(value).toBeUndefined();
    expect(problems).toMatchObject([{ rule: "discover/two-profiles", help: `keep one: rm ${PROJECT}/.sandbox.yaml` }]);
  });

  it("with words for what stands there", () => {
    const message = (type: FakeFile["type"]) => find({ [OUTER]: { type: type ?? "file" } }).problems[0]?.message;
    expect(message("unreadable")).toBe("the profile can't be looked at");
    expect(message("fifo")).toBe("the profile is a fifo, not a file");
  });

  it("with help that can be typed whatever the path", () => {
    const from = "/home/u/it's $HOME";
    const { problems } = find({ [`${from}/.sandbox.yml`]: { mode: "0666" } }, { from });
    expect(problems[0]?.help).toContain(`chmod go-w '/home/u/it'\\''s $HOME/.sandbox.yml'`);
  });
});

describe("when there is none", () => {
  it("says where it looked, what it left out, and what to type", () => {
    const { value, problems } = find({ [`${DEEP_DIR}/`]: {} }, { from: `${PROJECT}/packages` });
    expect(value).toBeUndefined();
    expect(formatProblems(problems)).toBe(
      [
        `error[discover/nothing-found]: there is no .sandbox.yml for ${PROJECT}/packages`,
        `  ${PROJECT}/packages: there is none here`,
        `  ${PROJECT}: there is none here`,
        "  /home/u: left out: the home directory",
        "  /home: there is none here",
        "  /: left out: the top directory",
        "  help: make one: printf 'version: 1\\nextends: untrusted\\n' > .sandbox.yml; or name a profile: -p untrusted",
        "",
      ].join("\n"),
    );
  });

  it("says why the search ended", () => {
    const { problems } = find({ "/tmp/": { mode: "1777" }, "/tmp/x/": { uid: 1000 } }, { from: "/tmp/x" });
    expect(problems[0]?.related).toMatchObject([
      { file: "/tmp/x", message: "there is none here" },
      { file: "/tmp", message: "the search ended here: it can be written by others" },
    ]);
  });
});
