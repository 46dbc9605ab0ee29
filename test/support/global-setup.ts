/** Starts one Temporal dev server and builds the sources once, for the whole test run. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import type { TestProject } from "vitest/node";

import { findTemporalCli } from "../../dev/temporal/cli.ts";
import { startTemporal, type TemporalServer } from "../../dev/temporal/server.ts";
import { bundleWorkflows } from "../../worker/bundle/workflow-bundle.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Runs continue as new after so many events. Temporal's default is 4,096. */
const LONG_EVENTS = 1_000;

let server: TemporalServer | null = null;
let folder: string | null = null;

export async function setup(project: TestProject): Promise<void> {
  const cli = await findTemporalCli({ env: process.env, print: console.log });
  // Inside the project, so that the build finds node_modules.
  await mkdir(join(ROOT, "data"), { recursive: true });
  folder = await mkdtemp(join(ROOT, "data", "test-build-"));
  const root = folder;
  try {
    // Low enough that long runs continue as new in tests: a whole recovery has a few hundred events.
    const dynamicConfig = {
      "limit.historyCount.suggestContinueAsNew": LONG_EVENTS,
      // Marked at the second failure of a workflow task, which comes within seconds. By default it takes a minute.
      "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute": 2,
    };
    const started = startTemporal({ cli, timeSkipping: true, dynamicConfig });
    // If the build fails while the server starts, the server must still be stopped.
    const [, built] = await Promise.allSettled([started, build(root)]);
    server = await started;
    if (built.status === "rejected") throw built.reason;
  } catch (error) {
    await teardown();
    throw error;
  }
  project.provide("temporalAddress", server.address);
  project.provide("temporalNamespace", server.namespace);
  project.provide("longEvents", LONG_EVENTS);
  project.provide("temporalCliPath", cli.path);
  project.provide("buildRoot", root);
  project.onTestsRerun(() => build(root));
}

export async function teardown(): Promise<void> {
  await server?.stop();
  if (folder !== null) await rm(folder, { recursive: true, force: true });
}

/** Compiles all rooms to JavaScript and bundles the workflows. Tests start processes and workers from here. */
async function build(root: string): Promise<void> {
  const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
  const args = [tsc, "-p", join(ROOT, "tsconfig.dev.json"), "--noCheck", "--outDir", root];
  const bundled = bundleWorkflows(join(ROOT, "workflows/index.ts"));
  const [code] = await Promise.all([bundled, promisify(execFile)(process.execPath, args)]);
  await writeFile(join(root, "workflow-bundle.js"), code);
}
