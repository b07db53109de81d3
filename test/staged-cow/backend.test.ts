import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nodeHost } from "../../src/host/node.ts";
import { overlayBackend } from "../../src/host/overlays.ts";
import type { HostMount } from "../../src/model/host.ts";
import type { OverlayWish } from "../../src/model/overlay.ts";
import { type Installed, install } from "../support/sbx.ts";
import { picture } from "./picture.ts";
import { ways, withoutOverlays } from "./ways.ts";

const capable = ways().find(({ by, lacks, user }) => {
  return by === "bwrap" && lacks === undefined && (user === "root") === (process.getuid?.() === 0);
});

describe("who makes a view", () => {
  let installed: Installed;
  let directory = "";
  beforeAll(() => {
    installed = install();
    directory = mkdtempSync(join(tmpdir(), "sbx-cow-"));
    mkdirSync(join(directory, "src/in"), { recursive: true });
  });
  afterAll(() => {
    installed.remove();
    rmSync(directory, { recursive: true });
  });

  /** With no program but the bwrap that is named. */
  const ask = (bwrap: string | undefined, wish: Partial<OverlayWish> = {}, mounts?: readonly HostMount[]) => {
    const host = nodeHost({ env: { PATH: "/nonexistent", ...(bwrap && { SBX_BWRAP: bwrap }) } });
    const facts = {
      host: { ...host, ...(mounts && { mounts: () => mounts }) },
      cacheDirectory: join(directory, "cache"),
    };
    const source = join(directory, "src");
    return overlayBackend({ source, userNamespace: true, project: "/nonexistent", writable: [], ...wish }, facts);
  };
  const reasons = (found: ReturnType<typeof ask>) => ("missing" in found ? found.missing.join("; ") : found.by);
  const mount = (point: string, type = "ext4"): HostMount => ({
    device: "8:1",
    root: "/",
    point,
    readOnly: false,
    type,
  });

  it("is nobody without any of them, and each is named", () => {
    const told = reasons(ask(undefined, {}, [mount(join(directory, "src/in"))]));
    expect(told).toContain("something is mounted in it, at ");
    expect(told).toContain("there is no fuse-overlayfs in PATH");
    expect(told).toMatch(/the kernel's overlay/);
    expect(reasons(ask(undefined, { keep: { directory, format: "fuse-overlayfs" } }))).toContain("only fuse-overlayfs");
  });

  it.skipIf(capable === undefined)("is a bwrap that can, where its overlay works", () => {
    const bwrap = capable?.bwrap;
    expect(ask(bwrap)).toEqual({ by: "bwrap" });
    // A lower directory that the kernel refuses: it is tried, not known.
    expect(reasons(ask(bwrap, { source: "/proc" }))).toContain("bwrap: ");
    // What a step is still to make.
    expect(ask(bwrap, { source: join(directory, "later/on") })).toEqual({ by: "bwrap" });
  });

  it.skipIf(capable === undefined)("is no bwrap where a layer can't be kept, or something is mounted", () => {
    const bwrap = capable?.bwrap;
    const keep = { directory: join(directory, "kept"), format: undefined };
    expect(ask(bwrap, { keep })).toEqual({ by: "bwrap" });
    const over = [mount("/"), mount(directory, "nfs4")];
    expect(reasons(ask(bwrap, { keep }, over))).toContain("a layer can't be kept on nfs4");
    expect(ask(bwrap, {}, over)).toEqual({ by: "bwrap" });
    expect(reasons(ask(bwrap, {}, [mount("/"), mount(join(directory, "src/in"))]))).toContain(
      "something is mounted in it",
    );
    expect(reasons(ask(bwrap, { keep: { ...keep, format: "fuse-overlayfs" } }))).toContain(
      "only fuse-overlayfs can go on",
    );
  });

  // There fusermount3 refuses a user without an account, whatever is installed.
  it.skipIf(process.getuid?.() !== 0)("is told by `sbx plan` already when it is nobody", async () => {
    const bwrap = ways()[0]?.bwrap ?? "";
    const room = installed.room("ordinary", withoutOverlays(installed, bwrap));
    room.write("src/file", "text");
    room.write(".sandbox.yml", "version: 1\nextends: [base]\nmounts:\n  /src: {from: ./src, access: cow}\n");
    const before = picture(room.project);
    const [plan, run] = [await room.sbx(["plan"]), await room.sbx(["run", "--", "true"])];
    expect([plan.code, run.code]).toEqual([2, 125]);
    for (const { stderr } of [plan, run]) {
      expect(stderr).toContain(".sandbox.yml:4:3: error[cow/no-backend]");
      expect(stderr).toContain("has no --tmp-overlay");
      expect(stderr).toContain("takes root");
    }
    expect(picture(room.project)).toEqual(before);
  });
});
