import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Quick tests first: most mutants are killed by one of them. */
class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isSlow = ({ moduleId }: TestSpecification): number =>
      Number(/words\.test\.ts|generated\.test\.ts/.test(moduleId));
    return await Promise.resolve(files.toSorted((a, b) => isSlow(a) - isSlow(b)));
  }
}

/** What the mutation run asks of each mutant: the stories and the tables, not the properties, which take long. */
export default defineConfig({
  test: {
    include: [
      "test/domain/**/*.test.ts",
      "test/docs/generated.test.ts",
      "test/stories/planner.test.ts",
      "test/stories/words.test.ts",
    ],
    exclude: ["test/domain/properties.test.ts", "test/domain/matrix.test.ts"],
    setupFiles: ["test/mutation/static-mutants.ts"],
    sequence: { sequencer: QuickFirst },
    pool: "threads",
    // A mutant is a switch inside the code, so that modules need not be loaded anew for each.
    isolate: false,
    maxWorkers: 1,
    testTimeout: 20_000,
  },
});
