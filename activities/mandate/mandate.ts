import { failureOf, type MandatePort, nullIfNotFound } from "../../dodo/port.ts";
import {
  type CheckoutCreation,
  decideMandate,
  type Mandate,
  type MandateDecision,
  type MandateEvent,
  type MandateReading,
  type RequestedMandate,
} from "../../domain/mandate/mandate.ts";
import { isSilent, type Mode } from "../../domain/state/outcome.ts";
import type { Payment } from "../../domain/state/payment.ts";
import { answerOf } from "../../domain/values/dodo-answer.ts";
import {
  type MandateId,
  parseSubscriptionId,
  type SubscriptionId,
} from "../../domain/values/ids.ts";
import type { Instant } from "../../domain/values/time.ts";
import type { Log } from "../../platform/log.ts";

export type MandateActivityDependencies = {
  readonly dodo: MandatePort;
  readonly mode: Mode;
  readonly log: Log;
};

export type DecideMandateInput = {
  readonly mandate: Mandate;
  readonly event: MandateEvent;
  readonly at: Instant;
};

export type CreateCheckoutInput = {
  readonly at: Instant;
  readonly mandateId: MandateId;
  readonly requested: RequestedMandate;
};

export type ReadMandateInput = {
  readonly at: Instant;
  readonly sessionId: string | null;
  /** From a webhook or an earlier read. */
  readonly subscriptionId: SubscriptionId | null;
};

export type MandateActivities = {
  readonly decideMandate: (input: DecideMandateInput) => Promise<MandateDecision>;
  readonly createCheckout: (input: CreateCheckoutInput) => Promise<CheckoutCreation>;
  readonly readMandate: (input: ReadMandateInput) => Promise<MandateReading>;
};

/** The activities of mandates, bound to their dependencies. None of them charges. */
export function createMandateActivities(
  dependencies: MandateActivityDependencies,
): MandateActivities {
  const { dodo, log } = dependencies;
  return {
    decideMandate: async ({ mandate, event, at }) => {
      const decision = decideMandate(mandate, event, at);
      const { mandateId } = mandate;
      const { rule, reason } = decision;
      log.info({ event: "mandate_decided", mandateId, on: event.kind, rule, reason });
      return await Promise.resolve(decision);
    },
    createCheckout: (input) => createCheckout(input, dependencies),
    readMandate: (input) => readMandate(input, dodo),
  };
}

/**
 * Creates a checkout at Dodo. After a lost answer Temporal may create another one: only the lost answer had the address of the
 * first page, so nobody can pay there, and Reprise gives out only the first checkout that Temporal records.
 * @throws DodoError for an outage, a time-out and other temporary errors: Temporal retries
 * @source docs/decisions/0008-mandate-checkouts.md
 */
async function createCheckout(
  { mandateId, requested }: CreateCheckoutInput,
  { dodo, mode }: MandateActivityDependencies,
): Promise<CheckoutCreation> {
  if (isSilent(mode)) return { kind: "shadow" };
  try {
    const existing = await existingSubscription(mandateId, requested, dodo);
    if (existing !== null) return { kind: "already_exists", subscriptionId: existing };
    const { sessionId, url } = await dodo.createCheckout(mandateId, requested);
    return url === null
      ? { kind: "refused", code: "NO_CHECKOUT_PAGE", httpStatus: 200 }
      : { kind: "created", sessionId, url };
  } catch (error) {
    const failure = failureOf(error);
    if (failure.kind !== "refused") throw error;
    return { kind: "refused", ...answerOf(failure) };
  }
}

/** A subscription that already exists for this mandate, from a checkout whose history Temporal has deleted. */
async function existingSubscription(
  mandateId: MandateId,
  mandate: RequestedMandate,
  dodo: MandatePort,
): Promise<SubscriptionId | null> {
  const known = await dodo.subscriptionsOfMandate(mandateId, mandate);
  const started = known.find(({ access }) => access !== "starting" && access !== "never_started");
  return started?.subscriptionId ?? null;
}

/** Reads the checkout's payment and its subscription, as far as they exist. */
async function readMandate(
  { sessionId, subscriptionId }: ReadMandateInput,
  dodo: MandatePort,
): Promise<MandateReading> {
  const payment = sessionId === null ? null : await paymentOfCheckout(sessionId, dodo);
  const id = parseSubscriptionId(payment?.subscriptionIds[0]) ?? subscriptionId;
  const subscription =
    id === null ? null : await nullIfNotFound(dodo.subscription(id, { tries: "patient" }));
  const { access = null, dodoStatus = null } = subscription ?? {};
  return { payment, subscriptionId: id, access, dodoStatus };
}

async function paymentOfCheckout(sessionId: string, dodo: MandatePort): Promise<Payment | null> {
  const paymentId = await nullIfNotFound(dodo.checkoutPayment(sessionId));
  if (paymentId === null) return null;
  return await nullIfNotFound(dodo.payment(paymentId, { tries: "patient" }));
}
