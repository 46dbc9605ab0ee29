import { type Client, WorkflowNotFoundError, WorkflowUpdateFailedError } from "@temporalio/client";
import { ApplicationFailure } from "@temporalio/common";
import type { InTheWay } from "../../../domain/state/command.ts";
import type { Outcome, RecoveryState } from "../../../domain/state/outcome.ts";
import type { SubscriptionId } from "../../../domain/values/ids.ts";
import {
  type OperatorInput,
  RECOVERY_QUERY,
  type RecoveryView,
  SUBSCRIPTION_RECOVERY,
  SWEEP_SCHEDULE,
  workflowIdOf,
} from "../../../workflows/contract.ts";
import { callTemporal } from "../../temporal/call-temporal.ts";
import { Problem } from "../problem.ts";

export type RecoveryFilter = {
  readonly state?: RecoveryState | undefined;
  readonly outcome?: Outcome | undefined;
  readonly customerId?: string | undefined;
};

/** One run of a recovery as Temporal's visibility store has it; it may lag by a second. */
export type RecoveryRow = {
  readonly recoveryId: string;
  readonly startedAt: Date | null;
  readonly closedAt: Date | null;
  /** Search attributes by their names in contract.ts. */
  readonly attributes: Readonly<Record<string, unknown>>;
};

export type RecoveryPage = {
  readonly rows: readonly RecoveryRow[];
  /** Null on the last page. */
  readonly next: Buffer | null;
};

/**
 * What an operator does with recoveries. Every call ends within three seconds.
 *
 * @throws Problem if there is no recovery, or an action does not apply to it
 * @throws TemporalUnavailableError if Temporal or a worker does not answer in time
 */
export type RecoveryClient = {
  readonly list: (filter: RecoveryFilter, cursor: Buffer | null) => Promise<RecoveryPage>;
  readonly view: (subscriptionId: SubscriptionId) => Promise<RecoveryView>;
  /**
   * @param update one of `UPDATES` in contract.ts
   * @param requestId names the update in Temporal, so that the decision's line in the log is found by it
   */
  readonly act: (
    subscriptionId: SubscriptionId,
    update: string,
    input: OperatorInput,
    requestId: string,
  ) => Promise<void>;
  readonly sweep: () => Promise<void>;
};

const PAGE_SIZE = 50;

/** @source google.rpc.Code */
const NOT_FOUND = 5;

/** @param client null until connected */
export function createRecoveryClient(client: () => Client | null): RecoveryClient {
  return {
    list: (filter, cursor) => callTemporal(client, (connected) => list(connected, filter, cursor)),
    view: (id) => callTemporal(client, (connected) => view(connected, id)),
    act: (id, update, input, requestId) =>
      callTemporal(client, (connected) => act(connected, id, update, input, requestId)),
    sweep: () => callTemporal(client, sweep),
  };
}

async function list(
  client: Client,
  { state, outcome, customerId }: RecoveryFilter,
  cursor: Buffer | null,
): Promise<RecoveryPage> {
  // Each value is one of an enum or matches a narrow pattern, so no quoting is needed.
  const conditions = [
    `WorkflowType = "${SUBSCRIPTION_RECOVERY}"`,
    'ExecutionStatus != "ContinuedAsNew"',
    ...(state === undefined ? [] : [`RecoveryState = "${state}"`]),
    ...(outcome === undefined ? [] : [`RecoveryOutcome = "${outcome}"`]),
    ...(customerId === undefined ? [] : [`CustomerId = "${customerId}"`]),
  ];
  const answer = await client.workflowService.listWorkflowExecutions({
    namespace: client.options.namespace,
    pageSize: PAGE_SIZE,
    query: conditions.join(" AND "),
    ...(cursor === null ? {} : { nextPageToken: cursor }),
  });
  const next = answer.nextPageToken ?? new Uint8Array();
  return {
    rows: answer.executions.map(rowOf),
    next: next.length === 0 ? null : Buffer.from(next),
  };
}

type Executions = Awaited<
  ReturnType<Client["workflowService"]["listWorkflowExecutions"]>
>["executions"];

function rowOf(row: Executions[number]): RecoveryRow {
  const fields = row.searchAttributes?.indexedFields ?? {};
  const values = Object.entries(fields).map(([name, { data }]) => [
    name,
    data == null ? null : JSON.parse(Buffer.from(data).toString("utf8")),
  ]);
  return {
    recoveryId: row.execution?.workflowId ?? "",
    startedAt: dateOf(row.startTime),
    closedAt: dateOf(row.closeTime),
    attributes: Object.fromEntries(values),
  };
}

function dateOf(time: Executions[number]["startTime"]): Date | null {
  return time == null ? null : new Date(Number(time.seconds ?? 0) * 1_000);
}

async function view(client: Client, subscriptionId: SubscriptionId): Promise<RecoveryView> {
  try {
    return await client.workflow
      .getHandle(workflowIdOf(subscriptionId))
      .query<RecoveryView>(RECOVERY_QUERY);
  } catch (error) {
    throw isNotFound(error) ? recoveryNotFound(subscriptionId) : error;
  }
}

async function act(
  client: Client,
  subscriptionId: SubscriptionId,
  update: string,
  input: OperatorInput,
  updateId: string,
): Promise<void> {
  try {
    await client.workflow
      .getHandle(workflowIdOf(subscriptionId))
      .executeUpdate<unknown, [OperatorInput]>(update, { args: [input], updateId });
  } catch (error) {
    if (isNotFound(error)) throw recoveryNotFound(subscriptionId);
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    const { cause } = error;
    const type = (cause instanceof ApplicationFailure ? cause.type : null) ?? "not_applicable";
    // It ended while it handled the update.
    if (type === "AcceptedUpdateCompletedWorkflow") throw recoveryNotFound(subscriptionId);
    const detail = cause instanceof Error ? cause.message : "The action does not apply.";
    const [inTheWay] = (cause instanceof ApplicationFailure ? cause.details : null) ?? [];
    throw new Problem(
      409,
      type,
      detail,
      inTheWay == null ? {} : { inTheWay: inTheWay as InTheWay },
    );
  }
}

async function sweep(client: Client): Promise<void> {
  try {
    await client.schedule.getHandle(SWEEP_SCHEDULE).trigger();
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const detail = "The sweep has no schedule yet: a worker creates it when it starts.";
    throw new Problem(409, "no_schedule", detail);
  }
}

export const recoveryNotFound = (subscriptionId: SubscriptionId): Problem =>
  new Problem(404, "no_recovery", `Temporal has no recovery of ${subscriptionId}.`);

function isNotFound(error: unknown): boolean {
  if (error instanceof WorkflowNotFoundError) return true;
  const code = error instanceof Error && "code" in error ? error.code : null;
  const isSchedule = error instanceof Error && error.name === "ScheduleNotFoundError";
  return isSchedule || code === NOT_FOUND;
}
