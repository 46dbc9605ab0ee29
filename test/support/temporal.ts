/** What a test file needs to talk to the one dev server that `global-setup.ts` started. */
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

import { setUpNamespace } from "../../dev/temporal/namespace.ts";
import { SEARCH_ATTRIBUTES } from "../../dev/temporal/server.ts";
import { workflowBundlePath } from "./built.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** `host:port` */
    temporalAddress: string;
    temporalNamespace: string;
    /** At how many events the server suggests to continue as new. */
    longEvents: number;
    /** Of the CLI that runs the server, for tests that start another. */
    temporalCliPath: string;
    /** The folder of all rooms as JavaScript, and of the workflows' bundle. */
    buildRoot: string;
  }
}

/** A client's and a worker's connection to the shared server. End it with `teardown()`. */
export async function connectTemporal(): Promise<TestWorkflowEnvironment> {
  installRuntime();
  return await TestWorkflowEnvironment.createFromExistingServer({
    address: inject("temporalAddress"),
    namespace: inject("temporalNamespace"),
  });
}

/** A namespace of a test's own, for what there is one of in each, such as the sweep's schedule. */
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
    timeoutMs: 30_000,
    ended: new Promise(() => undefined),
  });
  return namespace;
}

/** A queue no other test polls. */
export function uniqueTaskQueue(prefix = "test"): string {
  return `${prefix}-${randomUUID()}`;
}

/**
 * Runs a worker while `work` runs. Without `workflowsPath` or `workflowBundle` it has the product's
 * own workflows, bundled once for the whole run.
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

/** Runs all of `workers` while `work` runs; the failure of one ends it. */
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

/** The SDK allows one per process. Failing activities are part of many tests: not worth a log line. */
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
