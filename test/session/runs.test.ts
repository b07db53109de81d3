import { afterAll, describe, expect, it } from "vitest";
import { runners } from "../support/bwraps.ts";
import { embedder } from "../support/embedder.ts";
import { install, type Room } from "../support/sbx.ts";

const installed = install();
afterAll(installed.remove);
const { run, start } = embedder(installed);

const OPEN = `
const profile = {version: 1, directory: process.cwd(), extends: ["base"], mounts: {"/scratch": {scratch: process.env.XDG_RUNTIME_DIR}},
  process: {cwd: "/", stdin: "none", session: "new", killAfter: "300ms"}};
const box = await Sandbox.open({profile, monitor: globalThis.monitor});
const sh = (script, options) => box.run(["sh", "-c", script], options);
`;

describe.each(runners())("a run in a session, with $bwrap, as $user", ({ bwrap, user }) => {
  const room = installed.room(user, bwrap);
  const tell = async (text: string, inRoom: Room = room): Promise<readonly unknown[]> => {
    const done = await run(inRoom, `${OPEN}${text}\nawait box.close();`);
    expect(done.stderr).toBe("");
    expect(done.code).toBe(0);
    return done.told;
  };

  it("gives code, signal, duration and output; stdout and stderr are the same stream", async () => {
    const [done] = await tell('tell(await sh("echo a; echo b >&2; exit 3"));');
    expect(done).toMatchObject({ ended: "exit", exitCode: 3, output: "a\nb\n", stdout: "a\nb\n", stderr: "a\nb\n" });
    expect(done).toMatchObject({ truncated: false, cleanup: [], problems: [], limitsHit: [] });
    expect(done).toHaveProperty("process.pid", expect.any(Number));
    expect(done).toHaveProperty("durationMs", expect.any(Number));
  });

  it("gives them apart when asked, and keeps the end of what is too much", async () => {
    const told = await tell(`
      tell(await sh("echo a; echo b >&2", {separate: true}));
      const {output, truncated} = await sh("yes | head -c 300000; echo last", {keepOutput: 31000});
      tell([Buffer.byteLength(output) <= 31000, output.endsWith("y\\nlast\\n"), truncated]);`);
    expect(told[0]).toMatchObject({ stdout: "a\n", stderr: "b\n" });
    expect(told[1]).toEqual([true, true, true]);
  });

  it("never cuts a character, and replaces what is none", async () => {
    const [whole, pieces] = await tell(`
      const heard = [];
      const {output} = await sh("printf x; i=0; while [ $i -lt 400 ]; do printf '€%.0s' $(seq 100); i=$((i+1)); done; printf '\\\\377'", {onOutput: (text) => void heard.push(text)});
      tell(output === "x" + "€".repeat(40000) + "\\ufffd"); tell(heard.join("") === output);`);
    expect([whole, pieces]).toEqual([true, true]);
  });

  it("hands output over while the command goes on", async () => {
    // The command ends only when its first word has been heard.
    const [done] = await tell(`
      mkdirSync("box"); 
      tell(await sh("echo first; until [ -e /box/go ]; do sleep 0.05; done; echo last", {
        binds: [{source: process.cwd() + "/box", destination: "/box"}],
        onOutput: (text) => { if (text.includes("first")) writeFileSync("box/go", ""); },
      }));`);
    expect(done).toMatchObject({ exitCode: 0, output: "first\nlast\n" });
  });

  it("has its own binds: writable, read-only, with colons and spaces, files, directories, sockets", async () => {
    const [ro, rw, odd, socket, next] = await tell(`
      const net = await import("node:net");
      const here = (name) => process.cwd() + "/" + name;
      mkdirSync("ro"); mkdirSync("rw"); mkdirSync("a:b c"); writeFileSync("a:b c/file", "odd");
      const server = net.createServer((client) => client.end()).listen("socket"); await new Promise((up) => server.on("listening", up));
      const at = {binds: [{source: here("rw"), destination: "/x/rw"}, {source: here("a:b c"), destination: "/x/a:b c"}, {source: here("socket"), destination: "/x/socket"}],
        readonlyBinds: [{source: here("ro"), destination: "/x/ro"}, {source: here("a:b c/file"), destination: "/x/rw/in it"}]};
      tell((await sh("touch /x/ro/a", at)).exitCode !== 0);
      tell((await sh("touch /x/rw/a", at)).exitCode === 0 && readdirSync("rw").includes("a"));
      tell((await sh("cat '/x/a:b c/file' '/x/rw/in it'", at)).output);
      tell((await sh("test -S /x/socket", at)).exitCode);
      tell([(await sh("ls -d /x")).exitCode !== 0, readdirSync("rw")]);
      server.close();`);
    expect([ro, rw, odd, socket]).toEqual([true, true, "oddodd", 0]);
    // Nothing of one run is in the next, and no mount point is left in what was bound.
    expect(next).toEqual([true, ["a"]]);
  });

  it("takes entries as a profile has them, and says what is wrong with them", async () => {
    const [good, bad] = await tell(`
      mkdirSync("m", {recursive: true});
      tell((await sh("touch /m/x && ls /m; ls /skipped", {mounts: {"/m": {from: process.cwd() + "/m", access: "rw"}, "/skipped": {from: "/no/such", missing: "skip"}}})).output);
      try { await sh("true", {mounts: {"/m": {from: "/m", acess: "rw"}}}); } catch (error) { tell([error.code, error.problems[0].rule, error.message]); }`);
    expect(good).toMatch(/^x\n.*skipped/s);
    expect(bad).toEqual(["refused", expect.stringMatching(/unknown/), expect.stringMatching(/acess/)]);
  });

  it("has its own environment, working directory and standard input; the caller's objects stay as they are", async () => {
    const [env, cwd, stdin, none, refused] = await tell(`
      const own = Object.freeze({SOURCE_DATE_EPOCH: "1", PATH: "/usr/bin:/bin", ODD: "\${HOME} $x"});
      tell((await sh('echo "$SOURCE_DATE_EPOCH $PATH $ODD"; echo "\${CANARY-absent}"', {env: own})).output);
      tell((await sh("pwd", {cwd: "/made/here"})).output);
      tell((await sh("cat; test -t 0; echo $?", {stdin: "words\\n"})).output);
      tell((await sh("cat; echo $?")).output);
      try { await sh("true", {cwd: "not/absolute"}); } catch (error) { tell(error.message); }`);
    expect(env).toBe("1 /usr/bin:/bin ${HOME} $x\nabsent\n");
    expect([cwd, stdin, none]).toEqual(["/made/here\n", "words\n1\n", "0\n"]);
    expect(refused).toMatch(/must be an absolute path/);
  });

  it("ends at its time limit, silent, chatty or with closed output, and gives what was written", async () => {
    const [silent, chatty, closed, enough] = await tell(`
      tell(await sh("echo so far; sleep 1000", {timeout: 300}));
      tell((await sh("while :; do echo x; sleep 0.01; done", {timeout: "300ms"})).ended);
      tell((await sh("exec >&- 2>&-; sleep 1000", {timeout: 300})).ended);
      tell((await sh("exec >&- 2>&-; sleep 0.2; exit 7", {timeout: "1m"})).exitCode);`);
    expect(silent).toMatchObject({ ended: "timeout", output: "so far\n", limitsHit: ["time"] });
    expect([chatty, closed, enough]).toEqual(["timeout", "timeout", 7]);
  });

  it("is ended by an AbortSignal", async () => {
    const [done] = await tell(`
      const stop = new AbortController();
      tell(await sh("echo up; sleep 1000", {abort: stop.signal, onOutput: () => stop.abort()}));`);
    expect(done).toMatchObject({ ended: "aborted", output: "up\n" });
  });

  it("tells a command killed inside from a bwrap killed outside", async () => {
    const [inside, outside] = await tell(`
      tell(await sh("kill -9 $$"));
      let found;
      const mine = () => readFileSync("/proc/self/task/" + process.pid + "/children", "utf8").trim().split(" ");
      tell(await sh("echo up; sleep 1000", {onOutput() {
        const bwrap = mine().find((pid) => readFileSync("/proc/" + pid + "/cmdline", "utf8").includes("--json-status-fd"));
        process.kill(Number(bwrap), "SIGKILL");
      }}));`);
    expect(inside).toMatchObject({ ended: "exit", exitCode: 137 });
    expect(outside).toMatchObject({ ended: "killed", signal: "SIGKILL" });
  });

  it("that never ran is an error, with what was said; the monitor heard the same", async () => {
    const [missing, broken, heard] = await tell(`
      let log = "";
      const monitor = {log: (text) => { log += text; }};
      try { await box.run(["no-such-runner"], {monitor}); } catch (error) { tell([error.name, error.code, error.exitCode, error.output !== "" && error.output === log]); }
      writeFileSync("bad", "#!/no/such/interpreter\\n", {mode: 0o755});
      log = "";
      try { tell(await box.run(["/bad"], {monitor, binds: [{source: process.cwd() + "/bad", destination: "/bad"}]})); } catch (error) { tell([error.name, error.code, error.exitCode, error.output !== "" && error.output === log]); }
      tell((await sh("true")).exitCode);`);
    expect(missing).toEqual(["SandboxError", "never-ran", 127, true]);
    expect(broken).toEqual(["SandboxError", "never-ran", expect.any(Number), true]);
    expect(heard).toBe(0);
  });

  it("may go on beside another, each with its own output", async () => {
    const [outputs] = await tell(`
      tell((await Promise.all([..."abc"].map((word) => sh("sleep 0.1; echo " + word)))).map(({output}) => output));`);
    expect(outputs).toEqual(["a\n", "b\n", "c\n"]);
  });

  it("is heard of by the monitor: stage, log with its origin, result", async () => {
    const [tape] = await tell(`
      const tape = [];
      const monitor = {stage: (stage) => void tape.push(["stage", stage.name, stage.options]), log: (text, origin) => void tape.push(["log", text, origin]),
        result: (result) => void tape.push(["result", result.name, result.exitCode])};
      const options = {packages: ["a"]};
      monitor.stage = (stage) => { tape.push(["stage", stage.name, {...stage.options}]); try { stage.options.packages = 1; } catch {} };
      await sh("echo hi", {monitor, origin: "stages/one", stage: {name: "one", options}});
      tell([...tape, options]);`);
    expect(tape).toEqual([
      ["stage", "one", { packages: ["a"] }],
      ["log", "hi\n", "stages/one"],
      ["result", "one", 0],
      { packages: ["a"] },
    ]);
  });

  it.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
    "%s ends it, closes the session, then the program",
    async (signal) => {
      const program = start(
        room,
        `${OPEN}
      const run = sh("trap '' TERM INT HUP; setsid sleep 1000 & echo up; sleep 1000", {onOutput: () => console.log("up")});
      await run;
      console.log("never waits for the session to be closed");
      await new Promise(() => setInterval(() => {}, 1000));`,
        { env: { KEEP: "1" } },
      );
      await program.said("up");
      program.child.kill(signal);
      program.child.kill(signal);
      const done = await program.done;
      expect([done.code, done.signal]).toEqual([null, signal]);
      const [left] = await tell('tell(readdirSync(process.env.XDG_RUNTIME_DIR + "/sbx").length);');
      // The one that asks.
      expect(left).toBe(1);
    },
  );

  it("a signal while the session is opened leaves nothing either", async () => {
    const own = installed.room(user, bwrap);
    const program = start(
      own,
      `const slow = {endpoint: "slow", start: () => { console.log("opening"); return new Promise((up) => setTimeout(up, 200)); }, stop: () => console.log("stopped")};
      await Sandbox.open({profile: {version: 1, directory: process.cwd(), extends: ["base"], mounts: {"/scratch": {scratch: true}}}, apis: [slow]});
      await new Promise(() => setInterval(() => {}, 1000));`,
    );
    await program.said("opening");
    program.child.kill("SIGTERM");
    const done = await program.done;
    expect([done.signal, done.stdout, done.stderr]).toEqual(["SIGTERM", "opening\nstopped\n", ""]);
    const [left] = await tell('tell(readdirSync(process.env.XDG_RUNTIME_DIR + "/sbx").length);', own);
    expect(left).toBe(1);
  });

  it("SIGKILL of the program ends the sandbox; the next session undoes what is left", async () => {
    const own = installed.room(user, bwrap);
    const program = start(own, `${OPEN}await sh("echo up; sleep 1000", {onOutput: () => console.log("up")});`);
    await program.said("up");
    program.child.kill("SIGKILL");
    expect((await program.done).signal).toBe("SIGKILL");
    const [left] = await tell(
      'tell([readdirSync(process.env.XDG_RUNTIME_DIR + "/sbx").length, readdirSync(process.env.XDG_RUNTIME_DIR).length]);',
      own,
    );
    expect(left).toEqual([1, 2]);
  });
});
