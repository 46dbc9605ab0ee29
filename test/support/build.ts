import { join } from "node:path";
import { inject } from "vitest";
import type { Build } from "../../dev/local-stack/services.ts";

/** All rooms, compiled once for the whole test run. Processes start from it in half the time. */
export function build(): Build {
  return { root: inject("buildRoot") };
}

/** Path of a compiled file. @param main its path in the project, such as `dev/start/start.js` */
export function builtFile(main: string): string {
  return join(inject("buildRoot"), main);
}

/** The bundle of the production workflows. */
export function workflowBundlePath(): string {
  return builtFile("workflow-bundle.js");
}
