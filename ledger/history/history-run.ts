import type { Client } from "@temporalio/client";
import type { Payload } from "@temporalio/common";
import type { Instant } from "../../domain/values/time.ts";

type History = Awaited<ReturnType<ReturnType<Client["workflow"]["getHandle"]>["fetchHistory"]>>;
export type HistoryEvent = NonNullable<History["events"]>[number];
type Payloads = { readonly payloads?: readonly unknown[] | null } | null | undefined;

/** Reads the first payload; undefined where there is none. */
export type Decode = (payloads: Payloads) => unknown;

export function decoderOf(client: Client): Decode {
  const { payloadConverter } = client.options.loadedDataConverter;
  return (payloads) => {
    const [first] = payloads?.payloads ?? [];
    return first === undefined ? undefined : payloadConverter.fromPayload(first as Payload);
  };
}

/** What a run's history holds for the ledger, as it was recorded. */
export type HistoryRun = {
  readonly input: unknown;
  readonly startedAt: Instant;
  /** The workflow's time when it begins: at the start of its first task that was completed. */
  readonly beganAt: Instant;
  /** The results of its local activities, oldest first, each at the workflow's time of its start. */
  readonly decisions: readonly { readonly at: Instant; readonly result: unknown }[];
  /** The emails that it had sent, in this order; `result` is absent where none has come. */
  readonly notices: readonly { readonly input: unknown; readonly result?: unknown }[];
  /** The names of its updates, by their ids. */
  readonly updates: ReadonlyMap<string, string>;
  /** Null while it is open. */
  readonly closedAt: Instant | null;
};

/** The activity that sends an email. @source activities/index.ts */
const SEND_NOTICE = "sendNotice";
const LOCAL_ACTIVITY = "core_local_activity";

/** @throws for a history without its first event */
export function historyRunOf(events: readonly HistoryEvent[], decode: Decode): HistoryRun {
  const [first] = events;
  const started = first?.workflowExecutionStartedEventAttributes;
  if (first === undefined || started == null) throw new Error("a history begins with its start");
  const last = events.at(-1);
  return {
    input: decode(started.input),
    startedAt: timeOf(first),
    beganAt: beginOf(events) ?? timeOf(first),
    decisions: decisionsOf(events, decode),
    notices: noticesOf(events, decode),
    updates: new Map(events.flatMap(updateOf)),
    closedAt: last !== undefined && isClose(last) ? timeOf(last) : null,
  };
}

function beginOf(events: readonly HistoryEvent[]): Instant | null {
  const completed = events.find((event) => event.workflowTaskCompletedEventAttributes != null);
  const id = String(completed?.workflowTaskCompletedEventAttributes?.startedEventId);
  const started = events.find(({ eventId }) => String(eventId) === id);
  return started === undefined ? null : timeOf(started);
}

/**
 * The workflow's time passes at the start of each workflow task, and with each local activity in it: the marker has the time
 * at which the activity was complete.
 */
function decisionsOf(
  events: readonly HistoryEvent[],
  decode: Decode,
): readonly { readonly at: Instant; readonly result: unknown }[] {
  const decisions: { readonly at: Instant; readonly result: unknown }[] = [];
  let now = 0;
  for (const event of events) {
    if (event.workflowTaskStartedEventAttributes != null) now = Math.max(now, timeOf(event));
    const marker = event.markerRecordedEventAttributes;
    if (marker?.markerName !== LOCAL_ACTIVITY) continue;
    const result = decode(marker.details?.["result"]);
    if (result !== undefined) decisions.push({ at: now, result });
    now = Math.max(now, completeTimeOf(decode(marker.details?.["data"])));
  }
  return decisions;
}

function completeTimeOf(data: unknown): Instant {
  const { complete_time: time } = (data ?? {}) as {
    readonly complete_time?: { readonly seconds: number; readonly nanos: number } | null;
  };
  return time == null ? 0 : time.seconds * 1_000 + Math.floor(time.nanos / 1_000_000);
}

function noticesOf(events: readonly HistoryEvent[], decode: Decode): HistoryRun["notices"] {
  const results = new Map<string, unknown>();
  for (const event of events) {
    const completed = event.activityTaskCompletedEventAttributes;
    if (completed != null) {
      results.set(String(completed.scheduledEventId), decode(completed.result));
    }
    const lost =
      event.activityTaskTimedOutEventAttributes ?? event.activityTaskFailedEventAttributes;
    // The workflow records an email whose activity was given up in the same way.
    if (lost != null) results.set(String(lost.scheduledEventId), { kind: "unsent", detail: "" });
  }
  return events.flatMap((event) => {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled?.activityType?.name !== SEND_NOTICE) return [];
    const id = String(event.eventId);
    const input = decode(scheduled.input);
    return results.has(id) ? [{ input, result: results.get(id) }] : [{ input }];
  });
}

function updateOf(event: HistoryEvent): [string, string][] {
  const request = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest;
  const id = request?.meta?.updateId;
  const name = request?.input?.name;
  return id == null || name == null ? [] : [[id, name]];
}

/** Seconds are a `Long`, or a number where the history was read from JSON. */
function timeOf({ eventTime }: HistoryEvent): Instant {
  if (eventTime == null) return 0;
  return Number(String(eventTime.seconds ?? 0)) * 1_000 + Math.floor((eventTime.nanos ?? 0) / 1e6);
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
