import {
  type Checkout,
  type CheckoutDecision,
  type CheckoutEvent,
  type CheckoutNoticeOutcome,
  type CheckoutReading,
  decideCheckout,
} from "../../domain/checkout/checkout.ts";
import type { Policy } from "../../domain/policy.ts";
import type { PaymentId } from "../../domain/values/ids.ts";
import type { Instant } from "../../domain/values/time.ts";
import type { Log } from "../../platform/log.ts";
import { readCheckout } from "./read-checkout.ts";
import {
  type CheckoutNoticeDependencies,
  type CheckoutNoticeInput,
  sendCheckoutNotice,
} from "./send-checkout-notice.ts";

export type CheckoutActivityDependencies = CheckoutNoticeDependencies & {
  readonly policy: Policy;
  readonly log: Log;
};

export type DecideCheckoutInput = {
  readonly checkout: Checkout;
  readonly event: CheckoutEvent;
  readonly at: Instant;
};

export type ReadCheckoutInput = { readonly at: Instant; readonly paymentId: PaymentId };

export type CheckoutActivities = {
  readonly decideCheckout: (input: DecideCheckoutInput) => Promise<CheckoutDecision>;
  readonly readCheckout: (input: ReadCheckoutInput) => Promise<CheckoutReading>;
  readonly sendCheckoutNotice: (input: CheckoutNoticeInput) => Promise<CheckoutNoticeOutcome>;
};

/** The activities of one-time payments, bound to their dependencies. None of them charges. */
export function createCheckoutActivities(
  dependencies: CheckoutActivityDependencies,
): CheckoutActivities {
  const { dodo, policy, mode, log } = dependencies;
  return {
    decideCheckout: async ({ checkout, event, at }) => {
      const decision = decideCheckout(checkout, event, { policy, mode }, at);
      const { rule, reason } = decision;
      const { paymentId } = checkout;
      log.info({ event: "checkout_decided", paymentId, on: event.kind, rule, reason });
      return await Promise.resolve(decision);
    },
    readCheckout: async ({ paymentId }) => (await readCheckout(paymentId, dodo)).reading,
    sendCheckoutNotice: (input) => sendCheckoutNotice(input, dependencies),
  };
}
