import { availableParallelism } from "node:os";

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/browser/**", "test/long/**"],
    globalSetup: ["test/support/global-setup.ts"],
    // Temporal's native addon wants a process of its own. @source reference/temporal.md 9
    pool: "forks",
    // The files share the machine with the Temporal server, and mostly wait for it.
    maxWorkers: Math.max(2, Math.floor(availableParallelism() / 2)),
    // Stories on the real workflow mostly wait for the server.
    maxConcurrency: 6,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    teardownTimeout: 20_000,
  },
});
