import { type Host, type Planned, tree } from "../../index.ts";
import { makeCall } from "../call.ts";
import { type DefineCommand, define } from "../command.ts";
import { type RunOptions, withRunOptions } from "../run-options.ts";

export const command: DefineCommand = (line, end) => {
  const shell = define("shell", line, {
    summary:
      "Open an interactive shell in the sandbox of a profile, or run a command there with a terminal of its own.",
    formats: ["text", "json"],
    examples: [
      ["look around in the sandbox of the .sandbox.yml found here", "sbx shell"],
      ["in a built-in one, with one more directory", "sbx shell -p untrusted --ro-bind /usr/share/doc:/doc"],
      ["an editor instead of a shell", "sbx shell -- vi notes.txt"],
    ],
  }).argument("[command...]", "what to run instead of a shell");
  return withRunOptions(shell, line).action(async (argv: readonly string[], options: RunOptions) => {
    const flag = [{ name: "interactive", on: true }, ...(options.flag ?? [])];
    const command = (planned: Planned, host: Host) => (argv.length > 0 ? argv : [shellOf(planned, host)]);
    return end(await makeCall({ verb: "shell", options: { ...options, flag }, line, argv: command }));
  });
};

/** The caller's own shell where the sandbox has it, else the best that it has; what there is not is for `run` to tell. */
function shellOf({ plan }: Planned, host: Host): string {
  const shown = tree(plan, host);
  const set = plan.env.SHELL?.value;
  const wanted = [typeof set === "string" ? set : undefined, host.env.SHELL, "/bin/bash", "/bin/sh"];
  return wanted.find((path) => path?.startsWith("/") && shown.walk(path).type === "file") ?? "sh";
}
