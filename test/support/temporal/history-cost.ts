import { historyToJSON } from "@temporalio/common/lib/proto-utils.js";
import { temporal } from "@temporalio/proto";

/** What a run costs in Temporal. */
export type HistoryCost = {
  readonly events: number;
  /** What Temporal Cloud would bill, without heartbeats: they are in no history. */
  readonly actions: number;
  /** The size of the events as Temporal stores them, before a database compresses anything. */
  readonly bytes: number;
  /** How many events of each type there are. */
  readonly byType: Readonly<Record<string, number>>;
};

type History = Parameters<typeof historyToJSON>[0];

type Event = {
  readonly eventType: string;
  readonly markerRecordedEventAttributes?: { readonly workflowTaskCompletedEventId: string };
};

/** Only a server that skips time writes these. */
const OF_TIME_SKIPPING = /TIME_SKIPPING|OPTIONS_UPDATED/;

/** The events that are an Action each. @source https://docs.temporal.io/cloud/actions */
const ACTIONS = [
  "WORKFLOW_EXECUTION_STARTED",
  "WORKFLOW_EXECUTION_SIGNALED",
  "WORKFLOW_EXECUTION_UPDATE_ACCEPTED",
  "ACTIVITY_TASK_SCHEDULED",
  "TIMER_STARTED",
  "UPSERT_WORKFLOW_SEARCH_ATTRIBUTES",
  "SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED",
];

/** Counts the events, Actions and bytes of a run that was started by a signal or by an update. */
export function costOf(history: History): HistoryCost {
  const { events: all } = JSON.parse(historyToJSON(history)) as { events: Event[] };
  const byType: Record<string, number> = {};
  const tasksWithMarkers = new Set<string>();
  let events = 0;
  let bytes = 0;
  for (const [index, { eventType, ...attributes }] of all.entries()) {
    if (OF_TIME_SKIPPING.test(eventType)) continue;
    const type = eventType.replace("EVENT_TYPE_", "");
    byType[type] = (byType[type] ?? 0) + 1;
    events += 1;
    bytes += temporal.api.history.v1.HistoryEvent.encode(history.events?.[index] ?? {}).finish()
      .length;
    const task = attributes.markerRecordedEventAttributes?.workflowTaskCompletedEventId;
    // All markers of one workflow task are one Action.
    if (task !== undefined) tasksWithMarkers.add(task);
  }
  const single = ACTIONS.reduce((total, type) => total + (byType[type] ?? 0), 0);
  // A start with a signal, or with an update, is one Action.
  return { events, actions: single + tasksWithMarkers.size - 1, bytes, byType };
}
