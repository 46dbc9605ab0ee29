import {
  type Checkout,
  type CheckoutDecision,
  type CheckoutEvent,
  type CheckoutNoticeOutcome,
  type CheckoutReading,
  decideCheckout,
} from "../../domain/checkout/checkout.ts";
import type { Policy } from "../../domain/policy.ts";
import { accountReport } from "../../domain/reporting/operator-digest.ts";
import type { Alert } from "../../domain/state/alert.ts";
import type { Mode } from "../../domain/state/outcome.ts";
import type { PaymentId } from "../../domain/values/ids.ts";
import type { Instant } from "../../domain/values/time.ts";
import type { Log } from "../../platform/log.ts";
import { logAlert } from "../../platform/logs/log-alert.ts";
import type { NotifyOperatorDependencies } from "../operator/notify-operator.ts";
import { type CheckoutRequest, readCheckout } from "./read-checkout.ts";
import {
  type CheckoutNoticeDependencies,
  type CheckoutNoticeInput,
  sendCheckoutNotice,
} from "./send-checkout-notice.ts";

export type CheckoutActivityDependencies = CheckoutNoticeDependencies & {
  readonly policy: Policy;
  readonly operatorEmail: string | null;
  readonly report: NotifyOperatorDependencies["report"];
  readonly log: Log;
};

export type DecideCheckoutInput = {
  readonly checkout: Checkout;
  readonly event: CheckoutEvent;
  readonly at: Instant;
};

export type ReadCheckoutInput = CheckoutRequest & { readonly at: Instant };

export type NotifyOfCheckoutInput = {
  readonly at: Instant;
  readonly paymentId: PaymentId;
  readonly alert: Alert;
  readonly mode: Mode;
};

export type CheckoutActivities = {
  readonly decideCheckout: (input: DecideCheckoutInput) => Promise<CheckoutDecision>;
  readonly readCheckout: (input: ReadCheckoutInput) => Promise<CheckoutReading>;
  /** Notifies the operator in the log, and by mail unless the mode is `shadow`. */
  readonly notifyOfCheckout: (input: NotifyOfCheckoutInput) => Promise<void>;
  readonly sendCheckoutNotice: (input: CheckoutNoticeInput) => Promise<CheckoutNoticeOutcome>;
};

/** The activities of one-time payments, bound to their dependencies. None of them charges. */
export function createCheckoutActivities(
  dependencies: CheckoutActivityDependencies,
): CheckoutActivities {
  const { dodo, policy, mode, operatorEmail, report, log } = dependencies;
  return {
    decideCheckout: async ({ checkout, event, at }) => {
      const decision = decideCheckout(checkout, event, { policy, mode }, at);
      const { rule, reason } = decision;
      const { paymentId } = checkout;
      log.info({ event: "checkout_decided", paymentId, on: event.kind, rule, reason });
      return await Promise.resolve(decision);
    },
    readCheckout: async (input) => (await readCheckout(input, dodo)).reading,
    notifyOfCheckout: async (input) => {
      const { alert, paymentId, at } = input;
      logAlert(log, alert, { paymentId });
      if (operatorEmail === null || mode === "shadow" || input.mode === "shadow") return;
      // It concerns the account, whichever checkout shows it.
      await report(accountReport(alert, at, false));
    },
    sendCheckoutNotice: (input) => sendCheckoutNotice(input, dependencies),
  };
}
