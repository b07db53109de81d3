import { describe, expect, it } from "vitest";
import { whyReplaceable } from "../../src/host/trust.ts";
import { fakeHost } from "../support/fake-host.ts";

describe("whyReplaceable", () => {
  const why = (files: Parameters<typeof fakeHost>[0], path = "/opt/x/bin/tool") =>
    whyReplaceable(path, fakeHost(files));

  it("trusts root's and the caller's files and directories", () => {
    expect(why({ files: { "/opt/x/bin/tool": "" } })).toBeUndefined();
    expect(why({ files: { "/home/u/bin/tool": "" } }, "/home/u/bin/tool")).toBeUndefined();
  });

  it.each([
    ["/opt/x/bin/tool", { uid: 7 }, "/opt/x/bin/tool belongs to user 7"],
    ["/opt/x/bin/", { uid: 7 }, "/opt/x/bin belongs to user 7"],
    ["/opt/", { uid: 7 }, "/opt belongs to user 7"],
    ["/opt/x/bin/tool", { mode: "0757" }, "/opt/x/bin/tool can be written by everybody"],
    ["/opt/x/", { mode: "0777" }, "/opt/x can be written by everybody"],
    ["/opt/x/bin/", { mode: "1777" }, "/opt/x/bin can be written by everybody"],
    ["/opt/x/bin/", { mode: "0775", gid: 50 }, "/opt/x/bin can be written by group 50"],
    ["/opt/x/bin/", { mode: "0755", gid: 50 }, undefined],
    ["/opt/x/bin/", { mode: "0775", gid: 1000 }, undefined],
    ["/opt/x/bin/", { mode: "0775", gid: 0 }, undefined],
    ["/opt/x/", { mode: "1777" }, undefined],
    ["/", { mode: "0777" }, "/ can be written by everybody"],
    ["/opt/x/bin/tool", { target: "../real" }, undefined],
  ])("with %s as %j says %s", (path, file, expected) => {
    expect(why({ files: { "/opt/x/bin/tool": "", [path]: file } })).toBe(expected);
  });

  it("does not trust what is gone", () => {
    expect(why({})).toBe("/opt/x/bin/tool is gone");
  });
});
