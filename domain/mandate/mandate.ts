import { CHECKOUT_PAYABLE_MS } from "../limits.ts";
import { hasFailed, isOpen, type Payment, type SubscriptionAccess } from "../state/payment.ts";
import { describeAnswer, type DodoAnswer } from "../values/dodo-answer.ts";
import type { MandateId, SubscriptionId } from "../values/ids.ts";
import type { CurrencyCode } from "../values/money.ts";
import { describeInstant, HOUR_MS, type Instant, MINUTE_MS } from "../values/time.ts";
import type { MandateRule } from "./mandate-rules.ts";

/** A mandate as the merchant requests it, without names and addresses: Dodo knows the customer. */
export type RequestedMandate = {
  readonly productId: string;
  readonly customerId: string;
  /** ISO 3166-1 alpha-2, for Dodo's tax. */
  readonly country: string;
  /** True: the checkout charges nothing. */
  readonly mandateOnly: boolean;
  /** Of the first charge, in minor units; null for the product's own price. */
  readonly amountMinor: number | null;
  readonly currency: CurrencyCode | null;
  readonly description: string | null;
  readonly returnUrl: string | null;
  /** Of the product in the cart, such as seats; unset: one. */
  readonly quantity?: number;
  /** Whether the first charge's amount includes the fees of adaptive pricing; unset: the setting of the merchant's account. */
  readonly feesInclusive?: boolean;
  /** The floor of an Indian mandate, in paise; unset: the setting of the merchant's account. */
  readonly mandateMinInrPaise?: number;
  readonly metadata: Readonly<Record<string, string>>;
};

/** The metadata key that carries the mandate's id on the checkout, the subscription and its first payment. */
export const MANDATE_METADATA = "mandate_id";

export const MANDATE_STATES = [
  /** Dodo was asked for a checkout and has not created it yet. */
  "creating",
  "waiting_for_customer",
  "active",
  "failed",
  "expired",
  /** No checkout was created, and none will be. */
  "refused",
] as const;
export type MandateState = (typeof MANDATE_STATES)[number];

export type MandateRefusal = "shadow" | "refused_by_dodo" | "not_made";

/** The state of a mandate: plain JSON. */
export type Mandate = {
  readonly version: 1;
  readonly mandateId: MandateId;
  readonly state: MandateState;
  readonly refusal: MandateRefusal | null;
  readonly sessionId: string | null;
  readonly checkoutUrl: string | null;
  /** The page accepts a card until then. */
  readonly payableUntil: Instant | null;
  readonly subscriptionId: SubscriptionId | null;
  /** Reads of Dodo so far. */
  readonly reads: number;
};

export function newMandate(mandateId: MandateId): Mandate {
  return {
    version: 1,
    mandateId,
    state: "creating",
    refusal: null,
    sessionId: null,
    checkoutUrl: null,
    payableUntil: null,
    subscriptionId: null,
    reads: 0,
  };
}

/** The outcome of asking Dodo for a checkout. */
export type CheckoutCreation =
  | { readonly kind: "created"; readonly sessionId: string; readonly url: string }
  /** Dodo already has a subscription of this mandate, as after a restored Temporal. */
  | { readonly kind: "already_exists"; readonly subscriptionId: SubscriptionId }
  | (DodoAnswer & { readonly kind: "refused" })
  /** The worker runs in shadow mode. */
  | { readonly kind: "shadow" }
  /** Dodo was unreachable for as long as the activity was retried. */
  | { readonly kind: "given_up"; readonly detail: string };

/** What one read of Dodo shows. */
export type MandateReading = {
  /** The checkout's payment; null before the customer starts to pay. */
  readonly payment: Payment | null;
  readonly subscriptionId: SubscriptionId | null;
  /** Null where there is no subscription yet. */
  readonly access: SubscriptionAccess | null;
  /** Dodo's word for the access, for people to read. */
  readonly dodoStatus: string | null;
};

export type MandateEvent =
  | { readonly kind: "opened" }
  | { readonly kind: "checkout"; readonly creation: CheckoutCreation }
  /** A webhook carried the mandate's id: a hint to read Dodo. */
  | {
      readonly kind: "reported";
      readonly type: string;
      readonly subscriptionId: SubscriptionId | null;
    }
  | { readonly kind: "timer_fired" }
  | { readonly kind: "read"; readonly reading: MandateReading };

/** A webhook that carries a mandate's id: a hint to read Dodo. */
export type MandateReport = {
  readonly webhookId: string;
  /** Dodo's event type. */
  readonly type: string;
  readonly subscriptionId: string | null;
};

export type MandateStep =
  | { readonly kind: "create" }
  | { readonly kind: "read" }
  | { readonly kind: "wait"; readonly until: Instant; readonly what: string }
  | { readonly kind: "end" };

export type MandateDecision = {
  readonly changes: Partial<Mandate>;
  readonly step: MandateStep;
  readonly rule: MandateRule;
  readonly reason: string;
};

/** Clocks differ, and a customer may press the button at the last moment. */
const MARGIN_MS = 10 * MINUTE_MS;
/** How long a payment under way is followed after the page has closed. @source docs/dodo/charging.md, "India" */
const PAYMENT_IN_PROGRESS_MS = 72 * HOUR_MS;
/** Gaps between reads, the last one repeats. Most customers finish within minutes, and most webhooks arrive. */
const READ_GAPS_MS = [MINUTE_MS, 4 * MINUTE_MS, 10 * MINUTE_MS, 45 * MINUTE_MS, 6 * HOUR_MS];

/**
 * What the subscription's access makes of the mandate; any other access leaves it open while the page works. A
 * subscription that is overdue or paused was active before.
 */
const ENDS_BY_ACCESS: Readonly<Partial<Record<SubscriptionAccess, "active" | "failed">>> = {
  current: "active",
  grace: "active",
  paused: "active",
  never_started: "failed",
  ended: "failed",
};

/** Decides what to do next about a mandate. Pure and total; no step charges anything. */
export function decideMandate(
  mandate: Mandate,
  event: MandateEvent,
  now: Instant,
): MandateDecision {
  switch (event.kind) {
    case "opened":
      return decision({}, { kind: "create" }, "mandate.requested", "Dodo is asked for a checkout");
    case "checkout":
      return afterCreating(mandate, event.creation, now);
    case "reported": {
      // A read of Dodo may replace it later; another webhook does not.
      const subscriptionId = mandate.subscriptionId ?? event.subscriptionId;
      return decision(
        { subscriptionId },
        { kind: "read" },
        "mandate.reported",
        `Dodo reported ${event.type}`,
      );
    }
    case "timer_fired":
      return decision({}, { kind: "read" }, "mandate.read", "the next read of Dodo is due");
    case "read":
      return afterRead(mandate, event.reading, now);
    default:
      // A newer version may have recorded an event that this one does not know; a read is always safe.
      return decision({}, { kind: "read" }, "mandate.read", "this version does not know the event");
  }
}

function afterCreating(
  mandate: Mandate,
  creation: CheckoutCreation,
  now: Instant,
): MandateDecision {
  switch (creation.kind) {
    case "created": {
      const payableUntil = now + CHECKOUT_PAYABLE_MS;
      const changes = {
        state: "waiting_for_customer",
        sessionId: creation.sessionId,
        checkoutUrl: creation.url,
        payableUntil,
      } as const;
      const reason = `Dodo created checkout ${creation.sessionId}, open until ${describeInstant(payableUntil)}`;
      return wait({ ...mandate, ...changes }, changes, now, "mandate.checkout_created", reason);
    }
    case "already_exists": {
      const { subscriptionId } = creation;
      const changes = { state: "waiting_for_customer", subscriptionId } as const;
      return decision(
        changes,
        { kind: "read" },
        "mandate.already_known",
        `Dodo already has ${subscriptionId}`,
      );
    }
    case "refused": {
      const reason = `Dodo refused the checkout: ${describeAnswer(creation)}`;
      return refuse("refused_by_dodo", "mandate.refused", reason);
    }
    case "shadow":
      return refuse("shadow", "mandate.shadow", "the worker's mode sends nothing");
    case "given_up":
      return refuse("not_made", "mandate.not_made", `Dodo created no checkout: ${creation.detail}`);
  }
}

function afterRead(mandate: Mandate, reading: MandateReading, now: Instant): MandateDecision {
  const { payment, access, dodoStatus } = reading;
  const changes = {
    reads: mandate.reads + 1,
    subscriptionId: reading.subscriptionId ?? mandate.subscriptionId,
  };
  const seen = { ...mandate, ...changes };
  const known = seen.subscriptionId === null ? "no subscription yet" : seen.subscriptionId;
  const said = `${known}${dodoStatus === null ? "" : ` is ${dodoStatus}`}`;
  const ended = access === null ? undefined : ENDS_BY_ACCESS[access];
  if (ended !== undefined) {
    return decision({ ...changes, state: ended }, { kind: "end" }, `mandate.${ended}`, said);
  }
  const closesAt = closingOf(seen);
  if (now < closesAt) return wait(seen, changes, now, "mandate.wait", said);
  const isUnderWay = payment !== null && (isOpen(payment) || payment.state === "succeeded");
  const paid = `${said}; its payment is ${payment?.dodoStatus ?? "not made"}`;
  if (isUnderWay && now < closesAt + PAYMENT_IN_PROGRESS_MS) {
    return wait(seen, changes, now, "mandate.under_way", paid);
  }
  // Dodo puts a subscription on hold when its authorization fails. @source docs/dodo/checkout.md, "On-demand mandates"
  const isRefused = access === "held" || (payment !== null && hasFailed(payment));
  const state = isRefused ? "failed" : "expired";
  return decision({ ...changes, state }, { kind: "end" }, `mandate.${state}`, paid);
}

const closingOf = ({ payableUntil }: Mandate): Instant => (payableUntil ?? 0) + MARGIN_MS;

/** Waits until the next read. One read always comes right after the page closes. */
function wait(
  mandate: Mandate,
  changes: Partial<Mandate>,
  now: Instant,
  rule: MandateRule,
  reason: string,
): MandateDecision {
  const gapMs = READ_GAPS_MS[Math.min(mandate.reads, READ_GAPS_MS.length - 1)] ?? HOUR_MS;
  const closesAt = closingOf(mandate);
  const until = now < closesAt ? Math.min(now + gapMs, closesAt) : now + gapMs;
  return decision(
    changes,
    { kind: "wait", until, what: "a webhook or the next read of Dodo" },
    rule,
    reason,
  );
}

function refuse(refusal: MandateRefusal, rule: MandateRule, reason: string): MandateDecision {
  return decision({ state: "refused", refusal }, { kind: "end" }, rule, reason);
}

function decision(
  changes: Partial<Mandate>,
  step: MandateStep,
  rule: MandateRule,
  reason: string,
): MandateDecision {
  return { changes, step, rule, reason };
}

/** A mandate's status, for the client of the API. */
export type MandateStatus = Pick<
  Mandate,
  "state" | "refusal" | "checkoutUrl" | "payableUntil" | "subscriptionId"
> & {
  readonly at: Instant;
  readonly reason: string;
};

export function mandateStatusOf(mandate: Mandate, reason: string, at: Instant): MandateStatus {
  const { state, refusal, checkoutUrl, payableUntil, subscriptionId } = mandate;
  return { state, refusal, checkoutUrl, payableUntil, subscriptionId, at, reason };
}
