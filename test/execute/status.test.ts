import fc from "fast-check";
import { expect, it } from "vitest";
import { createStatusReader } from "../../src/execute/status.ts";

const LINES = '{ "child-pid": 4711, "pid-namespace": 1 }\n{ "exit-code": 42 }\n';

function read(pieces: readonly string[]) {
  const pids: number[] = [];
  const reader = createStatusReader((pid) => pids.push(pid));
  for (const piece of pieces) reader.push(piece);
  return { ...reader.status, pids };
}

it("reads the lines however they are cut", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(LINES.length)), (cuts) => {
      const at = [0, ...cuts.toSorted((one, other) => one - other), LINES.length];
      const pieces = at.slice(1).map((end, index) => LINES.slice(at[index], end));
      expect(read(pieces)).toEqual({ childPid: 4711, exitCode: 42, pids: [4711] });
    }),
  );
});

it("knows nothing of what was not told", () => {
  expect(read([])).toEqual({ childPid: undefined, exitCode: undefined, pids: [] });
  // A line without its end may be half a number.
  expect(read(['{ "child-pid": 1 }\n{ "exit-code": 4 }'])).toEqual({ childPid: 1, exitCode: undefined, pids: [1] });
});

it("skips what it can't read", () => {
  const garbage = [
    "\n",
    "null\n",
    "[]\n",
    "7\n",
    "{\n",
    '{"exit-code":"0"}\n',
    '{"exit-code":-1}\n',
    '{"exit-code":1.5}\n',
  ];
  expect(read(garbage)).toEqual({ childPid: undefined, exitCode: undefined, pids: [] });
  expect(read([...garbage, LINES, '{"child-pid":1,"exit-code":2}\n'])).toEqual({
    childPid: 4711,
    exitCode: 42,
    pids: [4711],
  });
});
