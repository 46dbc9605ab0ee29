import { ApplicationFailure } from "@temporalio/activity";
import { activityIds } from "../../activities/activity-ids.ts";
import type { CheckoutActivities } from "../../activities/checkout/checkout.ts";
import type { Activities } from "../../activities/index.ts";
import type { MandateActivities } from "../../activities/mandate/mandate.ts";
import type { ChargeRequestActivities } from "../../activities/requested-charge/submit-charge-request.ts";
import type { SweepActivities } from "../../activities/sweep/sweep.ts";
import type { DeliveryActivities } from "../../activities/webhooks/delivery.ts";
import type { ChargeOutcome, NoticeOutcome } from "../../domain/state/event.ts";
import type { DodoAnswer } from "../../domain/values/dodo-answer.ts";
import { recoveryIdOf } from "../../domain/values/ids.ts";
import { describeError, scrubbed } from "../../domain/values/own-error.ts";
import type { Log } from "../../platform/log.ts";

type Logged = Pick<
  Activities,
  "charge" | "createPaymentLink" | "cancelSubscription" | "sendNotice"
> &
  Pick<CheckoutActivities, "sendCheckoutNotice"> &
  Pick<SweepActivities, "planSweep"> &
  DeliveryActivities &
  ChargeRequestActivities &
  Pick<MandateActivities, "createCheckout">;

/**
 * Logs the outcome of activities, one line each. Reads have none: the decision that follows has. An activity that throws is tried
 * again, and Temporal's SDK logs it; a mail and an outgoing webhook have a line of their own for each try.
 */
export function logActivities<All extends Logged>(activities: All, log: Log): All {
  return {
    ...activities,
    ...recoveryLines(activities, log),
    ...noticeLines(activities, log),
    ...webhookLines(activities, log),
    ...otherLines(activities, log),
  };
}

function recoveryLines(
  activities: Logged,
  log: Log,
): Pick<Logged, "charge" | "createPaymentLink" | "cancelSubscription"> {
  return {
    charge: async (input) => {
      const outcome = await activities.charge(input);
      const { recoveryId, subscriptionId, key: attempt, number } = input;
      const ids = { recoveryId, subscriptionId, attempt, number };
      log.info({ event: "charge_finished", ...ids, ...aboutCharge(outcome) });
      return outcome;
    },
    createPaymentLink: async (input) => {
      const outcome = await activities.createPaymentLink(input);
      const { recoveryId, subscriptionId, debtId } = input;
      const about = {
        result: outcome.kind,
        paymentId: outcome.kind === "made" ? outcome.paymentId : null,
        why: outcome.kind === "not_made" ? outcome.why : null,
        ...answerFields(outcome.kind === "refused" ? outcome : undefined),
      };
      log.info({ event: "payment_link_finished", recoveryId, subscriptionId, debtId, ...about });
      return outcome;
    },
    cancelSubscription: async (input) => {
      const outcome = await activities.cancelSubscription(input);
      const { subscriptionId } = input;
      const about = {
        result: outcome.kind,
        why: outcome.kind === "not_cancelled" ? outcome.why : null,
        ...answerFields(outcome.kind === "refused" ? outcome.answer : undefined),
      };
      const ids = { recoveryId: recoveryIdOf(subscriptionId), subscriptionId };
      log.info({ event: "cancel_finished", ...ids, ...about });
      return outcome;
    },
  };
}

function aboutCharge(outcome: ChargeOutcome) {
  const result = outcome.kind;
  switch (outcome.kind) {
    case "accepted": {
      const { paymentId, adopted } = outcome;
      return { result, paymentId, adopted };
    }
    case "refused":
      return { result, ...answerFields(outcome) };
    case "not_attempted":
      return { result, why: outcome.why, ...answerFields(outcome.answer) };
    case "unknown":
      return { result, ...answerFields(outcome.answer) };
  }
}

function answerFields(answer: DodoAnswer | undefined): Partial<DodoAnswer> {
  if (answer === undefined) return {};
  const { code, httpStatus, requestId } = answer;
  return { code, httpStatus, ...(requestId === undefined ? {} : { requestId }) };
}

function noticeLines(
  activities: Logged,
  log: Log,
): Pick<Logged, "sendNotice" | "sendCheckoutNotice"> {
  return {
    sendNotice: async (input) => {
      const { recoveryId, subscriptionId, debtId, notice, key } = input;
      const ids = { recoveryId, subscriptionId, debtId, notice, key };
      try {
        const outcome = await activities.sendNotice(input);
        log.info({ event: "notice_finished", ...ids, ...aboutNotice(outcome) });
        return outcome;
      } catch (error) {
        log.warn({ event: "notice_failed", ...ids, detail: describeError(error) });
        throw error;
      }
    },
    sendCheckoutNotice: async (input) => {
      const { paymentId, notice, number } = input;
      const ids = { paymentId, notice, number };
      try {
        const outcome = await activities.sendCheckoutNotice(input);
        log.info({ event: "checkout_notice_finished", ...ids, ...aboutMail(outcome) });
        return outcome;
      } catch (error) {
        log.warn({ event: "checkout_notice_failed", ...ids, detail: describeError(error) });
        throw error;
      }
    },
  };
}

function aboutNotice(outcome: NoticeOutcome) {
  return { ...aboutMail(outcome), why: outcome.kind === "not_sent" ? outcome.why : null };
}

type MailOutcome = NoticeOutcome | Awaited<ReturnType<CheckoutActivities["sendCheckoutNotice"]>>;

function aboutMail(outcome: MailOutcome) {
  return {
    result: outcome.kind,
    messageId: outcome.kind === "sent" ? outcome.messageId : null,
    detail: "detail" in outcome ? scrubbed(outcome.detail) : null,
  };
}

function webhookLines(activities: Logged, log: Log): DeliveryActivities {
  return {
    enqueuePublications: async (input) => {
      await activities.enqueuePublications(input);
      const { subscriptionId, publications } = input;
      const ids = { recoveryId: recoveryIdOf(subscriptionId), subscriptionId };
      log.info({ event: "outgoing_webhooks_enqueued", ...ids, publications: publications.length });
    },
    deliverWebhook: async (input) => {
      const { id: deliveryId, type, recoveryId, subscriptionId } = input.publication;
      const ids = { deliveryId, type, recoveryId, subscriptionId };
      try {
        const attempts = await activities.deliverWebhook(input);
        log.info({ event: "outgoing_webhook_delivered", ...ids });
        return attempts;
      } catch (error) {
        const isFinal = error instanceof ApplicationFailure && error.nonRetryable === true;
        // Our own words: `activityFailure` has scrubbed them.
        const detail = error instanceof ApplicationFailure ? error.message : describeError(error);
        log.warn({ event: "outgoing_webhook_failed", ...ids, detail, isFinal });
        throw error;
      }
    },
  };
}

function otherLines(
  activities: Logged,
  log: Log,
): Pick<Logged, "planSweep" | "submitChargeRequest" | "createCheckout"> {
  return {
    planSweep: async (input) => {
      const plan = await activities.planSweep(input);
      const { workflowId = "" } = activityIds();
      log.info({ event: "sweep_started", workflowId, scans: plan.scans });
      return plan;
    },
    submitChargeRequest: async (input) => {
      const status = await activities.submitChargeRequest(input);
      const { subscriptionId, request } = input;
      const result =
        status === null ? "submitted" : status.state === "refused" ? "refused" : "ended";
      const ids = { chargeId: request.chargeId, recoveryId: recoveryIdOf(subscriptionId) };
      log.info({ event: "charge_request_submitted", ...ids, subscriptionId, result });
      return status;
    },
    createCheckout: async (input) => {
      const creation = await activities.createCheckout(input);
      const about = {
        result: creation.kind,
        subscriptionId: creation.kind === "already_exists" ? creation.subscriptionId : null,
        ...answerFields(creation.kind === "refused" ? creation : undefined),
      };
      const { mandateId } = input;
      log.info({ event: "mandate_checkout_finished", mandateId, ...about });
      return creation;
    },
  };
}
