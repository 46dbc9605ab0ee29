import type { Client } from "@temporalio/client";
import type { Payload } from "@temporalio/common";
import { tsToMs } from "@temporalio/common/lib/time.js";
import type { Decision } from "../domain/decision/decision.ts";
import type { ChargeEffect } from "../domain/decision/effect.ts";
import type {
  CancelOutcome,
  ChargeOutcome,
  NoticeOutcome,
  PaymentLinkOutcome,
} from "../domain/state/event.ts";
import type { NoticeKind } from "../domain/state/notice.ts";
import type { Instant } from "../domain/values/time.ts";

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

type History = Awaited<ReturnType<ReturnType<Client["workflow"]["getHandle"]>["fetchHistory"]>>;
type HistoryEvent = NonNullable<History["events"]>[number];
type Payloads = { readonly payloads?: readonly unknown[] | null } | null | undefined;
type EffectOutcome = ChargeOutcome | NoticeOutcome | PaymentLinkOutcome | CancelOutcome;

/**
 * Reads what a recovery would have sent from its history: activities in shadow mode return an outcome with the reason
 * `shadow` instead of sending. Follows runs that continued as new back to the first one that Temporal still keeps.
 * @returns oldest first
 */
export async function readShadowedActions(
  client: Client,
  workflowId: string,
  runId: string,
): Promise<readonly ShadowedAction[]> {
  const actions: ShadowedAction[] = [];
  for (let run: string | null = runId; run !== null;) {
    const { events }: History = await client.workflow.getHandle(workflowId, run).fetchHistory();
    actions.unshift(...actionsIn(client, events ?? []));
    run = continuedFrom(events ?? []);
  }
  return actions;
}

function continuedFrom([first]: readonly HistoryEvent[]): string | null {
  const runId = first?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? "";
  return runId === "" ? null : runId;
}

function actionsIn(client: Client, events: readonly HistoryEvent[]): readonly ShadowedAction[] {
  const { payloadConverter } = client.options.loadedDataConverter;
  const decode = (payloads: Payloads): unknown => {
    const [first] = payloads?.payloads ?? [];
    return first === undefined ? undefined : payloadConverter.fromPayload(first as Payload);
  };
  const actions: ShadowedAction[] = [];
  // A recovery has one charge in flight at most, so an outcome belongs to the charge decided last.
  let charge: ChargeEffect | null = null;
  for (const event of events) {
    const marker = event.markerRecordedEventAttributes;
    if (marker?.markerName === "core_local_activity") {
      const decision = decode(marker.details?.["result"]) as Decision | undefined;
      charge = decision?.effects.find((effect) => effect.kind === "charge") ?? charge;
    }
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
