import { expect, it } from "vitest";
import { EXIT_CODES, exitStatus } from "../../src/execute/exit-status.ts";

const none = { exitCode: undefined, signal: undefined };

it.each([
  [{ ...none, ended: "exit", exitCode: 0 }, 0],
  [{ ...none, ended: "exit", exitCode: 137 }, 137],
  [{ ...none, ended: "signal", signal: "SIGHUP" }, 129],
  [{ ...none, ended: "signal", signal: "SIGINT" }, 130],
  [{ ...none, ended: "signal", signal: "SIGQUIT" }, 131],
  // The command's own code of a stopped run is not the run's.
  [{ ended: "signal", signal: "SIGTERM", exitCode: 44 }, 143],
  [{ ...none, ended: "never-ran" }, 125],
  [{ ...none, ended: "killed", signal: "SIGKILL" }, 125],
] as const)("%o is %i", (outcome, code) => {
  expect(exitStatus(outcome)).toBe(code);
});

it("has one sentence for each code", () => {
  const codes = EXIT_CODES.map(({ commands, code }) => `${commands}: ${code}`);
  expect(codes).toEqual([
    ...["n", "128+n", "124", "125", "126", "127"].map((code) => `run, shell: ${code}`),
    ...["0", "1", "2"].map((code) => `all others: ${code}`),
  ]);
  for (const { meaning } of EXIT_CODES) expect(meaning).toMatch(/^[A-Z].*\.$/);
});
