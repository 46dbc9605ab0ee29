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
import type { Mode } from "../../domain/state/outcome.ts";
import type { Payment } from "../../domain/state/payment.ts";
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
  /** As a webhook or an earlier reading named it. */
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
 * Asks Dodo for a checkout, once. After a lost answer Temporal may ask again: nobody can pay on the page of that answer, since
 * only the answer had its address, and the first answer that Temporal records is the only one that is given out.
 *
 * @throws for an outage, a time-out and whatever else may pass: Temporal tries again
 * @source docs/decisions/0008-mandate-checkouts.md
 */
async function createCheckout(
  { mandateId, requested }: CreateCheckoutInput,
  { dodo, mode }: MandateActivityDependencies,
): Promise<CheckoutCreation> {
  if (mode === "shadow") return { kind: "shadow" };
  try {
    const begun = await begunBefore(mandateId, requested, dodo);
    if (begun !== null) return { kind: "already_exists", subscriptionId: begun };
    const { sessionId, url } = await dodo.createCheckout(mandateId, requested);
    return url === null
      ? { kind: "refused", code: "NO_CHECKOUT_PAGE", httpStatus: 200 }
      : { kind: "created", sessionId, url };
  } catch (error) {
    const failure = failureOf(error);
    if (failure.kind !== "refused") throw error;
    const { code, httpStatus } = failure;
    return { kind: "refused", code, httpStatus };
  }
}

/** A subscription with this mandate's id that the customer has begun: of a checkout that Temporal has forgotten. */
async function begunBefore(
  mandateId: MandateId,
  mandate: RequestedMandate,
  dodo: MandatePort,
): Promise<SubscriptionId | null> {
  const known = await dodo.subscriptionsOfMandate(mandateId, mandate);
  const begun = known.find(({ access }) => access !== "starting" && access !== "never_started");
  return begun?.subscriptionId ?? null;
}

/** From the checkout to its payment to the subscription, as far as the customer has come. */
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
