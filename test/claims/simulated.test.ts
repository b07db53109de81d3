import { describe, expect, it } from "vitest";
import { type FakeMachine, fakeHost } from "../support/fake-host.ts";
import { shortly, testing, testOf } from "./profile.ts";

const MACHINE: FakeMachine = {
  cwd: "/home/u/project",
  env: { FOO: "foo", API_KEY: "hunter2", PATH: "/bin" },
  files: {
    "/usr/bin/env": { mode: 0o755, text: "" },
    "/bin": { target: "usr/bin" },
    "/dev/null": { type: "character", mode: 0o666 },
    "/dev/fuse": { type: "character", mode: 0o666 },
    "/home/u/project/src/a.c": "int a;",
    "/home/u/project/.env": "SECRET=1",
    "/home/u/project/keys/": {},
    "/home/u/project/locked": { mode: 0o000, text: "" },
    "/home/u/project/theirs": { mode: 0o640, uid: 0, gid: 4, text: "" },
    "/home/u/.ssh/id": "key",
    "/opt/lib/": {},
  },
};
const host = fakeHost(MACHINE);
const PROFILE = {
  mounts: { "/usr": "ro", "/bin": "ro", ".": "rw", "/opt/lib": "ro", "/dev/fuse": "ro" },
  mask: [".env", "keys"],
  tmpfs: ["/tmp"],
  env: { set: { CI: "1" }, pass: ["FOO", "API_KEY", "GONE"] },
  flags: { net: { network: "host" }, open: { remove: { mask: [".env"] } } },
  profiles: { web: { network: "host" } },
};
const claimed = async (test: Readonly<Record<string, unknown>>, profile: object = PROFILE) =>
  (await testOf({ ...profile }, test, host)).claims.map(shortly);
const here = (path: string) => `/home/u/project/${path}`;

describe("a claim, by the simulation", () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ["hidden", [".env", "keys", "keys/a", "~/.ssh", "/nope"], ["src", "/tmp", "/usr/bin/env"]],
    ["absent", ["~/.ssh", "/nope", "keys/a", "/usr/nope"], [".env", "/usr", "/tmp"]],
    ["masked", [".env", "keys"], ["keys/a", "/nope", "/usr"]],
    ["readable", ["src/a.c", "/usr", "/bin/env", "/tmp", "/dev/null"], [".env", "/nope", "locked", "/dev/fuse"]],
    ["readonly", ["/usr", "/bin/env", "/opt/lib"], ["src", "/tmp", "/dev/null", "keys", "/nope", "locked"]],
    ["writable", ["src", ".", "/tmp", "/dev/null"], ["/usr", "keys", "/nope", "locked"]],
    ["device", ["/dev/null"], ["/dev/fuse", "/usr", "/dev/kvm"]],
  ])("%s", async (kind, good, bad) => {
    const absolute = (path: string) =>
      path === "." ? "/home/u/project" : path.startsWith("~") ? `/home/u${path.slice(1)}` : path;
    const full = (path: string) => (/^[/~.]/.test(path) && path !== ".env" ? absolute(path) : here(path));
    expect(await claimed({ [kind]: good })).toEqual(good.map((path) => `${kind} ${full(path)}: holds`));
    expect(await claimed({ [kind]: bad })).toEqual(bad.map((path) => `${kind} ${full(path)}: fails test/${kind}`));
  });

  it("env: set, unset, passed", async () => {
    expect(
      await claimed({ env: { CI: "1", FOO: "foo", GONE: false, HOME: false, PWD: here("").slice(0, -1) } }),
    ).toEqual(["CI", "FOO", "GONE", "HOME", "PWD"].map((name) => `env ${name}: holds`));
    expect(await claimed({ env: { CI: "2", FOO: false, GONE: "1", constructor: "x" } })).toEqual(
      ["CI", "FOO", "GONE", "constructor"].map((name) => `env ${name}: fails test/env`),
    );
  });

  it("network", async () => {
    expect(await claimed({ network: "none" })).toEqual(["network: holds"]);
    expect(await claimed({ network: "host" })).toEqual(["network: fails test/network"]);
  });

  it("run is skipped, and that is said", async () => {
    const { outcome, claims } = await testOf(PROFILE, { run: ["true"], stdout: "" }, host);
    expect([outcome, claims.map(shortly)]).toEqual(["skipped", ["exit: skipped", "stdout: skipped"]]);
    expect((await testOf(PROFILE, { run: ["true"], network: "none" }, host)).outcome).toBe("holds");
    expect((await testOf(PROFILE, { run: ["true"], network: "host" }, host)).outcome).toBe("fails");
  });

  it("what depends on groups that are not known is skipped, and so is procfs", async () => {
    expect(await claimed({ readable: ["theirs", "/proc/self/status"] })).toEqual([
      `readable ${here("theirs")}: skipped`,
      "readable /proc/self/status: skipped",
    ]);
    const member = { ...host, groups: [4] };
    expect((await testOf(PROFILE, { readable: ["theirs"] }, member)).outcome).toBe("holds");
    expect((await testOf(PROFILE, { readable: ["theirs"] }, { ...host, groups: [5] })).outcome).toBe("fails");
  });

  it("a directory that can't be searched hides nothing, and lets nothing be read", async () => {
    const closed = fakeHost({
      ...MACHINE,
      files: { ...MACHINE.files, "/home/u/project/src": { type: "directory", mode: 0 } },
    });
    const { claims } = await testOf(PROFILE, { hidden: ["src/a.c"], readable: ["src/a.c"] }, closed);
    expect(claims.map(({ outcome }) => outcome)).toEqual(["fails", "fails"]);
  });
});

describe("a test", () => {
  it("uses its flag sets, and its variant", async () => {
    expect(await claimed({ network: "host", flags: ["net"] })).toEqual(["network: holds"]);
    expect(await claimed({ network: "host", profile: "web" })).toEqual(["network: holds"]);
    expect(await claimed({ readable: [".env"], network: "host", flags: ["net", "open"] })).toEqual([
      `readable ${here(".env")}: holds`,
      "network: holds",
    ]);
  });

  it("can't switch a flag set off, but name a variant that takes it away", async () => {
    const used = { ...PROFILE, use: ["net"], profiles: { offline: { remove: { use: ["net"] } } } };
    expect(await claimed({ network: "host" }, used)).toEqual(["network: holds"]);
    expect(await claimed({ network: "none", profile: "offline" }, used)).toEqual(["network: holds"]);
  });

  it("is broken by a flag set or a variant that is not there, at the place that names it", async () => {
    for (const test of [
      { network: "none", flags: ["nte"] },
      { network: "none", profile: "wbe" },
    ]) {
      const { outcome, problems } = await testOf(PROFILE, test, host);
      expect([outcome, problems.map(({ file }) => file)]).toEqual(["broken", ["object"]]);
      expect(problems[0]?.line).toBeGreaterThan(1);
    }
  });

  it("has its variables replaced as the profile has them", async () => {
    const profile = { ...PROFILE, params: { lib: "/opt/lib", level: "1" } };
    const test = { readonly: ["${lib}"], writable: ["${PROJECT}/src"], env: { CI: "${level}" } };
    expect(await claimed(test, profile)).toEqual([
      "readonly /opt/lib: holds",
      `writable ${here("src")}: holds`,
      "env CI: holds",
    ]);
    const { outcome, problems } = await testOf(profile, { hidden: ["${nope}/x"] }, host);
    expect([outcome, problems.map(({ rule }) => rule)]).toEqual(["broken", ["variable/unknown"]]);
  });

  it.each<[object, string]>([
    [{ hidden: ["**/.env"] }, "test/pattern"],
    [{ exit: 3 }, "test/no-command"],
    [{ stdout: "" }, "test/no-command"],
    [{ flags: ["net"] }, "test/no-claim"],
    [{ hidden: [] }, "test/no-claim"],
  ])("%j would prove nothing", async (test, rule) => {
    const { outcome, problems } = await testOf(PROFILE, { ...test }, host);
    expect([outcome, problems.map((problem) => problem.rule)]).toEqual(["broken", [rule]]);
  });

  it("is the file's own: parents have theirs", async () => {
    const { tests } = await testing({ extends: ["base"] }, host);
    expect(tests).toEqual([]);
  });
});

describe("a failing claim", () => {
  it("says what is there instead, which entry decides, and what to write", async () => {
    const { claims } = await testOf(PROFILE, { hidden: ["src"] }, host);
    const problem = claims[0]?.problem;
    expect(problem?.message).toBe(`${here("src")} is not hidden: it is the host's, writable`);
    expect(problem?.related).toEqual([
      expect.objectContaining({ file: "object", message: "this entry decides (bind /home/u/project)" }),
    ]);
    expect(problem?.help).toBe("take the entry away, or hide it: `mask: [/home/u/project/src]`");
    expect([problem?.file, problem?.line]).toEqual(["object", claims[0]?.claim.spot.line]);
  });

  it("follows links, and says where they lead", async () => {
    const { claims } = await testOf(PROFILE, { absent: ["/bin/env"] }, host);
    expect(claims[0]?.problem?.message).toContain("it leads to /usr/bin/env, which is the host's, read-only");
  });

  it("never tells a value of what looks like a secret, neither the host's nor the one it wants", async () => {
    const { claims } = await testOf(PROFILE, { env: { API_KEY: "wanted1", FOO: "bar" } }, host);
    const [secret, open] = claims.map(({ simulated, problem }) => JSON.stringify([simulated, problem]));
    expect(secret).not.toMatch(/hunter2|wanted1/);
    expect(open).toMatch(/\\"foo\\".*\\"bar\\"/);
  });
});
