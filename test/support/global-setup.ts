/** One Temporal dev server, and one bundle of the workflows, for the whole test run. */
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { bundleWorkflowCode, DefaultLogger } from "@temporalio/worker";
import type { TestProject } from "vitest/node";

import { findTemporalCli } from "../../local/temporal-cli.ts";
import { startTemporal, type TemporalServer } from "../../local/temporal-server.ts";

const WORKFLOWS = fileURLToPath(new URL("../../workflows/index.ts", import.meta.url));

/** Temporal's own default is 4,096 events. */
const LONG_EVENTS = 1_000;

let server: TemporalServer | null = null;
let folder: string | null = null;

export async function setup(project: TestProject): Promise<void> {
  const cli = await findTemporalCli({ env: process.env, say: console.log });
  folder = await mkdtemp(join(tmpdir(), "reprise-test-"));
  const bundlePath = existsSync(WORKFLOWS) ? join(folder, "workflow-bundle.cjs") : null;
  try {
    // Long runs continue as new here too: a recovery has a few hundred events in all its life.
    const dynamicConfig = { "limit.historyCount.suggestContinueAsNew": LONG_EVENTS };
    const started = startTemporal({ cli, timeSkipping: true, dynamicConfig });
    // Bundling may fail while the server starts: then there is still a server to stop.
    const [, bundled] = await Promise.allSettled([started, bundleWorkflows(bundlePath)]);
    server = await started;
    if (bundled.status === "rejected") throw bundled.reason;
  } catch (error) {
    await teardown();
    throw error;
  }
  project.provide("temporalAddress", server.address);
  project.provide("temporalNamespace", server.namespace);
  project.provide("longEvents", LONG_EVENTS);
  project.provide("temporalCliPath", cli.path);
  project.provide("workflowBundlePath", bundlePath);
  project.onTestsRerun(() => bundleWorkflows(bundlePath));
}

export async function teardown(): Promise<void> {
  await server?.stop();
  if (folder !== null) await rm(folder, { recursive: true, force: true });
}

async function bundleWorkflows(path: string | null): Promise<void> {
  if (path === null) return;
  const logger = new DefaultLogger("WARN");
  const { code } = await bundleWorkflowCode({ workflowsPath: WORKFLOWS, logger });
  await writeFile(path, code);
}
