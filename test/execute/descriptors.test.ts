import { describe, expect, it } from "vitest";
import { bwrapOptions, planDescriptors } from "../../src/execute/descriptors.ts";

const none = { inputs: [], passFds: [], inherited: [] };

describe("descriptors", () => {
  it("gives the status pipe the first free number", () => {
    expect(planDescriptors(none).status).toBe(3);
    expect(planDescriptors({ inputs: [3, 5], passFds: [4], inherited: [6, 251] }).status).toBe(7);
  });

  it("closes what is inherited and not asked for", () => {
    const plan = planDescriptors({ inputs: [3], passFds: [7], inherited: [0, 1, 2, 3, 7, 9, 251] });
    expect([...plan.slots]).toEqual([
      [3, "input"],
      [7, "pass"],
      [9, "close"],
      [251, "close"],
      [4, "status"],
    ]);
    expect(bwrapOptions(plan)).toEqual(["--json-status-fd", "4", "--args", "9", "--args", "251"]);
  });

  it("finds what an input and the command both want", () => {
    expect(planDescriptors({ inputs: [3, 4], passFds: [0, 4, 5], inherited: [] }).collisions).toEqual([4]);
  });
});
