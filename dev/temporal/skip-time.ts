/**
 * Moves the clock of one workflow, by the dev server's time skipping. The SDK has no calls for it yet:
 * these are the raw ones. @source docs/TEMPORAL.md, "Time skipping"
 *
 * Inside the workflow `Date.now()` is then virtual; activities see wall time (see `virtual-clock.ts`).
 */
import { randomUUID } from "node:crypto";

import {
  type ConnectionLike,
  isGrpcCancelledError,
  isGrpcDeadlineError,
  isGrpcServiceError,
} from "@temporalio/client";
import { msToTs, optionalTsToMs } from "@temporalio/common/lib/time.js";

export type SkipResult =
  /** The workflow's clock stands at the target or, by as much as has passed since, after it. */
  | { readonly kind: "reached"; readonly now: number }
  /** The workflow closed first, at its own time `now`. */
  | { readonly kind: "ended"; readonly now: number }
  /** Its clock jumps whenever nothing is in flight, until it ends or another skip is asked for. */
  | { readonly kind: "free_running" };

const GRPC_NOT_FOUND = 5;
const POLL_TIMED_OUT = 1;
const POLL_COMPLETED = 2;
const POLL_FAILED = 3;
const STATUS_RUNNING = 1;
const SKIP_TIMEOUT_MS = 60_000;
/** Deadlines are in wall time, cut to milliseconds. */
const DEADLINE_TOLERANCE_MS = 20;
/** The server's own limit, 200, ends a long story's skipping without a word; a story that never ends meets this one. */
const SKIPS_MAX = 2_000;
const FREE_RUNNING = { enabled: true, maxSessionSkipCount: SKIPS_MAX } as const;

/**
 * Moves the workflow's clock `durationMs` ahead and waits until it is there; or, with `"all"`, lets it
 * run through every timer and back-off as fast as they come, without waiting.
 *
 * @throws when the target is not reached within `timeoutMs` of wall time, such as while an activity
 *   hangs, or when another skip took its place
 */
export async function skipTime(
  connection: ConnectionLike,
  namespace: string,
  workflowId: string,
  durationMs: number | "all",
  timeoutMs: number = SKIP_TIMEOUT_MS,
): Promise<SkipResult> {
  const workflow = { connection, namespace, workflowId };
  const fastForwardId = durationMs === "all" ? null : `skip-${randomUUID()}`;
  try {
    await setTimeSkipping(workflow, durationMs, fastForwardId);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const { isRunning, now } = await describe(workflow);
    if (isRunning) throw error;
    return { kind: "ended", now };
  }
  if (fastForwardId === null) return { kind: "free_running" };
  return await waitForSkip(workflow, fastForwardId, timeoutMs);
}

/** Moves the workflow's clock to `instant`, milliseconds since 1970; not at all when it is there already. */
export async function untilVirtual(
  connection: ConnectionLike,
  namespace: string,
  workflowId: string,
  instant: number,
  timeoutMs: number = SKIP_TIMEOUT_MS,
): Promise<SkipResult> {
  const { isRunning, now } = await describe({ connection, namespace, workflowId });
  if (!isRunning) return { kind: "ended", now };
  if (now >= instant) return { kind: "reached", now };
  return await skipTime(connection, namespace, workflowId, instant - now, timeoutMs);
}

/** The workflow's own time, milliseconds since 1970; after its end, the time it ended at. */
export async function virtualNow(
  connection: ConnectionLike,
  namespace: string,
  workflowId: string,
): Promise<number> {
  return (await describe({ connection, namespace, workflowId })).now;
}

const STARTS: ReadonlySet<PropertyKey> = new Set([
  "startWorkflowExecution",
  "signalWithStartWorkflowExecution",
]);
const DESCRIBES: ReadonlySet<PropertyKey> = new Set(["describeWorkflowExecution"]);

/**
 * The connection, but what a client of it starts is free-running from its first moment. Signals to
 * workflows that run already change nothing of theirs.
 */
export function startFreeRunning(connection: ConnectionLike): ConnectionLike {
  return changing(connection, STARTS, (request, call) =>
    call({ ...request, timeSkippingConfig: FREE_RUNNING }),
  );
}

/**
 * The connection, but a workflow that a client of it starts finds its own time in its first moment, and is described
 * as begun then: the server holds the first task back, and moves the clock ahead meanwhile. What runs already keeps
 * its time.
 *
 * @param instantOf a workflow's time by its id, milliseconds since 1970; null = the wall's
 */
export function startAt(
  connection: ConnectionLike,
  instantOf: (workflowId: string) => number | null,
): ConnectionLike {
  const starting = changing(connection, STARTS, (request, call) => {
    const instant = instantOf((request as { readonly workflowId: string }).workflowId);
    if (instant === null) return call(request);
    const duration = msToTs(Math.max(instant - Date.now(), 1));
    const fastForwardConfig = { id: `start-${randomUUID()}`, duration };
    const timeSkippingConfig = { enabled: true, fastForwardConfig };
    return call({ ...request, workflowStartDelay: duration, timeSkippingConfig });
  });
  return changing(starting, DESCRIBES, async (request, call) => {
    const answer = (await call(request)) as DescribeAnswer;
    const info = answer.workflowExecutionInfo;
    if (info?.executionTime != null) info.startTime = info.executionTime;
    return answer;
  });
}

type DescribeAnswer = Awaited<
  ReturnType<ConnectionLike["workflowService"]["describeWorkflowExecution"]>
>;

/** What becomes of a request, and of the answer to it. */
type Change = (request: object, call: (request: object) => unknown) => unknown;

function changing(
  connection: ConnectionLike,
  methods: ReadonlySet<PropertyKey>,
  change: Change,
): ConnectionLike {
  const workflowService = viewOf(connection.workflowService, (service, property) => {
    const method: unknown = Reflect.get(service, property, service);
    if (typeof method !== "function") return method;
    if (!methods.has(property)) return method.bind(service) as unknown;
    return (request: object, ...rest: unknown[]): unknown =>
      change(request, (changed) => method.call(service, changed, ...rest) as unknown);
  });
  return viewOf(connection, (target, property) => {
    if (property === "workflowService") return workflowService;
    const value: unknown = Reflect.get(target, property, target);
    return typeof value === "function" ? (value.bind(target) as unknown) : value;
  });
}

function viewOf<T extends object>(
  target: T,
  get: (target: T, property: PropertyKey) => unknown,
): T {
  return new Proxy(target, { get });
}

type Workflow = {
  readonly connection: ConnectionLike;
  readonly namespace: string;
  readonly workflowId: string;
};

async function setTimeSkipping(
  { connection, namespace, workflowId }: Workflow,
  durationMs: number | "all",
  fastForwardId: string | null,
): Promise<void> {
  const fastForward =
    durationMs === "all" || fastForwardId === null
      ? {}
      : { fastForwardConfig: { id: fastForwardId, duration: msToTs(durationMs) } };
  await connection.workflowService.updateWorkflowExecutionOptions({
    namespace,
    workflowExecution: { workflowId },
    workflowExecutionOptions: { timeSkippingConfig: { ...FREE_RUNNING, ...fastForward } },
    updateMask: { paths: ["time_skipping_config"] },
  });
}

async function waitForSkip(
  workflow: Workflow,
  fastForwardId: string,
  timeoutMs: number,
): Promise<SkipResult> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    const { result, reason } = await poll(workflow, fastForwardId, deadline);
    if (result === POLL_COMPLETED) return { kind: "reached", now: (await describe(workflow)).now };
    if (result !== POLL_FAILED) continue;
    const { isRunning, now } = await describe(workflow);
    if (isRunning) throw new Error(`the skip of ${workflow.workflowId} failed: ${reason}`);
    return { kind: "ended", now };
  }
  throw new Error(
    `${workflow.workflowId} did not reach its target in ${timeoutMs / 1000} s: ` +
      "something is in flight, such as an activity or a workflow task without a worker",
  );
}

/** One long poll, which the server ends by itself after 20 s. */
async function poll(
  { connection, namespace, workflowId }: Workflow,
  fastForwardId: string,
  deadline: number,
): Promise<{ result: number; reason: string }> {
  const request = { namespace, workflowExecution: { workflowId }, fastForwardId };
  const wallDeadline = Date.now() + Math.max(1, deadline - performance.now());
  try {
    const answer = await connection.withDeadline(
      wallDeadline,
      async () => await connection.workflowService.pollWorkflowExecutionTimeSkipping(request),
    );
    return { result: answer.fastForwardPollingResult, reason: answer.failedReason };
  } catch (error) {
    // A `NativeConnection` reports its deadline as a cancellation; one by the caller comes sooner.
    const isLate = performance.now() > deadline - DEADLINE_TOLERANCE_MS;
    const isTimeout = isGrpcDeadlineError(error) || isGrpcCancelledError(error);
    if (isTimeout && isLate) return { result: POLL_TIMED_OUT, reason: "" };
    throw error;
  }
}

async function describe({
  connection,
  namespace,
  workflowId,
}: Workflow): Promise<{ isRunning: boolean; now: number }> {
  const { workflowExecutionInfo, workflowExtendedInfo } =
    await connection.workflowService.describeWorkflowExecution({
      namespace,
      execution: { workflowId },
    });
  const isRunning = workflowExecutionInfo?.status === STATUS_RUNNING;
  const closedAt = optionalTsToMs(workflowExecutionInfo?.closeTime);
  const current = optionalTsToMs(workflowExtendedInfo?.timeSkippingInfo?.currentTime);
  return { isRunning, now: (isRunning ? undefined : closedAt) ?? current ?? Date.now() };
}

function isNotFound(error: unknown): boolean {
  return isGrpcServiceError(error) && Number(error.code) === GRPC_NOT_FOUND;
}
