import { describe, expect, it } from "vitest";
import { lackedUser, settleUser } from "../../src/preflight/user-namespace.ts";
import { planOf } from "../compile/case.ts";

const CALLER = { uid: 1000, gid: 1000 };

function planned(profile: string) {
  const { plan, problems } = planOf({ ".sandbox.yml": `version: 1\n${profile}\n` }, {});
  if (plan === undefined) throw new Error(JSON.stringify(problems));
  return plan;
}
const TRY = "namespaces: {user: try, nested: true}\n";

describe("a user namespace that is only tried", () => {
  it("is left to bwrap where it can be had", () => {
    const plan = planned(`${TRY}process: {uid: 800, gid: 900}`);
    expect(settleUser(plan, CALLER, () => true)).toEqual({ value: plan, problems: [] });
  });

  it("is gone without where it can't, with the ids that the caller has anyway", () => {
    for (const process of ["{}", "{uid: 1000}", "{uid: 1000, gid: 1000}"]) {
      const plan = planned(`${TRY}process: ${process}`);
      const { value, problems } = settleUser(plan, CALLER, () => false);
      expect(problems).toEqual([]);
      expect(value?.namespaces.user.value).toBe(false);
      expect([value?.process.uid, value?.process.gid]).toEqual([undefined, undefined]);
      expect(value?.operations).toEqual(plan.operations);
    }
  });

  it("is an error at its place for every id that would silently be another", () => {
    const at = (process: string) =>
      settleUser(planned(`${TRY}process: ${process}`), CALLER, () => false).problems.map(
        ({ rule, message, line, column }) => `${line}:${column} ${rule} ${message.split(" needs")[0]}`,
      );
    expect(at("{uid: 800}")).toEqual(["3:11 preflight/user-namespace process.uid: 800"]);
    expect(at("{uid: 1000, gid: 900}")).toEqual(["3:22 preflight/user-namespace process.gid: 900"]);
    expect(at("{uid: 0, gid: 0}")).toHaveLength(2);
  });
});

describe("a user namespace that is asked for, or not at all", () => {
  it("is not asked about before bwrap has failed", () => {
    const never = () => {
      throw new Error("asked");
    };
    for (const profile of ["process: {uid: 800}", "namespaces: {user: false, nested: true}"]) {
      const plan = planned(profile);
      expect(settleUser(plan, CALLER, never).value).toBe(plan);
    }
  });

  it("is named as the reason of a failure, if it is one", () => {
    const rules = (profile: string, possible: boolean) =>
      lackedUser(planned(profile), CALLER, () => possible).map(({ message }) => message.split(" needs")[0]);
    expect(rules("process: {uid: 800}", false)).toEqual(["process.uid: 800"]);
    expect(rules("process: {uid: 1000}", false)).toEqual(["namespaces.user: true"]);
    expect(rules("description: x", false)).toEqual(["namespaces.user: true"]);
    expect(rules("process: {uid: 800}", true)).toEqual([]);
    expect(rules(`${TRY}process: {uid: 800}`, false)).toEqual([]);
  });
});
