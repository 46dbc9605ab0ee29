import { defineConfig } from "vitest/config";
import { TEST_LIMIT_MS } from "./test/support/limits.ts";

/** Tests of pages in Chromium, which `.ci/run` installs. */
export default defineConfig({
  test: {
    include: ["test/browser/**/*.test.ts"],
    globalSetup: ["test/support/global-setup.ts"],
    pool: "forks",
    maxWorkers: 1,
    testTimeout: TEST_LIMIT_MS,
    hookTimeout: TEST_LIMIT_MS,
  },
});
