/**
 * Moves the clock of one workflow with the dev server's time skipping. The SDK has no methods for it yet, so this
 * calls the gRPC service. @source docs/TEMPORAL.md, "Time skipping"
 *
 * In the workflow `Date.now()` is then virtual. Activities see real time (see `virtual-clock.ts`).
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
  /** The workflow's clock has reached the target, and may have moved on by the real time that has passed since. */
  | { readonly kind: "reached"; readonly now: number }
  /** The workflow closed before the target, at its own time `now`. */
  | { readonly kind: "ended"; readonly now: number }
  /** The clock jumps whenever nothing is in flight, until the workflow closes or another skip is requested. */
  | { readonly kind: "free_running" };

const GRPC_NOT_FOUND = 5;
const POLL_TIMED_OUT = 1;
const POLL_COMPLETED = 2;
const POLL_FAILED = 3;
const STATUS_RUNNING = 1;
const SKIP_TIMEOUT_MS = 60_000;
/** Deadlines are in real time and are cut to whole milliseconds. */
const DEADLINE_TOLERANCE_MS = 20;
/** The server's default, 200, silently stops the skipping of a long workflow. This limit stops one that never ends. */
const SKIPS_MAX = 2_000;
const FREE_RUNNING = { enabled: true, maxSessionSkipCount: SKIPS_MAX } as const;

/**
 * Moves the workflow's clock ahead by `durationMs` and waits until it is there. With `"all"` the workflow skips every
 * timer and back-off from now on, and the call returns at once.
 *
 * @throws if the target is not reached within `timeoutMs` of real time, for example because an activity hangs; if a
 *   newer skip replaces this one
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

/** Moves the workflow's clock to `instant`, milliseconds since 1970. Does nothing if the clock is there or past it. */
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

/** The workflow's own time, milliseconds since 1970. For a closed workflow: the time it closed at. */
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
 * Wraps a connection so that workflows started through it are free-running from the start. A signal through it does not
 * change the clock of a workflow that is running already.
 */
export function startFreeRunning(connection: ConnectionLike): ConnectionLike {
  return wrap(connection, STARTS, (request, call) =>
    call({ ...request, timeSkippingConfig: FREE_RUNNING }),
  );
}

/**
 * Wraps a connection so that a workflow started through it begins at a virtual time, which is also its start time in
 * descriptions. The server delays the first workflow task and moves the clock ahead in the meantime. A workflow that is
 * running already keeps its time.
 *
 * @param instantOf a workflow's start time by its id, milliseconds since 1970; null for real time
 */
export function startAt(
  connection: ConnectionLike,
  instantOf: (workflowId: string) => number | null,
): ConnectionLike {
  const starting = wrap(connection, STARTS, (request, call) => {
    const instant = instantOf((request as { readonly workflowId: string }).workflowId);
    if (instant === null) return call(request);
    const duration = msToTs(Math.max(instant - Date.now(), 1));
    const fastForwardConfig = { id: `start-${randomUUID()}`, duration };
    const timeSkippingConfig = { enabled: true, fastForwardConfig };
    return call({ ...request, workflowStartDelay: duration, timeSkippingConfig });
  });
  return wrap(starting, DESCRIBES, async (request, call) => {
    const answer = (await call(request)) as DescribeAnswer;
    const info = answer.workflowExecutionInfo;
    if (info?.executionTime != null) info.startTime = info.executionTime;
    return answer;
  });
}

type DescribeAnswer = Awaited<
  ReturnType<ConnectionLike["workflowService"]["describeWorkflowExecution"]>
>;

/** Changes a request, its answer, or both. */
type Change = (request: object, call: (request: object) => unknown) => unknown;

function wrap(
  connection: ConnectionLike,
  methods: ReadonlySet<PropertyKey>,
  change: Change,
): ConnectionLike {
  const workflowService = proxyOf(connection.workflowService, (service, property) => {
    const method: unknown = Reflect.get(service, property, service);
    if (typeof method !== "function") return method;
    if (!methods.has(property)) return method.bind(service) as unknown;
    return (request: object, ...rest: unknown[]): unknown =>
      change(request, (changed) => method.call(service, changed, ...rest) as unknown);
  });
  return proxyOf(connection, (target, property) => {
    if (property === "workflowService") return workflowService;
    const value: unknown = Reflect.get(target, property, target);
    return typeof value === "function" ? (value.bind(target) as unknown) : value;
  });
}

function proxyOf<T extends object>(
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
    if (isRunning) throw new Error(`skipping the time of ${workflow.workflowId} failed: ${reason}`);
    return { kind: "ended", now };
  }
  throw new Error(
    `${workflow.workflowId} did not reach its target within ${timeoutMs / 1000} s: ` +
      "something is in flight, such as an activity, or a workflow task that no worker takes",
  );
}

/** One long poll. The server answers after 20 s at the latest. */
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
    // A `NativeConnection` reports its deadline as a cancellation. A cancellation by the caller comes earlier.
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

/** Whether the server knows no running workflow of this id. */
export function isNotFound(error: unknown): boolean {
  return isGrpcServiceError(error) && Number(error.code) === GRPC_NOT_FOUND;
}
