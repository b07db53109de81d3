import { describe, expect, it } from "vitest";
import { typed } from "../../src/validate/index.ts";
import { check, source } from "./check.ts";

const data = (text: string) => typed(source(text).root, "profile");

describe("typed", () => {
  it("makes booleans and integers where the schema has them, and text of the same words elsewhere", () => {
    const text = `
version: 1
env: {clear: false, set: {A: true, B: 1, C: 3.10}, pass: [true]}
process: {uid: 0, passFds: [3, 4], hostname: 5, wrapper: [1, true]}
params: {true: {required: true, default: true}}
flags: {web: {namespaces: {pid: false, cgroup: try}}}
profiles: {true: {limits: {tasks: 5, memory: {value: 5, try: true}}}}
`;
    expect(data(text)).toEqual({
      version: 1,
      env: { clear: false, set: { A: "true", B: "1", C: "3.10" }, pass: ["true"] },
      process: { uid: 0, passFds: [3, 4], hostname: "5", wrapper: ["1", "true"] },
      params: { true: { required: true, default: "true" } },
      flags: { web: { namespaces: { pid: false, cgroup: "try" } } },
      profiles: { true: { limits: { tasks: 5, memory: { value: "5", try: true } } } },
    });
  });

  it("keeps an octal mode and a size as they are written", () => {
    expect(data("tmpfs: {/a: {mode: 0644, size: 0}}\nlimits: {core: 0, cpus: 2}")).toEqual({
      tmpfs: { "/a": { mode: "0644", size: "0" } },
      limits: { core: "0", cpus: "2" },
    });
  });

  it("takes only true for a scratch directory, and only false for a variable that isn't set", () => {
    expect(data("mounts: {/a: {scratch: true}, /b: {scratch: false}}")).toEqual({
      mounts: { "/a": { scratch: true }, "/b": { scratch: "false" } },
    });
    expect(data("tests: {a: {env: {A: true, B: false}}}")).toEqual({ tests: { a: { env: { A: "true", B: false } } } });
  });

  it.each(["007", "+1", "1.0", "1e3", "0x10", " 1", "99999999999999999999", "-0", ""])("leaves %j a text", (text) => {
    expect(data(`process: {uid: ${JSON.stringify(text)}}`)).toEqual({ process: { uid: text } });
  });

  it("treats a key __proto__ like any other", () => {
    const { mounts } = data("mounts: {__proto__: {access: rw}}");
    expect(Object.keys(mounts ?? {})).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(mounts)).toBeNull();
    expect(Object.prototype).not.toHaveProperty("access");
  });

  it("a destination called __proto__ is allowed, and what it says is checked", () => {
    expect(check("version: 1\nmounts: {__proto__: ro, constructor: rw}")).toEqual([]);
    expect(check("version: 1\nmounts: {__proto__: rx}")).toMatchObject([
      { rule: "profile/value", line: 2, column: 21 },
    ]);
  });
});
