import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compile, Sandbox, SandboxError } from "../../src/index.ts";
import { ownRuntime, sh, smallProfile } from "./session.ts";

const runtime = ownRuntime();

async function refusal(action: () => Promise<unknown>): Promise<SandboxError> {
  const error = await action().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof SandboxError)) throw new Error(`no SandboxError: ${error}`);
  return error;
}

describe("a session", () => {
  it("runs many times; what is in its scratch lives until it ends, and nothing else", async () => {
    const before = runtime.trace();
    const box = await Sandbox.open(smallProfile(runtime.path));
    const codes: (number | undefined)[] = [];
    for (const command of ["true", "true", "false"]) codes.push((await box.run([command])).exitCode);
    expect(codes).toEqual([0, 0, 1]);
    expect((await box.run(sh("echo kept > /scratch/a; touch /tmp/b /run/c /d && ls /tmp /run"))).output).toContain("b");
    const later = await box.run(sh("cat /scratch/a; ls -A /tmp /run; test -e /d; echo $?"));
    expect(later.output).toBe("kept\n/run:\n\n/tmp:\n1\n");
    await box.close();
    expect(runtime.trace()).toEqual(before);
  });

  it("works with await using, and without", async () => {
    const before = runtime.trace();
    {
      await using box = await Sandbox.open(smallProfile(runtime.path));
      expect((await box.run(["true"])).exitCode).toBe(0);
      expect(runtime.trace()).not.toEqual(before);
    }
    expect(runtime.trace()).toEqual(before);
  });

  it("changes nothing when it is made, and is not open before, after, and after a failed opening", async () => {
    const before = runtime.trace();
    const box = new Sandbox(smallProfile(runtime.path));
    expect(runtime.trace()).toEqual(before);
    expect(await refusal(() => box.run(["true"]))).toMatchObject({ code: "not-open" });
    await box.open();
    expect(await refusal(() => box.open())).toMatchObject({ code: "already-open" });
    expect((await box.run(["true"])).exitCode).toBe(0);
    await box.close();
    await box.close();
    expect(await refusal(() => box.run(["true"]))).toMatchObject({ code: "not-open" });

    const late = join(runtime.path, "late");
    const failing = new Sandbox(smallProfile(runtime.path, { mounts: { "/late": { from: late } } }));
    const failed = await refusal(() => failing.open());
    expect(failed).toMatchObject({ code: "refused", message: expect.stringContaining(late) });
    expect(await refusal(() => failing.run(["true"]))).toMatchObject({ code: "not-open" });
    mkdirSync(late);
    await failing.open();
    expect((await failing.run(sh("test -d /late"))).exitCode).toBe(0);
    await failing.close();
  });

  it("can be opened again, with nothing left of the first time", async () => {
    const box = new Sandbox(smallProfile(runtime.path));
    await box.open();
    await box.run(sh("touch /scratch/first"));
    await box.close();
    await box.open();
    expect((await box.run(sh("ls /scratch"))).output).toBe("");
    await box.close();
  });

  it("ends what still runs when it is closed", async () => {
    const before = runtime.trace();
    const box = await Sandbox.open(smallProfile(runtime.path));
    let begun = () => {};
    const isUp = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const run = box.run(sh("echo up; sleep 1000"), { onOutput: () => begun() });
    await isUp;
    await box.close();
    expect(await run).toMatchObject({ ended: "aborted", output: "up\n" });
    expect(runtime.trace()).toEqual(before);
  });

  it("may be closed while it is opened, by two at once; what is registered meanwhile is refused or stopped", async () => {
    const before = runtime.trace();
    const heard: string[] = [];
    const slow = (endpoint: string) => ({
      endpoint,
      async start() {
        heard.push(`start ${endpoint}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      },
      stop: () => void heard.push(`stop ${endpoint}`),
    });
    const box = new Sandbox({ ...smallProfile(runtime.path), apis: [slow("a")] });
    const opening = box.open();
    expect(await refusal(() => box.open())).toMatchObject({ code: "already-open" });
    expect(await refusal(() => box.registerApi(slow("b")))).toMatchObject({ code: "not-open" });
    await Promise.all([box.close(), box.close()]);
    await opening;
    expect([box.isOpen, heard]).toEqual([false, ["start a", "stop a"]]);
    expect(runtime.trace()).toEqual(before);

    await box.open();
    const registering = [box.registerApi(slow("c")), box.registerApi(slow("d"))];
    const twice = refusal(() => box.registerApi(slow("c")));
    const closing = box.close();
    expect(await refusal(() => box.open())).toMatchObject({ code: "already-open" });
    expect(await refusal(() => box.run(["true"]))).toMatchObject({ code: "not-open" });
    await Promise.all([...registering, closing]);
    expect(await twice).toMatchObject({ code: "refused" });
    expect(heard.slice(2)).toEqual(["start a", "start c", "start d", "stop d", "stop c", "stop a"]);
    expect(runtime.trace()).toEqual(before);
  });

  it("is opened with a plan, too, which a run adds to; not with one from elsewhere", async () => {
    const compiled = await compile(smallProfile(runtime.path) as Parameters<typeof compile>[0]);
    if (!compiled.ok) throw new Error("no plan");
    const here = join(runtime.path, "here");
    mkdirSync(here);
    await using own = await Sandbox.open({ plan: compiled.plan });
    expect((await own.run(sh("ls -d /here"), { binds: [{ source: here, destination: "/here" }] })).output).toBe(
      "/here\n",
    );
    const foreign = JSON.parse(JSON.stringify(compiled.plan));
    expect(await refusal(() => Sandbox.open({ plan: foreign }))).toMatchObject({ code: "refused" });
  });

  it("goes on beside many others, with many runs each", async () => {
    const before = runtime.trace();
    const warnings: string[] = [];
    const warned = (warning: Error) => void warnings.push(warning.message);
    process.on("warning", warned);
    const boxes = await Promise.all(Array.from({ length: 12 }, () => Sandbox.open(smallProfile(runtime.path))));
    const runs = boxes.flatMap((box) => [box.run(["true"]), box.run(["false"])]);
    const codes = (await Promise.all(runs)).map(({ exitCode }) => exitCode);
    expect(codes).toEqual(boxes.flatMap(() => [0, 1]));
    await Promise.all(boxes.map((box) => box.close()));
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off("warning", warned);
    expect(warnings).toEqual([]);
    expect(runtime.trace()).toEqual(before);
  });

  it("leaves descriptors, mounts and directories as they were, however often", async () => {
    const trace = async () => {
      // What the last run let go of is closed in later turns.
      await new Promise((resolve) => setTimeout(resolve, 100));
      return { ...(runtime.trace() as object), descriptors: readdirSync("/proc/self/fd").length };
    };
    const round = async () => {
      const box = await Sandbox.open(smallProfile(runtime.path));
      expect((await box.run(["true"])).exitCode).toBe(0);
      await box.close();
    };
    await round();
    const before = await trace();
    for (let count = process.env.SBX_SOAK ? 1000 : 25; count > 0; count--) await round();
    expect(await trace()).toEqual(before);
  }, 600_000);
});
