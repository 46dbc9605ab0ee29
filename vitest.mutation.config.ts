import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The tests that kill most mutants come first, slow ones last. */
function rankOf({ moduleId }: TestSpecification): number {
  if (moduleId.endsWith("transcripts.test.ts")) return 0;
  if (moduleId.endsWith("decisions.test.ts")) return 1;
  return /(texts|generated)\.test\.ts$/.test(moduleId) ? 3 : 2;
}

class KillersFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return await Promise.resolve(files.toSorted((a, b) => rankOf(a) - rankOf(b)));
  }
}

/** The tests for each mutant: stories, tables and some simulator runs, but not the properties, which take long. */
export default defineConfig({
  test: {
    include: [
      "test/domain/**/*.test.ts",
      "test/docs/generated.test.ts",
      "test/simulator/transcripts.test.ts",
      "test/stories/texts.test.ts",
      "test/stories/decisions.test.ts",
    ],
    exclude: ["test/domain/scenarios/properties.test.ts", "test/domain/scenarios/matrix.test.ts"],
    setupFiles: ["test/mutation/mutants.ts"],
    sequence: { sequencer: KillersFirst },
    pool: "threads",
    // A mutant is a switch inside the code, so modules do not have to be loaded again for each.
    isolate: false,
    maxWorkers: 1,
    testTimeout: 60_000,
  },
});
