import { defineConfig } from "vitest/config";

/** What takes minutes: kills in bulk, many seeds. Not a gate of every change. */
export default defineConfig({
  test: {
    include: ["test/long/**/*.test.ts"],
    globalSetup: ["test/support/global-setup.ts"],
    pool: "forks",
    maxWorkers: 1,
    testTimeout: 1_800_000,
    hookTimeout: 120_000,
    passWithNoTests: true,
  },
});
