/** Connections, namespaces and workers on the dev server that `global-setup.ts` started. */
import { randomUUID } from "node:crypto";

import { msToTs } from "@temporalio/common/lib/time.js";
import { TestWorkflowEnvironment } from "@temporalio/testing";
import {
  DefaultLogger,
  type LogLevel,
  Runtime,
  Worker,
  type WorkerOptions,
} from "@temporalio/worker";
import { inject } from "vitest";

import { setUpNamespace } from "../../../dev/temporal/namespace.ts";
import { SEARCH_ATTRIBUTES } from "../../../dev/temporal/server.ts";
import { workflowBundlePath } from "../build.ts";
import { WAIT_LIMIT_MS } from "../limits.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** `host:port` */
    temporalAddress: string;
    temporalNamespace: string;
    /** Number of events at which the server suggests to continue as new. */
    longEvents: number;
    /** Path of the Temporal CLI, for tests that start a server of their own. */
    temporalCliPath: string;
    /** Folder with all rooms compiled to JavaScript and the workflow bundle. */
    buildRoot: string;
  }
}

/** Connects a client and a worker to the shared server. Close it with `teardown()`. */
export async function connectTemporal(): Promise<TestWorkflowEnvironment> {
  installRuntime();
  return await TestWorkflowEnvironment.createFromExistingServer({
    address: inject("temporalAddress"),
    namespace: inject("temporalNamespace"),
  });
}

/** Creates a namespace for one test, for what exists once per namespace, such as the sweep's schedule. */
export async function createNamespace(environment: TestWorkflowEnvironment): Promise<string> {
  const namespace = `test-${randomUUID()}`;
  await environment.connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: msToTs("2d"),
  });
  await setUpNamespace({
    address: inject("temporalAddress"),
    namespace,
    retentionDays: 2,
    searchAttributes: SEARCH_ATTRIBUTES,
    timeoutMs: WAIT_LIMIT_MS,
    ended: new Promise(() => undefined),
  });
  return namespace;
}

/** A task queue that no other test polls. */
export function uniqueTaskQueue(prefix = "test"): string {
  return `${prefix}-${randomUUID()}`;
}

/**
 * Runs a worker while `work` runs. Without `workflowsPath` or `workflowBundle` it has the production workflows, which
 * are bundled once for the whole test run.
 */
export async function withWorker<T>(
  environment: TestWorkflowEnvironment,
  options: Omit<WorkerOptions, "connection" | "namespace">,
  work: (worker: Worker) => Promise<T>,
): Promise<T> {
  const namespace = environment.namespace ?? "default";
  const connection = environment.nativeConnection;
  const worker = await Worker.create({ ...withBundle(options), connection, namespace });
  return await whileRunning([worker], () => work(worker));
}

/** Runs all workers while `work` runs. If one fails, the call fails. */
export async function whileRunning<T>(
  workers: readonly Worker[],
  work: () => Promise<T>,
): Promise<T> {
  const [first, ...rest] = workers;
  if (first === undefined) return await work();
  return await first.runUntil(() => whileRunning(rest, work));
}

function withBundle<T extends Omit<WorkerOptions, "connection" | "namespace">>(options: T): T {
  if (options.workflowsPath !== undefined || options.workflowBundle !== undefined) return options;
  return { ...options, workflowBundle: { codePath: workflowBundlePath() } };
}

let isRuntimeInstalled = false;

/** The SDK allows one runtime per process. Logs errors only: many tests have failing activities. */
export function installRuntime(): void {
  if (isRuntimeInstalled) return;
  isRuntimeInstalled = true;
  const level = (process.env["TEST_LOG_LEVEL"] ?? "ERROR") as LogLevel;
  Runtime.install({
    logger: new DefaultLogger(level),
    shutdownSignals: [],
    telemetryOptions: { logging: { filter: { core: level, other: level } } },
  });
}
