import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { variantsPlugin } from "./test/stories/no-prose/plugin.ts";
import { VARIANTS } from "./test/stories/no-prose/variants.ts";
import { TEST_LIMIT_MS } from "./test/support/limits.ts";

const shared = {
  testTimeout: TEST_LIMIT_MS,
  hookTimeout: TEST_LIMIT_MS,
  teardownTimeout: TEST_LIMIT_MS,
} as const;

/** Tests that change nothing outside of themselves: their files share a process and load the sources once. */
const SHARED_PROCESS = [
  "test/activities/**/*.test.ts",
  "test/bench/**/*.test.ts",
  "test/code/**/*.test.ts",
  "test/config/**/*.test.ts",
  "test/docs/**/*.test.ts",
  "test/dodo/**/*.test.ts",
  "test/domain/**/*.test.ts",
  "test/platform/**/*.test.ts",
  "test/sandbox/**/*.test.ts",
  "test/server/**/*.test.ts",
  "test/simulator/**/*.test.ts",
  "test/stories/{decisions,model,texts}.test.ts",
];

/** Replaces a module that the set-up file has replaced for all others. */
const OWN_PROCESS = ["test/workflows/proof.test.ts"];

/** Loads the code once more without its sentences. */
const NO_PROSE = "test/stories/no-prose.test.ts";

/** These take longest, and start first, so that none of them runs alone at the end. */
const LONGEST = [
  "test/stories/temporal.test.ts",
  "test/processes/kill.test.ts",
  "test/stories/temporal-accounts.test.ts",
  "test/workflows/requests/mandate-setup.test.ts",
];

/** Files of one project stay together, because only they can share a process. */
const PROJECTS = ["temporal", "own-process", "no-prose", "shared-process"];

function rankOf({ moduleId, project }: TestSpecification): number {
  const index = LONGEST.findIndex((path) => moduleId.endsWith(path));
  return index === -1 ? LONGEST.length + PROJECTS.indexOf(project.name) : index;
}

/** Vitest knows how long a file takes only after a run, and sorts by size before. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((a, b) => rankOf(a) - rankOf(b));
  }
}

const onTemporal = {
  ...shared,
  setupFiles: "test/support/patient-gateway.ts",
  // The SDK's native addon crashes in threads. @source temporalio/sdk-typescript#876
  pool: "forks",
  // Stories on Temporal mostly wait for the server.
  maxConcurrency: 6,
} as const;

export default defineConfig({
  test: {
    // Once for all projects.
    globalSetup: ["test/support/global-setup.ts"],
    sequence: { sequencer: LongestFirst },
    // Most files share the machine with the Temporal server and wait for it.
    maxWorkers: Math.max(3, Math.floor(availableParallelism() / 2)),
    projects: [
      {
        test: {
          ...shared,
          name: "shared-process",
          include: SHARED_PROCESS,
          pool: "forks",
          isolate: false,
        },
      },
      {
        test: {
          ...onTemporal,
          name: "temporal",
          include: ["test/**/*.test.ts"],
          exclude: ["test/browser/**", "test/long/**", NO_PROSE, ...OWN_PROCESS, ...SHARED_PROCESS],
          isolate: false,
        },
      },
      { test: { ...onTemporal, name: "own-process", include: OWN_PROCESS } },
      {
        plugins: [variantsPlugin(import.meta.dirname, VARIANTS)],
        test: { ...shared, name: "no-prose", include: [NO_PROSE], pool: "forks" },
      },
    ],
  },
});
