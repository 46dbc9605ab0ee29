import { defaultPayloadConverter, type Payload } from "@temporalio/common";
import { tsToMs } from "@temporalio/common/lib/time.js";
import type { Client } from "@temporalio/client";

/** One activity of a run, as the server recorded it. Instants: milliseconds since 1970, of the workflow's own time. */
export type RecordedActivity = {
  readonly name: string;
  readonly scheduledAt: number;
  readonly input: unknown;
  /** Null while it has not completed. */
  readonly completedAt: number | null;
  readonly result: unknown;
};

export type RecordedRun = {
  readonly activities: readonly RecordedActivity[];
  /** Null while it is open. */
  readonly end: { readonly at: number; readonly result: unknown } | null;
};

type Payloads = { readonly payloads?: readonly unknown[] | null } | null | undefined;

function firstOf(payloads: Payloads): unknown {
  const [first] = payloads?.payloads ?? [];
  return first === undefined ? null : defaultPayloadConverter.fromPayload(first as Payload);
}

/** What Temporal's events say of one run: nothing here comes from the workflow's own state. */
export async function recordOf(
  client: Client,
  workflowId: string,
  runId: string,
): Promise<RecordedRun> {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const activities = new Map<string, RecordedActivity>();
  let end: RecordedRun["end"] = null;
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
  }
  return { activities: [...activities.values()], end };
}
