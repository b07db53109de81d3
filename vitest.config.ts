import { defineConfig } from "vitest/config";

const soak = process.env.SBX_SOAK === "1";
/** Where the results go as JSON too, beside what is printed; `.ci/run` counts there. */
const report = process.env.SBX_TEST_REPORT;

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // A sandbox that never ends must end the test, not a slow machine.
    testTimeout: soak ? 600_000 : 60_000,
    hookTimeout: 60_000,
    // Most tests wait for processes: two at a time, also on two cores (vitest would take one worker there).
    maxWorkers: 2,
    setupFiles: [soak ? "test/soak.ts" : "test/repeatable.ts"],
    reporters: report ? ["default", "json"] : ["default"],
    ...(report ? { outputFile: { json: report } } : {}),
  },
});
