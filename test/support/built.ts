import { join } from "node:path";
import { inject } from "vitest";
import type { Build } from "../../dev/local-stack/services.ts";

/** All rooms, compiled once for the whole test run: processes start from it in half the time. */
export function build(): Build {
  return { root: inject("buildRoot") };
}

/** @param main such as `dev/start/start.js` */
export function built(main: string): string {
  return join(inject("buildRoot"), main);
}

/** The product's own workflows. */
export function workflowBundlePath(): string {
  return built("workflow-bundle.js");
}
