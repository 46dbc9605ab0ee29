import type { CheckoutActivities } from "../../activities/checkout/checkout.ts";
import type { Activities } from "../../activities/index.ts";
import type { SweepActivities } from "../../activities/sweep/sweep.ts";
import type { DeliveryActivities } from "../../activities/webhooks/delivery.ts";
import { countsOf } from "../../domain/metrics/decision-counts.ts";
import type { CheckoutNoticeOutcome } from "../../domain/checkout/checkout.ts";
import { FOUND, type NoticeCountResult } from "../../domain/metrics/label-values.ts";
import { type Metrics, NO_METRICS } from "../../platform/metrics/metrics.ts";

type Counted = Pick<Activities, "decideRecovery" | "notifyOperator"> &
  Pick<CheckoutActivities, "sendCheckoutNotice" | "notifyOfCheckout"> &
  Pick<SweepActivities, "sweepPage"> &
  Pick<DeliveryActivities, "deliverWebhook">;

/**
 * Counts what activities did. A decision is counted where it is made, in its local activity, which no replay repeats; one whose
 * worker died before Temporal had it is made, and counted, again.
 */
export function countActivities<All extends Counted>(activities: All, metrics: Metrics): All {
  // Comparing the states of every decision is work that nobody would see.
  if (metrics === NO_METRICS) return activities;
  const { add } = metrics;
  const alert = (cause: string): void =>
    add({ metric: "reprise_operator_alerts_total", labels: { cause }, by: 1 });
  const deliver = (type: string, result: "delivered" | "failed"): void =>
    add({ metric: "reprise_deliveries_total", labels: { type, result }, by: 1 });
  return {
    ...activities,
    decideRecovery: async (input) => {
      const decision = await activities.decideRecovery(input);
      for (const count of countsOf(input.recovery, input.waiting.events, decision)) add(count);
      return decision;
    },
    sendCheckoutNotice: async (input) => {
      const outcome = await activities.sendCheckoutNotice(input);
      const labels = { kind: input.notice, result: resultOf(outcome) };
      add({ metric: "reprise_notices_total", labels, by: 1 });
      return outcome;
    },
    notifyOperator: async (input) => {
      await activities.notifyOperator(input);
      alert(input.alert.cause);
    },
    notifyOfCheckout: async (input) => {
      await activities.notifyOfCheckout(input);
      alert(input.alert.cause);
    },
    sweepPage: async (input) => {
      const found = await activities.sweepPage(input);
      for (const what of FOUND) {
        const rows = found[what] ?? 0;
        const by = typeof rows === "number" ? rows : rows.length;
        add({ metric: "reprise_sweep_found_total", labels: { what }, by });
      }
      return found;
    },
    deliverWebhook: async (input) => {
      const { type } = input.publication;
      try {
        await activities.deliverWebhook(input);
        deliver(type, "delivered");
      } catch (error) {
        deliver(type, "failed");
        throw error;
      }
    },
  };
}

function resultOf({ kind }: CheckoutNoticeOutcome): NoticeCountResult {
  switch (kind) {
    case "sent":
    case "unsent":
      return kind;
    case "shadow":
      return "shadowed";
    case "not_sent":
      return "withheld";
    case "undeliverable":
      return "rejected";
  }
}
