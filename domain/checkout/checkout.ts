import { classifyDecline } from "../declines/decline.ts";
import type { Policy } from "../policy.ts";
import type { Alert } from "../state/alert.ts";
import type { Mode } from "../state/outcome.ts";
import { describeStatus, mayHaveAmount, type Payment } from "../state/payment.ts";
import { LATE_FAILURE_MS } from "../sweep/late-failures.ts";
import { CHECKOUT_AGE_MAX_MS } from "../sweep/sweep.ts";
import type { PaymentId } from "../values/ids.ts";
import { describeInstant, type Instant } from "../values/time.ts";
import type { CheckoutRule } from "./checkout-rules.ts";
import {
  type CheckoutTimes,
  countsFrom,
  finalReadAt,
  nextNoticeAt,
  nextOpenReadAt,
} from "./checkout-times.ts";

/** The emails about a payment without a subscription, by what became of it. */
export const CHECKOUT_NOTICES = [
  "checkout_declined",
  "checkout_abandoned",
  "checkout_authentication",
] as const;
export type CheckoutNotice = (typeof CHECKOUT_NOTICES)[number];

/** What one read of Dodo shows of a checkout, without names and addresses. */
export type CheckoutReading = {
  /** Null: Dodo knows no such payment. */
  readonly payment: Payment | null;
  /** When the payment was declined; null or absent where it was not, or Dodo does not say. */
  readonly failedAt?: Instant | null;
  /** The customer has paid for something since this payment was made. */
  readonly paidSince: boolean;
  /** The newest payment that the customer has begun since. */
  readonly laterPayment: PaymentId | null;
  readonly optedOut: boolean;
};

/** The state of a checkout: plain JSON. */
export type Checkout = CheckoutTimes & {
  readonly version: 1;
  readonly paymentId: PaymentId;
  /** Pinned at the first decision. */
  readonly mode: Mode | null;
  readonly codes: Policy["codes"];
  /** Dodo reported that it takes the checkout for abandoned, so its own emails may run. */
  readonly isDodoMailing?: boolean;
  /** Dodo reported that the checkout was recovered: a hint until a read shows it. */
  readonly recovered?: { readonly paidBy: PaymentId | null };
};

export function newCheckout(paymentId: PaymentId): Checkout {
  return { version: 1, paymentId, mode: null, codes: {}, createdAt: null, noticedAt: [] };
}

export type CheckoutNoticeOutcome =
  | { readonly kind: "sent"; readonly messageId: string }
  | { readonly kind: "shadow" }
  | { readonly kind: "not_sent"; readonly reading: CheckoutReading }
  | { readonly kind: "undeliverable"; readonly detail: string }
  /** It could not be sent while the checkout lasted. */
  | { readonly kind: "unsent"; readonly detail: string };

export type CheckoutEvent =
  | { readonly kind: "opened" }
  | { readonly kind: "timer_fired" }
  | { readonly kind: "reported"; readonly report: CheckoutReport }
  | { readonly kind: "operator_notified" }
  | { readonly kind: "read"; readonly reading: CheckoutReading }
  | { readonly kind: "notice_finished"; readonly outcome: CheckoutNoticeOutcome };

/**
 * What a webhook says about a checkout. Each is a hint: a read shows what is true.
 * - `failed`: the payment was declined
 * - `abandoned`: Dodo takes the checkout for abandoned; `paidBy` of `recovered`: the payment that made up for it
 */
export type CheckoutReport =
  | { readonly kind: "failed" | "abandoned"; readonly webhookId: string }
  | {
      readonly kind: "recovered";
      readonly webhookId: string;
      readonly paidBy: PaymentId | null;
    };

/** `recovered`: paid after Dodo's own mails, as Dodo reports. */
export type CheckoutOutcome = "ignored" | "paid" | "recovered" | "unpaid" | "nothing_to_do";

export type CheckoutStep =
  | { readonly kind: "read" }
  | { readonly kind: "wait"; readonly until: Instant; readonly what: string }
  | { readonly kind: "notify_operator"; readonly alert: Alert }
  | {
      readonly kind: "notice";
      readonly notice: CheckoutNotice;
      /** 1 = the first. */
      readonly number: number;
      /** Null where the reason is masked or unknown. */
      readonly declineCode: string | null;
    }
  | { readonly kind: "end"; readonly outcome: CheckoutOutcome };

export type CheckoutDecision = {
  readonly changes: Partial<Checkout>;
  readonly step: CheckoutStep;
  readonly rule: CheckoutRule;
  readonly reason: string;
};

/**
 * Decides what to do next about a payment that was not completed. Pure and total; no step charges anything.
 *
 * @param inForce the worker's policy and mode; pinned when the checkout is opened
 */
export function decideCheckout(
  checkout: Checkout,
  event: CheckoutEvent,
  inForce: { readonly policy: Policy; readonly mode: Mode },
  now: Instant,
): CheckoutDecision {
  switch (event.kind) {
    case "opened": {
      if (inForce.policy.oneTimePayments === "ignore") {
        return end("ignored", "checkout.ignored", "one_time_payments: ignore");
      }
      const pinned = { mode: inForce.mode, codes: inForce.policy.codes };
      return { ...read("Dodo is read before anything is sent"), changes: pinned };
    }
    case "timer_fired":
      return read("the next read of Dodo is due");
    case "reported":
      return afterReport(checkout, event.report);
    case "operator_notified":
      return read("the operator knows of Dodo's own emails");
    case "read":
      return afterRead(checkout, event.reading, now);
    case "notice_finished":
      return afterNotice(checkout, event.outcome, now);
    default:
      // A newer version may have recorded an event that this one does not know; a read is always safe.
      return read("this version does not know the event");
  }
}

/** Whether to write about a checkout: it is finished, in progress, or unpaid with the notice to send. */
export type CheckoutState =
  | { readonly kind: "finished"; readonly rule: CheckoutRule; readonly reason: string }
  | { readonly kind: "in_progress"; readonly dodoStatus: string }
  | {
      readonly kind: "unpaid";
      readonly notice: CheckoutNotice;
      readonly declineCode: string | null;
    };

export function checkoutStateOf(
  { payment, paidSince, laterPayment, optedOut }: CheckoutReading,
  codes: Policy["codes"],
): CheckoutState {
  const over = (rule: CheckoutRule, reason: string): CheckoutState => ({
    kind: "finished",
    rule,
    reason,
  });
  if (payment === null) return over("checkout.not_one_time", "Dodo does not know this payment");
  const { state, subscriptionIds, isMethodUpdate, declineCode } = payment;
  if (subscriptionIds.length > 0) {
    return over(
      "checkout.not_one_time",
      `the payment belongs to ${subscriptionIds.join(", ").slice(0, 200)}`,
    );
  }
  if (!mayHaveAmount(payment) || isMethodUpdate === true)
    return over("checkout.not_one_time", "the payment asks for nothing");
  if (state === "succeeded") return over("checkout.paid", "this payment succeeded");
  if (paidSince) return over("checkout.paid", "the customer has paid since");
  if (laterPayment !== null)
    return over("checkout.superseded", `the customer tried again with ${laterPayment}`);
  if (optedOut) return over("checkout.opted_out", "the payment's metadata has reprise = off");
  switch (state) {
    case "declined": {
      const { masked, known, code, handling } = classifyDecline(declineCode, codes);
      if (handling === "merchant")
        return over("checkout.merchant", `the payment was declined: ${code}`);
      const shownCode = masked || !known ? null : code;
      return { kind: "unpaid", notice: "checkout_declined", declineCode: shownCode };
    }
    case "abandoned":
      return { kind: "unpaid", notice: "checkout_abandoned", declineCode: null };
    case "needs_customer":
      return { kind: "unpaid", notice: "checkout_authentication", declineCode: null };
    case "cancelled":
      return over("checkout.cancelled", "the payment was cancelled");
    case "needs_merchant":
    case "processing":
      return { kind: "in_progress", dodoStatus: describeStatus(payment) };
  }
}

function afterReport(checkout: Checkout, report: CheckoutReport): CheckoutDecision {
  switch (report.kind) {
    case "abandoned": {
      if (checkout.isDodoMailing === true)
        return read("Dodo reports the checkout as abandoned again");
      return {
        changes: { isDodoMailing: true },
        step: { kind: "notify_operator", alert: { cause: "dodo_cart_recovery" } },
        rule: "checkout.dodo_mails",
        reason: "Dodo reports the checkout as abandoned, and may send emails of its own",
      };
    }
    case "recovered": {
      const recovered = { paidBy: report.paidBy };
      return { ...read("Dodo reports the checkout as recovered"), changes: { recovered } };
    }
    case "failed":
      return read("Dodo reports that the payment failed");
    default:
      // A newer gateway may report what this version does not know.
      return read("this version does not know the report");
  }
}

function afterRead(checkout: Checkout, reading: CheckoutReading, now: Instant): CheckoutDecision {
  const state = checkoutStateOf(reading, checkout.codes);
  const createdAt = reading.payment?.createdAt ?? now;
  // The first failure counts: a later change of the payment does not start its notices anew. A payment that is under way
  // may fail again, as a bank debit does after a declined card.
  const failedAt =
    state.kind === "in_progress" ? null : (checkout.failedAt ?? reading.failedAt ?? null);
  const known = { ...checkout, createdAt, failedAt };
  if (state.kind === "finished") {
    const { rule, reason } = state;
    const due = nextNoticeAt(known);
    // The later payment may still be cancelled, so this is decided when the notice is due.
    if (rule === "checkout.superseded" && due !== null && now < due) {
      return { ...wait(due, "the notice", rule), reason, changes: { createdAt, failedAt } };
    }
    if (rule !== "checkout.paid") return end("nothing_to_do", rule, reason);
    return checkout.recovered === undefined
      ? end("paid", rule, reason)
      : end("recovered", "checkout.recovered", reason);
  }
  return { ...whileUnpaid(known, state, now), changes: { createdAt, failedAt } };
}

function whileUnpaid(
  checkout: Checkout & { readonly createdAt: Instant },
  state: Exclude<CheckoutState, { readonly kind: "finished" }>,
  now: Instant,
): CheckoutDecision {
  const { createdAt, noticedAt } = checkout;
  if (state.kind === "in_progress" && now < createdAt + LATE_FAILURE_MS) {
    const until = nextOpenReadAt(checkout, now);
    return wait(until, `the payment (${state.dodoStatus})`, "checkout.payment_in_progress");
  }
  const finalRead = finalReadAt(checkout);
  if (finalRead !== null && now >= finalRead) {
    return end(
      "unpaid",
      "checkout.unpaid",
      `unpaid after ${noticedAt.length} ${noticedAt.length === 1 ? "notice" : "notices"}`,
    );
  }
  const isOld = now >= countsFrom(checkout) + CHECKOUT_AGE_MAX_MS;
  const due = isOld || state.kind === "in_progress" ? null : nextNoticeAt(checkout);
  if (due === null && finalRead !== null)
    return wait(finalRead, "the final read of Dodo", "checkout.wait");
  if (due === null || state.kind === "in_progress") {
    const since = describeInstant(countsFrom(checkout));
    return end("nothing_to_do", "checkout.too_old", `the payment is from ${since}`);
  }
  if (now < due) return wait(due, "the notice", "checkout.wait");
  const { notice, declineCode } = state;
  const number = noticedAt.length + 1;
  return {
    changes: {},
    step: { kind: "notice", notice, number, declineCode },
    rule: "checkout.notice",
    reason: `notice ${number} (${notice.replaceAll("_", " ")}) is due`,
  };
}

function afterNotice(
  checkout: Checkout,
  outcome: CheckoutNoticeOutcome,
  now: Instant,
): CheckoutDecision {
  switch (outcome.kind) {
    case "undeliverable":
      return end("nothing_to_do", "checkout.undeliverable", outcome.detail);
    case "unsent":
      return end("nothing_to_do", "checkout.unsent", outcome.detail);
    case "not_sent":
      // The activity reads Dodo before it sends; its read counts as any other.
      return afterRead(checkout, outcome.reading, now);
    case "sent":
    case "shadow": {
      const noticedAt = [...checkout.noticedAt, now];
      const after = { ...checkout, noticedAt };
      const next = nextNoticeAt(after) ?? finalReadAt(after) ?? now;
      const result =
        outcome.kind === "sent"
          ? `notice ${noticedAt.length} was sent as \`${outcome.messageId}\``
          : `notice ${noticedAt.length} would have been sent now`;
      return {
        changes: { noticedAt },
        step: { kind: "wait", until: next, what: "the next read of Dodo" },
        rule: "checkout.notice_sent",
        reason: result,
      };
    }
  }
}

function read(reason: string): CheckoutDecision {
  return { changes: {}, step: { kind: "read" }, rule: "checkout.read_first", reason };
}

function wait(until: Instant, what: string, rule: CheckoutRule): CheckoutDecision {
  const reason = `waiting for ${what} until ${describeInstant(until)}`;
  return { changes: {}, step: { kind: "wait", until, what }, rule, reason };
}

function end(outcome: CheckoutOutcome, rule: CheckoutRule, reason: string): CheckoutDecision {
  return { changes: {}, step: { kind: "end", outcome }, rule, reason };
}
