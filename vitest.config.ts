import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const shared = { testTimeout: 30_000, hookTimeout: 30_000, teardownTimeout: 20_000 } as const;

/** What is pure, or keeps what it changes to itself: its files may share a process, and load the sources once. */
const ALONE = [
  "test/activities/**/*.test.ts",
  "test/code/**/*.test.ts",
  "test/config/**/*.test.ts",
  "test/domain/**/*.test.ts",
  "test/sandbox/**/*.test.ts",
  "test/stories/{decisions,model,texts}.test.ts",
];

export default defineConfig({
  test: {
    // Once for all projects.
    globalSetup: ["test/support/global-setup.ts"],
    // Most files share the machine with the Temporal server, and wait for it.
    maxWorkers: Math.max(3, Math.floor(availableParallelism() / 2)),
    projects: [
      { test: { ...shared, name: "alone", include: ALONE, pool: "forks", isolate: false } },
      {
        test: {
          ...shared,
          name: "together",
          include: ["test/**/*.test.ts"],
          exclude: ["test/browser/**", "test/long/**", ...ALONE],
          // Temporal's native addon wants a process of its own. @source reference/temporal.md 9
          pool: "forks",
          // Stories on the real workflow mostly wait for the server.
          maxConcurrency: 6,
        },
      },
    ],
  },
});
