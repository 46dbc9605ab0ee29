import { afterEach, beforeEach, inject, vi } from "vitest";

/**
 * The switch with which Stryker's runner activates a mutant.
 * @source @stryker-mutator/vitest-runner 10, dist/src/stryker-setup.js
 */
type Switch = { activeMutant?: string | undefined; wasStatic?: boolean; killed?: unknown };
const provided = inject as (key: string) => unknown;

/** Runs before each test file, after Stryker's own setup. */
if (provided("mode") === "mutant") {
  const name = provided("globalNamespace") as keyof typeof globalThis;
  const state = globalThis[name] as Switch;
  // A mutant in a constant takes effect only while its module loads. Without isolation modules load once, so they are
  // loaded again for such a mutant and for the one after it.
  const isStatic = provided("mutantActivation") === "static";
  if (!isStatic) state.activeMutant = undefined;
  if (isStatic || state.wasStatic === true) vi.resetModules();
  state.wasStatic = isStatic;
  // A killed mutant needs no further test. Vitest's own bail would still load the other test files.
  const mutant = provided("activeMutant");
  const stopIfKilled = (): void => {
    if (state.killed === mutant) throw new Error("an earlier test killed this mutant");
  };
  stopIfKilled();
  beforeEach(stopIfKilled);
  afterEach(({ task }) => {
    if (task.result?.state === "fail") state.killed = mutant;
  });
}
