import { defineConfig } from "vitest/config";
import { TEST_LIMIT_MS } from "./test/support/limits.ts";

/** Tests that take minutes, such as many kills and many seeds. They do not gate every change. */
export default defineConfig({
  test: {
    include: ["test/long/**/*.test.ts"],
    globalSetup: ["test/support/global-setup.ts"],
    pool: "forks",
    maxWorkers: 1,
    testTimeout: 1_800_000,
    hookTimeout: TEST_LIMIT_MS,
    passWithNoTests: true,
  },
});
