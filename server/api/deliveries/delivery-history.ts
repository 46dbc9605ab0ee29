import type { Client } from "@temporalio/client";
import { optionalTsToMs } from "@temporalio/common/lib/time.js";
import { overtakes } from "../../../domain/advice/advice.ts";
import type { DeliveryAttempt, Publication } from "../../../domain/state/publication.ts";
import type { Instant } from "../../../domain/values/time.ts";
import { type Decode, decoderOf } from "../../../platform/temporal/decode.ts";
import {
  DELIVER_ACTIVITY,
  DELIVER_SIGNAL,
  REDELIVER_SIGNAL,
  type Redelivery,
} from "../../../workflows/contract.ts";

/**
 * `trying`: it was sent or is about to be · `given_up`: after five days, or as the receiver answered 410 · `overtaken`: newer advice
 * came first.
 */
export const DELIVERY_STATES = ["queued", "trying", "delivered", "given_up", "overtaken"] as const;

/** An outgoing webhook, as the history of its workflow shows it. */
export type Delivery = {
  readonly publication: Publication;
  readonly state: (typeof DELIVERY_STATES)[number];
  /** Oldest first (bounded). Empty also for a delivery of an earlier version, which recorded none. */
  readonly attempts: readonly DeliveryAttempt[];
  /** Of the next try; null where none is planned, or one is under way. */
  readonly nextAt: Instant | null;
};

type Entry = { -readonly [Key in keyof Delivery]: Delivery[Key] };

type Handle = ReturnType<Client["workflow"]["getHandle"]>;
type Events = NonNullable<Awaited<ReturnType<Handle["fetchHistory"]>>["events"]>;
type Pending = NonNullable<Awaited<ReturnType<Handle["describe"]>>["raw"]["pendingActivities"]>;

/** Reads the deliveries of one run, oldest first. What a run has passed on to its successor is left out. */
export async function readDeliveries(
  client: Client,
  workflowId: string,
  runId: string,
): Promise<readonly Delivery[]> {
  const decode = decoderOf(client);
  const handle = client.workflow.getHandle(workflowId, runId);
  const [{ events }, { raw }] = await Promise.all([handle.fetchHistory(), handle.describe()]);
  return deliveriesOf(events ?? [], raw.pendingActivities ?? [], decode);
}

function deliveriesOf(events: Events, pending: Pending, decode: Decode): readonly Delivery[] {
  const all: Entry[] = [];
  const latest = new Map<string, Entry>();
  const scheduled = new Map<string, Entry>();
  /** One more delivery of a webhook is a delivery of its own, after the one before has ended. */
  const enqueue = (publication: Publication): Entry => {
    const known = latest.get(publication.id);
    if (known !== undefined && !isEnded(known)) return known;
    for (const one of all) {
      if (!isEnded(one) && overtakes(publication, one.publication)) one.state = "overtaken";
    }
    const entry: Entry = { publication, state: "queued", attempts: [], nextAt: null };
    latest.set(publication.id, entry);
    all.push(entry);
    return entry;
  };
  for (const event of events) {
    const input = decode(event.workflowExecutionStartedEventAttributes?.input) as StartInput;
    for (const publication of input?.carried?.queue ?? []) enqueue(publication);
    for (const publication of signalled(event, latest, decode)) enqueue(publication);
    const task = event.activityTaskScheduledEventAttributes;
    if (task?.activityType?.name === DELIVER_ACTIVITY) {
      const { publication } = decode(task.input) as { readonly publication: Publication };
      const entry = enqueue(publication);
      entry.state = "trying";
      scheduled.set(String(event.eventId), entry);
    }
    const end = endOf(event, decode);
    const entry = end === null ? undefined : scheduled.get(end.scheduledId);
    if (end === null || entry === undefined) continue;
    entry.state = end.state;
    entry.attempts = end.attempts;
  }
  addPending(all, pending, decode);
  const goesOn = events.at(-1)?.workflowExecutionContinuedAsNewEventAttributes != null;
  return goesOn ? all.filter(isEnded) : all;
}

const ENDED: readonly Delivery["state"][] = ["delivered", "given_up", "overtaken"];

const isEnded = ({ state }: Delivery): boolean => ENDED.includes(state);

type StartInput =
  { readonly carried?: { readonly queue?: readonly Publication[] } } | null | undefined;

/** A first delivery that was enqueued twice is one. */
function signalled(
  { workflowExecutionSignaledEventAttributes: signal }: Events[number],
  known: ReadonlyMap<string, Entry>,
  decode: Decode,
): readonly Publication[] {
  if (signal?.signalName === DELIVER_SIGNAL) {
    const publications = (decode(signal.input) ?? []) as readonly Publication[];
    return publications.filter(({ id }) => !known.has(id));
  }
  if (signal?.signalName !== REDELIVER_SIGNAL) return [];
  return [(decode(signal.input) as Redelivery).publication];
}

type End = Pick<Delivery, "state" | "attempts"> & { readonly scheduledId: string };

/** How an activity ended, with its tries; null for any other event. */
function endOf(event: Events[number], decode: Decode): End | null {
  const completed = event.activityTaskCompletedEventAttributes;
  if (completed != null) {
    const attempts = attemptsIn(decode(completed.result));
    return { scheduledId: String(completed.scheduledEventId), state: "delivered", attempts };
  }
  const lost = event.activityTaskFailedEventAttributes ?? event.activityTaskTimedOutEventAttributes;
  if (lost == null) return null;
  const { failure } = lost;
  const details =
    failure?.applicationFailureInfo?.details ??
    failure?.timeoutFailureInfo?.lastHeartbeatDetails ??
    failure?.cause?.applicationFailureInfo?.details;
  const attempts = attemptsIn(decode(details));
  return { scheduledId: String(lost.scheduledEventId), state: "given_up", attempts };
}

/** What the tries so far have left in Temporal while the activity goes on. */
function addPending(all: readonly Entry[], pending: Pending, decode: Decode): void {
  const task = pending.find(({ activityType }) => activityType?.name === DELIVER_ACTIVITY);
  const entry = all.find(({ state }) => state === "trying");
  if (task === undefined || entry === undefined) return;
  entry.attempts = attemptsIn(decode(task.heartbeatDetails));
  entry.nextAt = optionalTsToMs(task.scheduledTime) ?? null;
}

function attemptsIn(value: unknown): readonly DeliveryAttempt[] {
  return Array.isArray(value) ? (value as readonly DeliveryAttempt[]) : [];
}
