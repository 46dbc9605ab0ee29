import { afterEach, beforeEach, inject, vi } from "vitest";

/**
 * What Stryker's runner says of the mutant, and where it keeps the switch.
 * @source @stryker-mutator/vitest-runner 10, dist/src/stryker-setup.js
 */
type Switch = { activeMutant?: string | undefined; wasStatic?: boolean; killed?: unknown };
const said = inject as (key: string) => unknown;

/** Runs before each test file, after Stryker's own set-up. */
if (said("mode") === "mutant") {
  const name = said("globalNamespace") as keyof typeof globalThis;
  const state = globalThis[name] as Switch;
  // A mutant in a table works only while its module loads. Without isolation modules load once: for such a mutant, and
  // after it, they load anew.
  const isStatic = said("mutantActivation") === "static";
  if (!isStatic) state.activeMutant = undefined;
  if (isStatic || state.wasStatic === true) vi.resetModules();
  state.wasStatic = isStatic;
  // One that is killed is asked nothing more. Vitest's own bail loads the other test files all the same.
  const mutant = said("activeMutant");
  const stopIfKilled = (): void => {
    if (state.killed === mutant) throw new Error("killed by a test before");
  };
  stopIfKilled();
  beforeEach(stopIfKilled);
  afterEach(({ task }) => {
    if (task.result?.state === "fail") state.killed = mutant;
  });
}
