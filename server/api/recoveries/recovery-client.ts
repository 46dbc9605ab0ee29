import { type Client, WorkflowNotFoundError, WorkflowUpdateFailedError } from "@temporalio/client";
import { ApplicationFailure } from "@temporalio/common";
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
import { askTemporal } from "../../temporal/ask-temporal.ts";
import { Problem } from "../problem.ts";

export type RecoveryFilter = {
  readonly state?: RecoveryState | undefined;
  readonly outcome?: Outcome | undefined;
  readonly customerId?: string | undefined;
};

/** One run of a recovery, as Temporal's index has it: what it shows may be a second old. */
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

/** What an operator can ask of Temporal. Every call ends within three seconds; what does not apply is a `Problem`. */
export type OperatorDesk = {
  readonly list: (filter: RecoveryFilter, cursor: Buffer | null) => Promise<RecoveryPage>;
  readonly view: (subscriptionId: SubscriptionId) => Promise<RecoveryView>;
  /** @param update one of `UPDATES` in contract.ts */
  readonly act: (
    subscriptionId: SubscriptionId,
    update: string,
    input: OperatorInput,
  ) => Promise<void>;
  readonly sweep: () => Promise<void>;
};

const PAGE_SIZE = 50;

/** @source google.rpc.Code */
const NOT_FOUND = 5;

/** @param client null until a connection is made */
export function createOperatorDesk(client: () => Client | null): OperatorDesk {
  return {
    list: (filter, cursor) => askTemporal(client, (connected) => list(connected, filter, cursor)),
    view: (id) => askTemporal(client, (connected) => view(connected, id)),
    act: (id, update, input) =>
      askTemporal(client, (connected) => act(connected, id, update, input)),
    sweep: () => askTemporal(client, sweep),
  };
}

async function list(
  client: Client,
  { state, outcome, customerId }: RecoveryFilter,
  cursor: Buffer | null,
): Promise<RecoveryPage> {
  // The values are enumerated or of a narrow alphabet: nothing to quote.
  const wanted = [
    `WorkflowType = "${SUBSCRIPTION_RECOVERY}"`,
    'ExecutionStatus != "ContinuedAsNew"',
    ...(state === undefined ? [] : [`RecoveryState = "${state}"`]),
    ...(outcome === undefined ? [] : [`RecoveryOutcome = "${outcome}"`]),
    ...(customerId === undefined ? [] : [`CustomerId = "${customerId}"`]),
  ];
  const answer = await client.workflowService.listWorkflowExecutions({
    namespace: client.options.namespace,
    pageSize: PAGE_SIZE,
    query: wanted.join(" AND "),
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
    throw isNotFound(error) ? noRecovery(subscriptionId) : error;
  }
}

async function act(
  client: Client,
  subscriptionId: SubscriptionId,
  update: string,
  input: OperatorInput,
): Promise<void> {
  try {
    await client.workflow
      .getHandle(workflowIdOf(subscriptionId))
      .executeUpdate<unknown, [OperatorInput]>(update, { args: [input] });
  } catch (error) {
    if (isNotFound(error)) throw noRecovery(subscriptionId);
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    const { cause } = error;
    const type = (cause instanceof ApplicationFailure ? cause.type : null) ?? "not_applicable";
    // It ended while it was being told.
    if (type === "AcceptedUpdateCompletedWorkflow") throw noRecovery(subscriptionId);
    throw new Problem(409, type, cause instanceof Error ? cause.message : "it does not apply");
  }
}

async function sweep(client: Client): Promise<void> {
  try {
    await client.schedule.getHandle(SWEEP_SCHEDULE).trigger();
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const detail = "there is no schedule of the sweep yet: a worker makes it when it starts";
    throw new Problem(409, "no_schedule", detail);
  }
}

/** @returns what is thrown where Temporal keeps no run of it */
export const noRecovery = (subscriptionId: SubscriptionId): Problem =>
  new Problem(404, "no_recovery", `no recovery of ${subscriptionId} is open or kept`);

function isNotFound(error: unknown): boolean {
  if (error instanceof WorkflowNotFoundError) return true;
  const code = error instanceof Error && "code" in error ? error.code : null;
  const isSchedule = error instanceof Error && error.name === "ScheduleNotFoundError";
  return isSchedule || code === NOT_FOUND;
}
