import { afterAll, describe, expect, it } from "vitest";
import { runners } from "../support/bwraps.ts";
import { embedder } from "../support/embedder.ts";
import { inTerminal } from "../support/pty.ts";
import { install } from "../support/sbx.ts";

const installed = install();
afterAll(installed.remove);
const { write } = embedder(installed);

describe.each(runners())("the shell before a command, with $bwrap, as $user", ({ bwrap, user }) => {
  const room = installed.room(user, bwrap);
  const program = write(
    room,
    `
    const profile = {version: 1, directory: process.cwd(), extends: ["base"], mounts: {"/scratch": {scratch: process.env.XDG_RUNTIME_DIR}},
      process: {cwd: "/", stdin: "none", session: "new", wrapper: ["/usr/bin/env", "WRAPPED=yes"]}, env: {set: {PS1: "debug> "}}};
    const box = await Sandbox.open({profile});
    try {
      const done = await box.run(["sh", "-c", "echo $WRAPPED; cat /scratch/word"], {debugShell: ["/bin/sh"]});
      console.log("output:", done.output.replace("\\n", " "));
    } catch (error) { console.log("error:", error.code); }
    await box.close();`,
  );
  const inShell = async (...lines: readonly string[]) => {
    const { env } = room.call([]);
    const terminal = await inTerminal([process.execPath, program], { user, cwd: room.project, env });
    await terminal.shows("debug> ");
    for (const line of lines) terminal.type(`${line}\r`);
    return terminal;
  };

  it("is on the terminal, in the same sandbox, without the wrapper, with job control; then the command runs", async () => {
    const terminal = await inShell(
      "test -t 0 && echo on-a-\\tty; echo word-$WRAPPED > /scratch/word; sh -c 'echo up-$((1 + 1)); exec sleep 1000'",
    );
    await terminal.shows("on-a-tty");
    await terminal.shows("up-2");
    terminal.type("\x03");
    await terminal.shows("debug> ");
    terminal.type("exit 0\r");
    await terminal.shows("output: yes word-");
    expect(await terminal.ended).toBe(0);
    await terminal.close();
  });

  it("keeps the command from running when it ends with an error", async () => {
    const terminal = await inShell("exit 1");
    await terminal.shows("error: debug-shell");
    expect(await terminal.ended).toBe(0);
    await terminal.close();
  });
});
