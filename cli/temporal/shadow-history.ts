import { type Client, isGrpcServiceError } from "@temporalio/client";
import { tsToMs } from "@temporalio/common/lib/time.js";
import type { Decision } from "../../domain/decision/decision.ts";
import { type RecordedDecision, replayed, stateAtStart } from "../../domain/decision/recorded.ts";
import type { ChargeEffect } from "../../domain/decision/effect.ts";
import type {
  CancelOutcome,
  ChargeOutcome,
  NoticeOutcome,
  PaymentLinkOutcome,
} from "../../domain/state/event.ts";
import type { NoticeKind } from "../../domain/state/notice.ts";
import type { Recovery } from "../../domain/state/recovery.ts";
import type { Instant } from "../../domain/values/time.ts";
import { type Decode, decoderOf } from "../../platform/temporal/decode.ts";

/** What a recovery in shadow mode would have sent to Dodo or to the customer at `at`. */
export type ShadowedAction = { readonly at: Instant } & (
  | {
      readonly kind: "charge";
      readonly charge: Pick<ChargeEffect, "number" | "amountMinor" | "currency" | "via">;
    }
  | { readonly kind: "notice"; readonly notice: NoticeKind }
  | { readonly kind: "payment_link" }
  | { readonly kind: "cancellation" }
);

/** A recovery in shadow mode, with its actions, oldest first. */
export type ShadowRecord = {
  readonly recovery: Recovery;
  readonly actions: readonly ShadowedAction[];
};

type History = Awaited<ReturnType<ReturnType<Client["workflow"]["getHandle"]>["fetchHistory"]>>;
type HistoryEvent = NonNullable<History["events"]>[number];
type EffectOutcome = ChargeOutcome | NoticeOutcome | PaymentLinkOutcome | CancelOutcome;

/**
 * Reads a recovery from its histories in Temporal: its state is the sum of its decisions, and an activity in shadow mode
 * returns an outcome with the reason `shadow` instead of sending. Needs no worker. If the run continues another one, the
 * actions of the earlier runs that Temporal still keeps are included.
 *
 * @param runId the recovery's last run
 * @returns null for a recovery in another mode, or without a decision so far
 */
export async function readShadowRecord(
  client: Client,
  workflowId: string,
  runId: string,
): Promise<ShadowRecord | null> {
  const decode = decoderOf(client);
  let events = await fetchEvents(client, workflowId, runId);
  const { recovery } = decidedIn(events, decode);
  if (recovery?.mode !== "shadow") return null;
  let actions = actionsIn(events, decode);
  for (let earlier = continuedFrom(events); earlier !== null; earlier = continuedFrom(events)) {
    events = await fetchEvents(client, workflowId, earlier);
    actions = [...actionsIn(events, decode), ...actions];
  }
  return { recovery, actions };
}

const GRPC_NOT_FOUND = 5;

/** @returns no events if Temporal has deleted the run after its retention */
async function fetchEvents(
  client: Client,
  workflowId: string,
  runId: string,
): Promise<readonly HistoryEvent[]> {
  try {
    return (await client.workflow.getHandle(workflowId, runId).fetchHistory()).events ?? [];
  } catch (error) {
    if (isGrpcServiceError(error) && Number(error.code) === GRPC_NOT_FOUND) return [];
    throw error;
  }
}

function continuedFrom([first]: readonly HistoryEvent[]): string | null {
  const runId = first?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? "";
  return runId === "" ? null : runId;
}

/** A run's decisions by their events, and its state after the last one; null where the run has no readable start. */
type Decided = {
  readonly recovery: Recovery | null;
  readonly decisions: ReadonlyMap<HistoryEvent, Decision>;
};

/** The state is what the run started with, and the changes of each decision. */
function decidedIn(events: readonly HistoryEvent[], decode: Decode): Decided {
  const decisions = new Map<HistoryEvent, Decision>();
  const [first] = events;
  const input = decode(first?.workflowExecutionStartedEventAttributes?.input);
  let recovery = stateAtStart(input, first?.eventTime == null ? 0 : tsToMs(first.eventTime));
  if (recovery === null) return { recovery, decisions };
  for (const event of events) {
    const recorded = decisionOf(event, decode);
    if (recorded === null) continue;
    const { decision, after } = replayed(recovery, recorded);
    decisions.set(event, decision);
    recovery = after;
  }
  return { recovery, decisions };
}

/** Decisions are the results of local activities, which Temporal records as markers. */
function decisionOf(
  { markerRecordedEventAttributes: marker }: HistoryEvent,
  decode: Decode,
): RecordedDecision | null {
  if (marker?.markerName !== "core_local_activity") return null;
  return (decode(marker.details?.["result"]) as RecordedDecision | undefined) ?? null;
}

function actionsIn(events: readonly HistoryEvent[], decode: Decode): readonly ShadowedAction[] {
  const actions: ShadowedAction[] = [];
  const { decisions } = decidedIn(events, decode);
  // A recovery has one charge in flight at most, so an outcome belongs to the charge decided last.
  let charge: ChargeEffect | null = null;
  for (const event of events) {
    const effects = decisions.get(event)?.effects ?? [];
    charge = effects.find((effect) => effect.kind === "charge") ?? charge;
    const completed = event.activityTaskCompletedEventAttributes;
    if (completed == null || event.eventTime == null) continue;
    const outcome = decode(completed.result) as EffectOutcome | null | undefined;
    const action = shadowedAction(outcome, charge, tsToMs(event.eventTime));
    if (action !== null) actions.push(action);
  }
  return actions;
}

/** Other activities return other shapes, without the reason `shadow`. */
function shadowedAction(
  outcome: EffectOutcome | null | undefined,
  charge: ChargeEffect | null,
  at: Instant,
): ShadowedAction | null {
  if (typeof outcome !== "object" || outcome === null) return null;
  if (!("why" in outcome) || outcome.why !== "shadow") return null;
  switch (outcome.kind) {
    case "not_attempted":
      return charge === null ? null : { kind: "charge", at, charge };
    case "not_sent":
      return { kind: "notice", at, notice: outcome.notice };
    case "not_made":
      return { kind: "payment_link", at };
    case "not_cancelled":
      return { kind: "cancellation", at };
  }
}
