import { describe, expect, it } from "vitest";
import { diffPlans } from "../../src/diff/index.ts";
import type { Operation } from "../../src/model/plan.gen.ts";
import { planOf } from "../compile/case.ts";
import { fakeHost } from "../support/fake-host.ts";
import { lines, MACHINE } from "./side.ts";

const host = fakeHost(MACHINE);
const { plan } = planOf({ ".sandbox.yml": "version: 1\ndevices: none\nproc: false\n" }, MACHINE);
if (plan === undefined) throw new Error("no plan");

const origin = { file: "/p.yml", line: 1, column: 1, route: [], chain: [] };
const rest = { present: true, origin } as const;
const bind = (source: string, at: string, access: "ro" | "rw" = "ro"): Operation => ({
  kind: "bind",
  at,
  source,
  access,
  missing: "fail",
  ...rest,
});
const mask = (at: string): Operation => ({ kind: "mask", at, source: at, type: "directory", ...rest });
const guard = (kind: "pin" | "protect", at: string): Operation => ({ kind, at, source: at, ...rest });
const freeze = (at: string): Operation => ({ kind: "remount-ro", at, ...rest });
const tmpfs = (at: string): Operation => ({ kind: "tmpfs", at, mode: "0755", ...rest });

const told = (a: readonly Operation[], b: readonly Operation[]) => {
  const of = (operations: readonly Operation[]) => ({ ...plan, operations: [...plan.operations, ...operations] });
  return lines(diffPlans(of(a), of(b), host));
};

/** What compile never makes in this order or this shape, and an imported command line may. */
describe("plans of any operations", () => {
  it("are alike when a mount is read-only from the start or made so later", () => {
    expect(told([bind("/srv", "/s")], [bind("/srv", "/s", "rw"), freeze("/s")])).toEqual([]);
    expect(told([bind("/srv", "/s", "rw")], [bind("/srv", "/s", "rw"), freeze("/s")])).toEqual([
      "narrows /s: rw host /srv -> ro host /srv -host-write",
    ]);
    expect(told([tmpfs("/s")], [tmpfs("/s"), freeze("/s")])).toEqual([
      "narrows /s: rw, empty (0755) -> ro, empty (0755) -own-write",
    ]);
  });

  it("are alike when what one of them has is hidden again", () => {
    expect(told([tmpfs("/s")], [bind("/srv", "/s/deep", "rw"), tmpfs("/s")])).toEqual([]);
  });

  it("differ where a run makes something that another view of the place shows", () => {
    const views = [bind("/srv", "/one", "rw"), bind("/srv", "/two", "rw")];
    expect(told(views, [...views, tmpfs("/one/new")])).toEqual([
      "neutral /one/new: absent -> rw, empty (0755)",
      "neutral /two/new: absent -> rw host /srv/new",
    ]);
  });

  it("tell a guard that stands beside what leads to something else", () => {
    expect(told([], [mask("/a/masked"), bind("/srv/data", "/a/x")])).toEqual([
      "widens /a/x: absent -> ro host /srv/data +host-read",
      "neutral /a/masked: absent -> masked",
    ]);
  });

  it("differ when a directory that leads to something protected can be moved away", () => {
    const guarded = [bind("/srv", "/srv", "rw"), guard("protect", "/srv/data/keys")];
    const pinned = [bind("/srv", "/srv", "rw"), guard("pin", "/srv/data"), guard("protect", "/srv/data/keys")];
    expect(told(pinned, guarded)).toEqual(["widens /srv/data: held in place -> can be moved away +unguarded"]);
    expect(told(guarded, pinned)).toEqual(["narrows /srv/data: can be moved away -> held in place -unguarded"]);
    // A mount of any kind holds it.
    expect(
      told(pinned, [
        bind("/srv", "/srv", "rw"),
        bind("/srv/data", "/srv/data", "rw"),
        guard("protect", "/srv/data/keys"),
      ]),
    ).toEqual([]);
  });
});
