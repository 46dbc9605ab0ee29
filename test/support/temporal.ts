/** What a test file needs to talk to the one dev server that `global-setup.ts` started. */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";

import { TestWorkflowEnvironment } from "@temporalio/testing";
import {
  DefaultLogger,
  Runtime,
  Worker,
  type LogLevel,
  type WorkerOptions,
} from "@temporalio/worker";
import { msToTs } from "@temporalio/common/lib/time.js";
import { inject } from "vitest";

import { setUpNamespace } from "../../local/temporal-namespace.ts";
import { SEARCH_ATTRIBUTES } from "../../local/temporal-server.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** `host:port` */
    temporalAddress: string;
    temporalNamespace: string;
    /** At how many events the server suggests to continue as new. */
    longEvents: number;
    /** Of the CLI that runs the server, for tests that start another. */
    temporalCliPath: string;
    /** Of the bundle of `workflows/index.ts`; null while there is none. */
    workflowBundlePath: string | null;
  }
}

const POLL_MS = 10;
const UNTIL_TIMEOUT_MS = 10_000;

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
  const codePath = inject("workflowBundlePath");
  return codePath === null ? options : { ...options, workflowBundle: { codePath } };
}

/**
 * Waits until `condition` gives something other than false, null or undefined, and returns it.
 * A condition that throws does not hold yet.
 *
 * @throws after `timeoutMs`, naming `what` was waited for and why it did not hold
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = UNTIL_TIMEOUT_MS, what }: { timeoutMs?: number; what: string },
): Promise<Exclude<Awaited<T>, false | null | undefined>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    let last: unknown;
    try {
      const value = await condition();
      if (value !== false && value !== null && value !== undefined) {
        return value as Exclude<Awaited<T>, false | null | undefined>;
      }
      last = value;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) {
      throw new Error(`waited ${timeoutMs} ms in vain for ${what}; last: ${String(last)}`, {
        cause: last,
      });
    }
    await delay(POLL_MS);
  }
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
