import type { Client } from "@temporalio/client";
import { defaultPayloadConverter, type Payload } from "@temporalio/common";
import { tsToMs } from "@temporalio/common/lib/time.js";

/** One activity of a run, from the server's history. Times are workflow time, in milliseconds since 1970. */
export type RecordedActivity = {
  readonly name: string;
  readonly scheduledAt: number;
  readonly input: unknown;
  /** Null if it has not completed. */
  readonly completedAt: number | null;
  readonly result: unknown;
};

export type RecordedRun = {
  readonly activities: readonly RecordedActivity[];
  /** The next run, after continue-as-new. */
  readonly continuedAs: string | null;
  /** Null if the run is open or continued as new. */
  readonly end: { readonly at: number; readonly result: unknown } | null;
};

type Payloads = { readonly payloads?: readonly unknown[] | null } | null | undefined;

function firstOf(payloads: Payloads): unknown {
  const [first] = payloads?.payloads ?? [];
  return first === undefined ? null : defaultPayloadConverter.fromPayload(first as Payload);
}

/** Reads one run from Temporal's events, independently of the workflow's state. */
async function recordOf(client: Client, workflowId: string, runId: string): Promise<RecordedRun> {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const activities = new Map<string, RecordedActivity>();
  let end: RecordedRun["end"] = null;
  let continuedAs: string | null = null;
  for (const event of events ?? []) {
    const at = event.eventTime == null ? 0 : tsToMs(event.eventTime);
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled != null) {
      activities.set(String(event.eventId), {
        name: scheduled.activityType?.name ?? "",
        scheduledAt: at,
        input: firstOf(scheduled.input),
        completedAt: null,
        result: null,
      });
    }
    const completed = event.activityTaskCompletedEventAttributes;
    const known = activities.get(String(completed?.scheduledEventId));
    if (completed != null && known !== undefined) {
      activities.set(String(completed.scheduledEventId), {
        ...known,
        completedAt: at,
        result: firstOf(completed.result),
      });
    }
    const ended = event.workflowExecutionCompletedEventAttributes;
    if (ended != null) end = { at, result: firstOf(ended.result) };
    const continued = event.workflowExecutionContinuedAsNewEventAttributes;
    if (continued != null) continuedAs = continued.newExecutionRunId ?? null;
  }
  return { activities: [...activities.values()], continuedAs, end };
}

/** Reads the given runs and those they continued as, in order. */
export async function recordsOf(
  client: Client,
  workflowId: string,
  runIds: readonly string[],
): Promise<RecordedRun[]> {
  const runs = new Map<string, RecordedRun>();
  for (const first of runIds) {
    for (let runId: string | null = first; runId !== null && !runs.has(runId);) {
      const run = await recordOf(client, workflowId, runId);
      runs.set(runId, run);
      runId = run.continuedAs;
    }
  }
  return [...runs.values()];
}
