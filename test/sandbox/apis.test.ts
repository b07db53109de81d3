import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runners } from "../support/bwraps.ts";
import { install } from "../support/sbx.ts";

const installed = install();
afterAll(installed.remove);

// Answers each line with how often it was asked; ends when it is told to.
const SERVER = `#!/usr/bin/python3
import socket, sys
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen()
count = 0
while True:
    client, _ = listener.accept()
    words = client.makefile()
    for line in words:
        if line == "die\\n":
            sys.exit(3)
        count += 1
        client.sendall(b"%d\\n" % count)
`;

const ASK = `import socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect("/run/api/count")
s.sendall(sys.argv[1].encode() + b"\\n")
print(s.makefile().readline(), end="")
`;

describe.each(runners())("a server of a profile's apis, with $bwrap, as $user", ({ bwrap, user }) => {
  const room = installed.room(user, bwrap);
  const server = room.write("../server.py", SERVER, 0o755);
  const profile = (command: string, ready = "10s") => `version: 1
extends: [base]
process: {cwd: /, stdin: none}
apis: {count: {command: ${command}, at: /run/api/count, ready: ${ready}}}
`;
  room.write("good.yml", profile(JSON.stringify([server, "{socket}"])));
  room.write("none.yml", profile('[/no/such/server, "{socket}"]'));
  room.write("early.yml", profile('[/bin/sh, -c, "echo sorry >&2; exit 4"]'));
  room.write("late.yml", profile("[/bin/sleep, 1000]", "200ms"));
  const run = (name: string, ...command: readonly string[]) =>
    room.sbx(["run", "-p", `./${name}`, "--allow-api", "count", "--", ...command]);
  const left = () => {
    const runs = join(room.home, "../runtime/sbx");
    return readdirSync(runs);
  };

  it("is reached inside, without a network; it ends with the run", async () => {
    const done = await run(
      "good.yml",
      "python3",
      "-c",
      `${ASK}\nprint(open("/proc/net/dev").read().count(":"))`,
      "hello",
    );
    expect(done).toMatchObject({ code: 0, stdout: "1\n1\n", stderr: "" });
    // Another server for another run.
    expect((await run("good.yml", "python3", "-c", ASK, "hello")).stdout).toBe("1\n");
    expect(left()).toEqual([]);
  });

  it("is named by somebody who may: otherwise nothing is started", async () => {
    const refused = await room.sbx(["run", "-p", "./good.yml", "--", "true"]);
    expect(refused.code).toBe(125);
    expect(refused.stderr).toMatch(/good\.yml:4:\d+: error\[.*--allow-api count/s);
    expect((await run("good.yml", "true")).code).toBe(0);
  });

  it.each([
    ["none.yml", /none\.yml:4:\d+: error\[api\/[\w-]+\]: .*\/no\/such\/server/],
    ["early.yml", /early\.yml:4:\d+: error\[api\/[\w-]+\]: .*count.*4/],
    ["late.yml", /late\.yml:4:\d+: error\[api\/[\w-]+\]: .*count.*200/],
  ])("that does not come up (%s) keeps the command from being started", async (name, words) => {
    const done = await run(name, "echo", "never");
    expect(done).toMatchObject({ code: 125, stdout: "" });
    expect(done.stderr).toMatch(words);
    expect(left()).toEqual([]);
  });

  it("is no program that the command could exchange", async () => {
    room.write("server.py", SERVER, 0o755);
    const inProject = `version: 1
extends: [base]
process: {cwd: /, stdin: none}
apis: {count: {command: [${room.project}/server.py, "{socket}"], at: /run/api/count}}
`;
    room.write("within.yml", `${inProject}mounts: {.: rw}\n`);
    room.write("beside.yml", `${inProject}mounts: {.: ro}\n`);
    const done = await run("within.yml", "true");
    expect(done.code).toBe(125);
    expect(done.stderr).toMatch(/within\.yml:5:.*error\[trust\/guard-in-reach\]: the server of apis\.count/);
    expect((await run("beside.yml", "python3", "-c", ASK, "hello")).stdout).toBe("1\n");
  });

  it("is found on PATH by its name", async () => {
    room.write("named.yml", profile(`[python3, ${server}, "{socket}"]`));
    expect((await run("named.yml", "python3", "-c", ASK, "hello")).stdout).toBe("1\n");
  });

  it("that dies meanwhile is told of, and the command's code stays its own", async () => {
    // Its socket is closed a moment before it is gone: who ends it then could have been sbx.
    const done = await run("good.yml", "python3", "-c", `${ASK}\nimport time; time.sleep(1); sys.exit(7)`, "die");
    expect(done.code).toBe(7);
    expect(done.stderr).toMatch(/good\.yml:4:\d+: \w+\[api\/died\]: .*count/);
  });
});
