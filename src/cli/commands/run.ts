import { makeCall } from "../call.ts";
import { type DefineCommand, define } from "../command.ts";
import { type RunOptions, withRunOptions } from "../run-options.ts";

export const command: DefineCommand = (line, end) => {
  const run = define("run", line, {
    summary: "Run a command in the sandbox of a profile. Its exit code is the command's own.",
    formats: ["text", "json"],
    examples: [
      ["in the sandbox of the .sandbox.yml found here", "sbx run -- npm test"],
      ["in a built-in one, with the network", "sbx run -p node --flag network -- npm ci"],
      ["with one more directory, for a minute at most", "sbx run --ro-bind ~/data:/data --timeout 1m -- ./report"],
    ],
  }).argument("<command...>", "the command and its arguments");
  return withRunOptions(run, line).action(async (argv: readonly string[], options: RunOptions) =>
    end(await makeCall({ verb: "run", options, line, argv: () => argv })),
  );
};
