import type { Client } from "@temporalio/client";
import { optionalTsToMs, tsToMs } from "@temporalio/common/lib/time.js";
import type { Instant } from "../../domain/values/time.ts";
import { type Decode, decoderOf } from "../../platform/temporal/decode.ts";

type History = Awaited<ReturnType<ReturnType<Client["workflow"]["getHandle"]>["fetchHistory"]>>;
export type HistoryEvent = NonNullable<History["events"]>[number];

/** An activity of a run. `end` is null where the run closed, or goes on, without one. */
export type ActivityOfRun = {
  readonly name: string;
  readonly input: unknown;
  readonly scheduledAt: Instant;
  /** Of one try; null where it has no limit. */
  readonly longestMs: number | null;
  readonly end:
    | { readonly kind: "completed"; readonly at: Instant; readonly result: unknown }
    /** Cancelled before it started, as an activity that has started is awaited. */
    | { readonly kind: "cancelled"; readonly at: Instant }
    | { readonly kind: "lost"; readonly at: Instant }
    | null;
};

/** One run of a recovery, as its history shows it. */
export type RunHistory = {
  /** Null where the run is open. */
  readonly closedAt: Instant | null;
  readonly input: unknown;
  /** The results of its local activities, oldest first: decisions. */
  readonly decisions: readonly unknown[];
  /** Oldest first. */
  readonly activities: readonly ActivityOfRun[];
};

/** Reads one run's history from Temporal. It is complete at once, unlike visibility. */
export async function readRunHistory(
  client: Client,
  workflowId: string,
  runId: string,
): Promise<RunHistory> {
  const valueOf = decoderOf(client);
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  return runHistoryOf(events ?? [], valueOf);
}

function runHistoryOf(events: readonly HistoryEvent[], valueOf: Decode): RunHistory {
  const ends = new Map<string, NonNullable<ActivityOfRun["end"]>>();
  for (const event of events) {
    const end = endOf(event, valueOf);
    if (end !== null) ends.set(end.scheduledEventId, end.end);
  }
  const last = events.at(-1);
  return {
    closedAt: last !== undefined && isClose(last) ? timeOf(last) : null,
    input: valueOf(events[0]?.workflowExecutionStartedEventAttributes?.input),
    decisions: events.flatMap(({ markerRecordedEventAttributes: marker }) => {
      if (marker?.markerName !== "core_local_activity") return [];
      return valueOf(marker.details?.["result"]) ?? [];
    }),
    activities: events.flatMap((event) => {
      const scheduled = event.activityTaskScheduledEventAttributes;
      if (scheduled == null) return [];
      return {
        name: scheduled.activityType?.name ?? "",
        input: valueOf(scheduled.input),
        scheduledAt: timeOf(event),
        longestMs: optionalTsToMs(scheduled.startToCloseTimeout) ?? null,
        end: ends.get(String(event.eventId)) ?? null,
      };
    }),
  };
}

function endOf(
  event: HistoryEvent,
  valueOf: Decode,
): {
  readonly scheduledEventId: string;
  readonly end: NonNullable<ActivityOfRun["end"]>;
} | null {
  const at = timeOf(event);
  const completed = event.activityTaskCompletedEventAttributes;
  if (completed != null) {
    const end = { kind: "completed", at, result: valueOf(completed.result) } as const;
    return { scheduledEventId: String(completed.scheduledEventId), end };
  }
  const cancelled = event.activityTaskCanceledEventAttributes;
  if (cancelled != null) {
    const end = { kind: "cancelled", at } as const;
    return { scheduledEventId: String(cancelled.scheduledEventId), end };
  }
  const lost = event.activityTaskTimedOutEventAttributes ?? event.activityTaskFailedEventAttributes;
  if (lost == null) return null;
  return { scheduledEventId: String(lost.scheduledEventId), end: { kind: "lost", at } };
}

function timeOf({ eventTime }: HistoryEvent): Instant {
  return eventTime == null ? 0 : tsToMs(eventTime);
}

function isClose(event: HistoryEvent): boolean {
  return (
    event.workflowExecutionCompletedEventAttributes != null ||
    event.workflowExecutionTerminatedEventAttributes != null ||
    event.workflowExecutionTimedOutEventAttributes != null ||
    event.workflowExecutionFailedEventAttributes != null ||
    event.workflowExecutionCanceledEventAttributes != null ||
    event.workflowExecutionContinuedAsNewEventAttributes != null
  );
}
