import { CHECKOUT_PAYABLE_MS } from "../limits.ts";
import { hasFailed, isOpen, type Payment, type SubscriptionAccess } from "../state/payment.ts";
import type { MandateId, SubscriptionId } from "../values/ids.ts";
import type { CurrencyCode } from "../values/money.ts";
import { describeInstant, HOUR_MS, type Instant, MINUTE_MS } from "../values/time.ts";
import type { MandateRule } from "./mandate-rules.ts";

/** A mandate as the merchant asks for it. Nobody's name or address is in it: the customer is known at Dodo. */
export type RequestedMandate = {
  readonly productId: string;
  readonly customerId: string;
  /** ISO 3166-1 alpha-2, for Dodo's tax. */
  readonly country: string;
  /** Nothing is charged at first. */
  readonly mandateOnly: boolean;
  /** Of the first charge; null: the product's own price. */
  readonly amountMinor: number | null;
  readonly currency: CurrencyCode | null;
  readonly description: string | null;
  readonly returnUrl: string | null;
  readonly metadata: Readonly<Record<string, string>>;
};

/** What the checkout's metadata carries, and with it the subscription and its first payment. */
export const MANDATE_METADATA = "mandate_id";

export const MANDATE_STATES = [
  /** Dodo is asked for a checkout, whose page nobody has yet. */
  "creating",
  "waiting_for_customer",
  "active",
  "failed",
  "expired",
  /** No checkout was made, and none will be. */
  "refused",
] as const;
export type MandateState = (typeof MANDATE_STATES)[number];

export type MandateRefusal = "shadow" | "refused_by_dodo" | "not_made";

/** All that is known of a mandate: plain JSON. */
export type Mandate = {
  readonly version: 1;
  readonly mandateId: MandateId;
  readonly state: MandateState;
  readonly refusal: MandateRefusal | null;
  readonly sessionId: string | null;
  readonly checkoutUrl: string | null;
  /** Until then the page takes a card. */
  readonly payableUntil: Instant | null;
  readonly subscriptionId: SubscriptionId | null;
  /** Readings of Dodo so far. */
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

/** What came of asking Dodo for a checkout. */
export type CheckoutCreation =
  | { readonly kind: "created"; readonly sessionId: string; readonly url: string }
  /** Dodo has a subscription of this mandate, which nothing here knows. */
  | { readonly kind: "already_exists"; readonly subscriptionId: SubscriptionId }
  | { readonly kind: "refused"; readonly code: string; readonly httpStatus: number }
  /** The worker sends nothing. */
  | { readonly kind: "shadow" }
  /** Nothing but outages for as long as it was tried. */
  | { readonly kind: "given_up"; readonly detail: string };

/** What one reading of Dodo says. */
export type MandateReading = {
  /** The checkout's; null while the customer has not come as far. */
  readonly payment: Payment | null;
  readonly subscriptionId: SubscriptionId | null;
  /** Null: there is no subscription yet. */
  readonly access: SubscriptionAccess | null;
  /** Dodo's word for the access, for people to read. */
  readonly dodoStatus: string | null;
};

export type MandateEvent =
  | { readonly kind: "opened" }
  | { readonly kind: "checkout"; readonly creation: CheckoutCreation }
  /** A webhook carried the mandate's id: a hint. */
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

/** Clocks differ, and who has just pressed the button is not cut off. */
const MARGIN_MS = 10 * MINUTE_MS;
/** A payment that is under way when the page closes: as long as an accepted charge is followed. @source dodo.md 5.8 */
const PAYMENT_IN_PROGRESS_MS = 72 * HOUR_MS;
/** Gaps between reads: a customer is done in minutes, and webhooks mostly come; the last repeats. */
const READ_GAPS_MS = [MINUTE_MS, 4 * MINUTE_MS, 10 * MINUTE_MS, 45 * MINUTE_MS, 6 * HOUR_MS];

/**
 * What the subscription's access makes of the mandate; any other leaves it open while the page works. A subscription in its
 * grace period or paused was active before.
 * @source docs/dodo/subscriptions.md, "Statuses"
 */
const ENDS_BY_ACCESS: Readonly<Partial<Record<SubscriptionAccess, "active" | "failed">>> = {
  current: "active",
  grace: "active",
  paused: "active",
  never_started: "failed",
  ended: "failed",
};

/** What to do next about a mandate. Pure and total; nothing is charged by us. */
export function decideMandate(
  mandate: Mandate,
  event: MandateEvent,
  now: Instant,
): MandateDecision {
  switch (event.kind) {
    case "opened":
      return decision({}, { kind: "create" }, "mandate.requested", "a checkout is asked of Dodo");
    case "checkout":
      return afterCreating(mandate, event.creation, now);
    case "reported": {
      // The first one named stays, but where Dodo names it by itself.
      const subscriptionId = mandate.subscriptionId ?? event.subscriptionId;
      return decision({ subscriptionId }, { kind: "read" }, "mandate.reported", event.type);
    }
    case "timer_fired":
      return decision({}, { kind: "read" }, "mandate.read", "Dodo is read");
    case "read":
      return afterRead(mandate, event.reading, now);
    default:
      // A newer version may have left what this one does not know: looking is never wrong.
      return decision({}, { kind: "read" }, "mandate.read", "an unknown event");
  }
}

function afterCreating(mandate: Mandate, made: CheckoutCreation, now: Instant): MandateDecision {
  switch (made.kind) {
    case "created": {
      const payableUntil = now + CHECKOUT_PAYABLE_MS;
      const changes = {
        state: "waiting_for_customer",
        sessionId: made.sessionId,
        checkoutUrl: made.url,
        payableUntil,
      } as const;
      const reason = `checkout ${made.sessionId}, open until ${describeInstant(payableUntil)}`;
      return wait({ ...mandate, ...changes }, changes, now, "mandate.checkout_created", reason);
    }
    case "already_exists": {
      const { subscriptionId } = made;
      const changes = { state: "waiting_for_customer", subscriptionId } as const;
      return decision(changes, { kind: "read" }, "mandate.already_known", subscriptionId);
    }
    case "refused": {
      const said = `Dodo says ${made.code} (HTTP ${made.httpStatus})`;
      return refuse("refused_by_dodo", "mandate.refused", said);
    }
    case "shadow":
      return refuse("shadow", "mandate.shadow", "shadow mode sends nothing");
    case "given_up":
      return refuse("not_made", "mandate.not_made", made.detail);
  }
}

function afterRead(mandate: Mandate, look: MandateReading, now: Instant): MandateDecision {
  const { payment, access, dodoStatus } = look;
  const changes = {
    reads: mandate.reads + 1,
    subscriptionId: look.subscriptionId ?? mandate.subscriptionId,
  };
  const seen = { ...mandate, ...changes };
  const known = seen.subscriptionId === null ? "nobody has begun" : seen.subscriptionId;
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
  // Dodo holds one whose authorization failed. @source dodo.md 2.3
  const isRefused = access === "held" || (payment !== null && hasFailed(payment));
  const state = isRefused ? "failed" : "expired";
  return decision({ ...changes, state }, { kind: "end" }, `mandate.${state}`, paid);
}

const closingOf = ({ payableUntil }: Mandate): Instant => (payableUntil ?? 0) + MARGIN_MS;

/** Until the next look is due: the page's closing is always looked at. */
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
  return decision(changes, { kind: "wait", until, what: "a webhook or a look" }, rule, reason);
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

/** How a mandate stands, for who asked. */
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
