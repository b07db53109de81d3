import { afterAll, describe, expect, it } from "vitest";
import { runners } from "../support/bwraps.ts";
import { embedder } from "../support/embedder.ts";
import { install } from "../support/sbx.ts";

const installed = install();
afterAll(installed.remove);
const { run } = embedder(installed);

const COMMON = `
const { JsonLinesApi } = sbx;
const heard = [];
class Echo extends JsonLinesApi {
  handle(message) {
    heard.push([this.endpoint, message]);
    if (message.fail) throw new Error("as asked");
    return {size: JSON.stringify(message).length};
  }
}
const profile = {version: 1, directory: process.cwd(), extends: ["base"], dirs: {"/run/osbuild/api": {}},
  process: {cwd: "/", stdin: "none", session: "new"}};
// One message, and the answer, as a sandboxed program does it.
const ask = (path, message) => ["python3", "-c", \`
import json, socket, sys
s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])
s.sendall(sys.argv[2].encode() + b"\\\\n")
print(s.makefile().readline(), end="")\`, path, JSON.stringify(message)];
const box = new Sandbox({profile});
`;

describe.each(runners())("an API of a session, with $bwrap, as $user", ({ bwrap, user }) => {
  const room = installed.room(user, bwrap);
  const tell = async (text: string): Promise<readonly unknown[]> => {
    const done = await run(room, `${COMMON}${text}\nawait box.close();`);
    expect(done.stderr).toBe("");
    expect(done.code).toBe(0);
    return done.told;
  };

  it("is reached although the network is unshared, registered before or after opening", async () => {
    const [first, early, links, second, lateInFirst] = await tell(`
      await box.registerApi(new Echo({endpoint: "early"}));
      await box.open();
      tell((await box.run(["ls", "/run/osbuild/api"])).output);
      tell((await box.run(ask("/run/osbuild/api/early", {a: 1}))).output);
      tell((await box.run(["sh", "-c", "grep -c : /proc/net/dev"])).output);
      await box.registerApi(new Echo({endpoint: "/elsewhere/late"}));
      tell((await box.run(ask("/elsewhere/late", {b: 2}))).output);
      tell(heard);`);
    expect(first).toBe("early\n");
    expect(JSON.parse(String(early))).toMatchObject({ size: 7 });
    expect(links).toBe("1\n");
    expect(JSON.parse(String(second))).toMatchObject({ size: 7 });
    expect(lateInFirst).toEqual([
      ["early", { a: 1 }],
      ["/elsewhere/late", { b: 2 }],
    ]);
  });

  it("answers a message that its handler fails at, and lives", async () => {
    const [failed, fine] = await tell(`
      await box.registerApi(new Echo({endpoint: "echo"}));
      await box.open();
      tell((await box.run(ask("/run/osbuild/api/echo", {fail: true}))).output);
      tell((await box.run(ask("/run/osbuild/api/echo", {}))).output);`);
    expect(JSON.parse(String(failed))).toMatchObject({ error: { message: "as asked" } });
    expect(JSON.parse(String(fine))).toMatchObject({ size: 2 });
  });

  it("can't be hidden by a bind onto a directory above it; no mount point stays in what was bound", async () => {
    const [seen, left] = await tell(`
      mkdirSync("mine"); writeFileSync("mine/file", "");
      await box.registerApi(new Echo({endpoint: "echo"}));
      await box.open();
      tell((await box.run(ask("/run/osbuild/api/echo", {}), {binds: [{source: process.cwd() + "/mine", destination: "/run/osbuild"}]})).exitCode);
      tell(readdirSync("mine"));`);
    expect(seen).toBe(0);
    expect(left).toEqual(["file"]);
  });

  it("is refused twice at one place, at no place, and at an address that is too long", async () => {
    const [twice, odd, long, open] = await tell(`
      await box.open();
      await box.registerApi(new Echo({endpoint: "a"}));
      const refusal = (make) => Promise.resolve().then(make).catch((error) => [error.name, error.code]);
      tell(await refusal(() => box.registerApi(new Echo({endpoint: "a"}))));
      tell(await refusal(() => box.registerApi({endpoint: "a/b", start() {}, stop() {}})));
      const far = process.env.XDG_RUNTIME_DIR + "/" + "x".repeat(100);
      mkdirSync(far, {mode: 0o700});
      const host = nodeHost({env: {...process.env, XDG_RUNTIME_DIR: far}});
      const other = new Sandbox({profile, host, apis: [new Echo({endpoint: "a"})]});
      tell(await refusal(() => other.open()));
      tell([other.isOpen, readdirSync(far + "/sbx")]);`);
    expect(twice).toEqual(["SandboxError", "refused"]);
    expect(odd).toEqual(["SandboxError", "refused"]);
    expect(long).toEqual(["SandboxError", "not-opened"]);
    expect(open).toEqual([false, []]);
  });

  it("has heard everything when the session is closed", async () => {
    const [count] = await tell(`
      await box.registerApi(new Echo({endpoint: "echo"}));
      await box.open();
      const send = \`import socket
for i in range(50):
    s = socket.socket(socket.AF_UNIX); s.connect("/run/osbuild/api/echo"); s.sendall(b'{"i": %d}\\\\n' % i); s.close()\`;
      await box.run(["python3", "-c", send]);
      await box.close();
      tell(heard.length);`);
    expect(count).toBe(50);
  });
});
