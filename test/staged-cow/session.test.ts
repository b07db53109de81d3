import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { nodeHost } from "../../src/host/node.ts";
import { compile, Sandbox } from "../../src/index.ts";
import { ownRuntime, sh } from "../session/session.ts";
import { SYSTEM_PATH } from "../support/sbx.ts";
import { ways } from "./ways.ts";

// In this process: who makes the view is what this machine has.
const here = ways().filter(
  ({ by, lacks, user }) => lacks === undefined && by !== "kernel" && (user === "root") === (process.getuid?.() === 0),
);

describe.skipIf(here.length === 0)("copy on write in a session", () => {
  const runtime = ownRuntime();
  const files = () => {
    const directory = mkdtempSync(join(runtime.path, "project-"));
    mkdirSync(join(directory, "src"));
    writeFileSync(join(directory, "src/file"), "text");
    const profile = (entry: string) => ({
      directory,
      version: 1,
      extends: ["base"],
      mounts: { "/src": { from: "./src", access: "cow", ...(entry === "" ? {} : { keep: entry }) } },
      process: { cwd: "/", stdin: "none", session: "new" },
    });
    return { directory, profile };
  };

  it.each(here)("a layer is one run's, also when several run at once ($name)", async ({ bwrap }) => {
    const { directory, profile } = files();
    const host = nodeHost({ env: { ...process.env, PATH: SYSTEM_PATH, SBX_BWRAP: bwrap } as Record<string, string> });
    const box = await Sandbox.open({ profile: profile(""), host });
    try {
      const script = "echo more >>/src/file; cat /src/file";
      const done = await Promise.all([box.run(sh(script)), box.run(sh(script))]);
      const later = await box.run(sh("cat /src/file"));
      expect([...done, later].map(({ output }) => output)).toEqual(["textmore\n", "textmore\n", "text"]);
    } finally {
      await box.close();
    }
    expect(readFileSync(join(directory, "src/file"), "utf8")).toBe("text");
    rmSync(directory, { recursive: true });
    expect(runtime.trace()).toMatchObject({ mounts: [], files: [] });
  });

  it.each(here)("a link that a run leaves on the way to a mount stops the next one ($name)", async ({ bwrap }) => {
    const { directory, profile } = files();
    mkdirSync(join(directory, "victim"));
    const host = nodeHost({ env: { ...process.env, PATH: SYSTEM_PATH, SBX_BWRAP: bwrap } as Record<string, string> });
    const box = await Sandbox.open({ profile: { ...profile("./kept"), tmpfs: ["/src/made/place"] }, host });
    try {
      // The mount point itself stays where it is; the directory that it lies in is the command's own.
      const target = `/oldroot${directory}/victim`;
      const moved = await box.run(sh(`mv /src/made /src/away && ln -s ${target} /src/made && ls -l /src/made`));
      expect(moved).toMatchObject({ exitCode: 0 });
      const refused: unknown = await box.run(sh("true")).catch((error: unknown) => error);
      // By the plan of that run, or by the step that takes the layer up.
      expect(refused).toMatchObject({
        problems: [{ rule: expect.stringMatching(/^(path\/symlink-destination|overlay\/not-kept)$/) }],
      });
    } finally {
      await box.close();
    }
    expect(readdirSync(join(directory, "victim"))).toEqual([]);
    rmSync(directory, { recursive: true });
  });

  it.each(here)("a kept layer goes from run to run, one after the other ($name)", async ({ bwrap }) => {
    const { directory, profile } = files();
    const host = nodeHost({ env: { ...process.env, PATH: SYSTEM_PATH, SBX_BWRAP: bwrap } as Record<string, string> });
    const compiled = await compile({ profile: profile("./kept"), host });
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
    const box = await Sandbox.open({ plan: compiled.plan });
    try {
      await box.run(sh("echo more >>/src/file"));
      expect((await box.run(sh("cat /src/file"))).output).toBe("textmore\n");
      let held: Promise<unknown> = Promise.resolve();
      await new Promise<void>((begun) => {
        held = box.run(sh("echo begun; exec sleep 1000"), { onOutput: () => begun() });
      });
      await expect(box.run(sh("true"))).rejects.toMatchObject({ problems: [{ rule: "overlay/in-use" }] });
      void held.catch(() => {});
    } finally {
      await box.close();
    }
    expect(readFileSync(join(directory, "src/file"), "utf8")).toBe("text");
    rmSync(directory, { recursive: true });
    expect(runtime.trace()).toMatchObject({ mounts: [], files: [] });
  });
});
