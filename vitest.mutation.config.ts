import { defineConfig } from "vitest/config";

/** What the mutation run asks of each mutant: the stories, not the properties, which take long and say little. */
export default defineConfig({
  test: {
    include: [
      "test/domain/**/*.test.ts",
      "test/stories/planner.test.ts",
      "test/stories/words.test.ts",
    ],
    exclude: ["test/domain/properties.test.ts", "test/domain/matrix.test.ts"],
    pool: "threads",
    maxWorkers: 1,
    testTimeout: 20_000,
  },
});
