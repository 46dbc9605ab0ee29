import { classifyDecline } from "../declines/decline.ts";
import type { Policy } from "../policy.ts";
import type { Mode } from "../state/outcome.ts";
import type { Payment } from "../state/payment.ts";
import { CHECKOUT_AGE_MAX_MS } from "../sweep/sweep.ts";
import type { PaymentId } from "../values/ids.ts";
import { DAY_MS, describeInstant, HOUR_MS, type Instant } from "../values/time.ts";
import type { CheckoutRule } from "./checkout-rules.ts";

/** The emails about a payment without a subscription, by what became of it. */
export const CHECKOUT_NOTICES = [
  "checkout_declined",
  "checkout_abandoned",
  "checkout_authentication",
] as const;
export type CheckoutNotice = (typeof CHECKOUT_NOTICES)[number];

/** The customer may still be on the page. @source design, "Rules" */
export const FIRST_NOTICE_MS = HOUR_MS;
/** Within the payment's first day, and not on the heels of the first. */
export const REMINDER_MS = 20 * HOUR_MS;
const REMINDER_GAP_MS = 8 * HOUR_MS;
/** After the last notice: did they pay? */
const FINAL_READ_MS = DAY_MS;
/** A payment under way is looked at again after this. */
const OPEN_PAYMENT_MS = HOUR_MS;

/** What one reading of Dodo says of a checkout. No name, no address. */
export type CheckoutReading = {
  /** Null: Dodo knows no such payment. */
  readonly payment: Payment | null;
  /** The customer has paid for something since this payment was made. */
  readonly paidSince: boolean;
  /** The customer has begun another payment since, which Dodo knows by this name. */
  readonly laterPayment: PaymentId | null;
  readonly optedOut: boolean;
};

/** All that is known of a checkout: plain JSON. */
export type Checkout = {
  readonly version: 1;
  readonly paymentId: PaymentId;
  /** Pinned at the first decision. */
  readonly mode: Mode | null;
  readonly codes: Policy["codes"];
  /** When the payment was made; null until it was read. */
  readonly createdAt: Instant | null;
  /** When notices were sent (or, in shadow mode, would have been). */
  readonly noticedAt: readonly Instant[];
};

export function newCheckout(paymentId: PaymentId): Checkout {
  return { version: 1, paymentId, mode: null, codes: {}, createdAt: null, noticedAt: [] };
}

export type CheckoutNoticeOutcome =
  | { readonly kind: "sent"; readonly messageId: string }
  | { readonly kind: "shadow" }
  | { readonly kind: "not_sent"; readonly reading: CheckoutReading }
  | { readonly kind: "undeliverable"; readonly detail: string };

export type CheckoutEvent =
  | { readonly kind: "opened" }
  | { readonly kind: "timer_fired" }
  | { readonly kind: "read"; readonly reading: CheckoutReading }
  | { readonly kind: "notice_finished"; readonly outcome: CheckoutNoticeOutcome };

export type CheckoutOutcome = "ignored" | "paid" | "unpaid" | "nothing_to_do";

export type CheckoutStep =
  | { readonly kind: "read" }
  | { readonly kind: "wait"; readonly until: Instant; readonly what: string }
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
 * What to do next about a payment that was not completed. Pure and total, and there is no step that charges.
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
      return { ...read("Dodo is read first"), changes: pinned };
    }
    case "timer_fired":
      return read("it is time to look");
    case "read":
      return afterRead(checkout, event.reading, now);
    case "notice_finished":
      return afterNotice(checkout, event.outcome, now);
    default:
      // A newer version may have left what this one does not know: looking is never wrong.
      return read("an unknown event");
  }
}

/** Why a checkout is not, or no longer, to be written about; else what to write. */
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
  if (payment === null) return over("checkout.not_one_time", "Dodo knows no such payment");
  const { state, dodoStatus, subscriptionIds, totalMinor, isMethodUpdate, declineCode } = payment;
  if (subscriptionIds.length > 0) {
    return over("checkout.not_one_time", `it is of ${subscriptionIds.join(", ").slice(0, 200)}`);
  }
  if (totalMinor <= 0 || isMethodUpdate)
    return over("checkout.not_one_time", "it asks for nothing");
  if (state === "succeeded") return over("checkout.paid", "this payment succeeded");
  if (paidSince) return over("checkout.paid", "the customer has paid since");
  if (laterPayment !== null) return over("checkout.superseded", `by ${laterPayment}`);
  if (optedOut) return over("checkout.opted_out", "metadata.reprise is off");
  switch (state) {
    case "declined": {
      const { masked, known, code, handling } = classifyDecline(declineCode, codes);
      if (handling === "merchant") return over("checkout.merchant", code);
      const told = masked || !known ? null : code;
      return { kind: "unpaid", notice: "checkout_declined", declineCode: told };
    }
    case "abandoned":
      return { kind: "unpaid", notice: "checkout_abandoned", declineCode: null };
    case "unconfirmed":
      return { kind: "unpaid", notice: "checkout_authentication", declineCode: null };
    case "cancelled":
      return over("checkout.cancelled", "it was cancelled");
    case "open":
      return { kind: "in_progress", dodoStatus: dodoStatus ?? "without a status" };
  }
}

function afterRead(checkout: Checkout, look: CheckoutReading, now: Instant): CheckoutDecision {
  const standing = checkoutStateOf(look, checkout.codes);
  const createdAt = look.payment?.createdAt ?? now;
  const known = { ...checkout, createdAt };
  if (standing.kind === "finished") {
    const { rule, reason } = standing;
    const due = nextNoticeAt(known);
    // The later payment may yet be cancelled: which of the two stands is seen when a notice is due.
    if (rule === "checkout.superseded" && due !== null && now < due) {
      return { ...wait(due, `${reason}, for now`, rule), changes: { createdAt } };
    }
    return end(rule === "checkout.paid" ? "paid" : "nothing_to_do", rule, reason);
  }
  return { ...whileUnpaid(known, standing, now), changes: { createdAt } };
}

function whileUnpaid(
  checkout: Checkout & { readonly createdAt: Instant },
  standing: Exclude<CheckoutState, { readonly kind: "finished" }>,
  now: Instant,
): CheckoutDecision {
  const { createdAt, noticedAt } = checkout;
  const lastLook = finalReadAt(checkout);
  if (lastLook !== null && now >= lastLook) {
    return end("unpaid", "checkout.unpaid", `notices sent: ${noticedAt.length}`);
  }
  const isOld = now >= createdAt + CHECKOUT_AGE_MAX_MS;
  const due = isOld ? null : nextNoticeAt(checkout);
  if (due === null && lastLook !== null) return wait(lastLook, "a last look", "checkout.wait");
  if (due === null) {
    return end("nothing_to_do", "checkout.too_old", `made ${describeInstant(createdAt)}`);
  }
  if (standing.kind === "in_progress") {
    const until = Math.max(due, now + OPEN_PAYMENT_MS);
    return wait(
      until,
      `the payment, which is ${standing.dodoStatus}`,
      "checkout.payment_in_progress",
    );
  }
  if (now < due) return wait(due, "the notice's time", "checkout.wait");
  const { notice, declineCode } = standing;
  const number = noticedAt.length + 1;
  return {
    changes: {},
    step: { kind: "notice", notice, number, declineCode },
    rule: "checkout.notice",
    reason: `${notice}, number ${number}`,
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
    case "not_sent":
      // Read a moment before it was to be sent: judged as any other reading.
      return afterRead(checkout, outcome.reading, now);
    case "sent":
    case "shadow": {
      const noticedAt = [...checkout.noticedAt, now];
      const after = { ...checkout, noticedAt };
      const next = nextNoticeAt(after) ?? finalReadAt(after) ?? now;
      const took =
        outcome.kind === "sent" ? `sent, as \`${outcome.messageId}\`` : "would have been sent now";
      return {
        changes: { noticedAt },
        step: { kind: "wait", until: next, what: "the next look" },
        rule: "checkout.notice_sent",
        reason: `notice ${noticedAt.length}: ${took}`,
      };
    }
  }
}

/** Null where there is none to come. */
function nextNoticeAt({ createdAt, noticedAt }: Checkout): Instant | null {
  if (createdAt === null) return null;
  const [first, ...others] = noticedAt;
  if (first === undefined) return createdAt + FIRST_NOTICE_MS;
  const reminder = createdAt + REMINDER_MS;
  return others.length === 0 && reminder >= first + REMINDER_GAP_MS ? reminder : null;
}

/** Null before the first notice. */
function finalReadAt({ noticedAt }: Checkout): Instant | null {
  const last = noticedAt.at(-1);
  return last === undefined ? null : last + FINAL_READ_MS;
}

function read(reason: string): CheckoutDecision {
  return { changes: {}, step: { kind: "read" }, rule: "checkout.read_first", reason };
}

function wait(until: Instant, what: string, rule: CheckoutRule): CheckoutDecision {
  const reason = `${what}, ${describeInstant(until)}`;
  return { changes: {}, step: { kind: "wait", until, what }, rule, reason };
}

function end(outcome: CheckoutOutcome, rule: CheckoutRule, reason: string): CheckoutDecision {
  return { changes: {}, step: { kind: "end", outcome }, rule, reason };
}
