import { closeSync, openSync } from "node:fs";
import type { Chapter } from "./promise.ts";

const LIST = ["sh", "-c", "ls /proc/self/fd | tr '\\n' ' '"];

export const descriptors: Chapter = {
  title: "Descriptors",
  text: "A descriptor is a way past every mount: the command gets 0, 1 and 2, and what `process.passFds` names.",
  promises: [
    {
      promise: "None above 2 is inherited",
      proof: "sbx started with descriptors 10 and 251 open",
      seen: "0 1 2, and the one that `ls` opens",
      async look({ room }) {
        const file = openSync(room.write("open", "text"), "r");
        const done = await room.sbx(["run", "-p", "base", "--", ...LIST], { descriptors: { 10: file, 251: file } });
        closeSync(file);
        return done.stdout.trim() === "0 1 2 3" ? "0 1 2, and the one that `ls` opens" : done.stdout + done.stderr;
      },
    },
    {
      promise: "but those that the profile passes",
      proof: "`process: {passFds: [10]}` and `cat <&10`",
      seen: "what is in it",
      async look({ room }) {
        const file = openSync(room.write("open", "what is in it"), "r");
        room.write("p.yml", "version: 1\nextends: [base]\nprocess: {passFds: [10]}\n");
        const argv = ["run", "-p", "./p.yml", "--", "bash", "-c", "cat <&10"];
        const done = await room.sbx(argv, { descriptors: { 10: file, 251: file } });
        closeSync(file);
        return done.stdout + done.stderr;
      },
    },
    {
      promise: "A directory as standard input is refused",
      proof: "`sbx run -- true < /`",
      seen: "exit code 125, execute/directory-descriptor",
      async look({ room }) {
        const { line } = room.call(["run", "-p", "base", "--", "true"]);
        const done = await room.run(["/bin/sh", "-c", `${line} </`]);
        return `exit code ${done.code}, ${/error\[([\w/-]+)\]/.exec(done.stderr)?.[1]}`;
      },
    },
    {
      promise: "Standard input may be closed",
      proof: "`sbx run -- cat <&-`",
      seen: "exit code 0",
      async look({ room }) {
        const { line } = room.call(["run", "-p", "base", "--", "cat"]);
        const done = await room.run(["/bin/sh", "-c", `${line} <&-`]);
        return `exit code ${done.code}`;
      },
    },
    {
      promise: "or a pipe, in every session",
      proof: "`echo in | sbx run -- cat` with `session` auto, new, keep and pty",
      seen: "in in in in",
      async look({ room }) {
        const heard: string[] = [];
        for (const session of ["auto", "new", "keep", "pty"]) {
          room.write("p.yml", `version: 1\nextends: [base]\nprocess: {session: ${session}}\n`);
          const done = await room.sbx(["run", "-p", "./p.yml", "--", "cat"], { stdin: "in" });
          heard.push(done.stdout || done.stderr);
        }
        return heard.join(" ");
      },
    },
  ],
};
