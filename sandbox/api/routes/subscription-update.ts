/** `PATCH /subscriptions/{id}`: cancel, pause, resume, reschedule, replace metadata. */
import { z } from "zod";
import type { SandboxContext } from "../../model/context.ts";
import { invalidBody, invalidParameters } from "../../model/errors.ts";
import { emitSubscriptionEvent } from "../../model/events.ts";
import {
  cancelSubscription,
  pauseSubscription,
  resumeSubscription,
  scheduleCancellation,
} from "../../model/lifecycle.ts";
import type { Subscription } from "../../model/state/entities.ts";
import { metadataSchema, parseBody } from "../request-body.ts";

const updateSchema = z.object({
  status: z.enum(["active", "paused", "cancelled"]).nullish(),
  cancel_at_next_billing_date: z.boolean().nullish(),
  cancel_reason: z
    .enum([
      "cancelled_by_customer",
      "cancelled_by_merchant",
      "cancelled_by_merchant_send_dunning",
      "cancelled_by_merchant_grace_period_expired",
      "dodo_team",
    ])
    .nullish(),
  cancellation_feedback: z.string().nullish(),
  cancellation_comment: z.string().nullish(),
  metadata: metadataSchema.nullish(),
  next_billing_date: z.string().nullish(),
  disable_on_demand: z.object({ next_billing_date: z.string() }).nullish(),
  // Dodo removed the boolean `pause` and answers 422. @source docs/dodo/subscriptions.md, "Pause"
  pause: z.null().optional(),
});

type Update = z.infer<typeof updateSchema>;

/** @throws ApiError if Dodo would refuse the update */
export function updateSubscription(
  context: SandboxContext,
  subscription: Subscription,
  body: unknown,
  now: number,
): void {
  const update = parseBody(updateSchema, body ?? {});
  const isAlone = Object.values(body ?? {}).filter((value) => value != null).length === 1;
  if ((update.status === "paused" || update.status === "active") && !isAlone) {
    throw invalidBody(`status ${update.status} must be sent alone`);
  }
  if (update.status === "paused") pauseSubscription(context, subscription);
  if (update.status === "active") resumeSubscription(context, subscription);
  updateBillingDate(context, subscription, update, now);
  if (update.metadata != null) {
    subscription.metadata = { ...update.metadata };
    emitSubscriptionEvent(context, subscription, "subscription.updated");
  }
  updateCancellation(context, subscription, update, now);
}

function updateBillingDate(
  context: SandboxContext,
  subscription: Subscription,
  update: Update,
  now: number,
): void {
  const date = update.disable_on_demand?.next_billing_date ?? update.next_billing_date;
  if (date == null) return;
  const nextBillingAt = Date.parse(date);
  if (Number.isNaN(nextBillingAt) || nextBillingAt <= now) {
    throw invalidParameters("next_billing_date must be in the future");
  }
  subscription.nextBillingAt = nextBillingAt;
  if (update.disable_on_demand != null) subscription.onDemand = false;
  emitSubscriptionEvent(context, subscription, "subscription.updated");
}

function updateCancellation(
  context: SandboxContext,
  subscription: Subscription,
  update: Update,
  now: number,
): void {
  if (update.cancellation_feedback != null) {
    subscription.cancellationFeedback = update.cancellation_feedback;
  }
  if (update.cancellation_comment != null) {
    subscription.cancellationComment = update.cancellation_comment;
  }
  if (update.cancel_at_next_billing_date != null) {
    scheduleCancellation(context, subscription, update.cancel_at_next_billing_date);
  }
  if (update.status === "cancelled") cancelSubscription(context, subscription, now);
}
