import { mkdirSync, mkdtempSync, realpathSync, rmdirSync, rmSync, symlinkSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keepLayer } from "../../src/execute/overlay/index.ts";
import { DEFAULT_ORIGIN } from "../../src/model/source.ts";

describe("a layer that is taken up", () => {
  let directory = "";
  beforeEach(() => {
    directory = realpathSync(mkdtempSync(join(tmpdir(), "sbx-through-")));
    mkdirSync(join(directory, "src"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  /** What comes of taking it up for mounts at these places: a problem's words, or nothing. */
  const take = async (...through: string[]): Promise<string | undefined> => {
    const path = join(directory, "kept");
    const source = join(directory, "src");
    const held = keepLayer({ kind: "keep-layer", path, source, format: "overlayfs", through, origin: DEFAULT_ORIGIN });
    if ("rule" in held) return `${held.rule}: ${held.message}`;
    await held.stop();
    return undefined;
  };

  it("has no link on the way to a mount, whenever that was made", async () => {
    expect(await take("made/place")).toBeUndefined();
    const upper = join(directory, "kept/upper");
    symlinkSync("/", join(upper, "made"));
    expect(await take("made/place")).toContain("overlay/not-kept");
    expect(await take("made")).toContain("a link at made in it");
    expect(await take("other/place", "made/a/b")).toContain("a link at made in it");
    // One elsewhere is the command's affair.
    expect(await take("other/place")).toBeUndefined();
    unlinkSync(join(upper, "made"));
    mkdirSync(join(upper, "made"));
    expect(await take("made/place")).toBeUndefined();
    symlinkSync("/", join(upper, "made/place"));
    expect(await take("made/place")).toContain("a link at made/place in it");
    unlinkSync(join(upper, "made/place"));
    rmdirSync(join(upper, "made"));
  });
});
