import type { DodoPort } from "../../../dodo/port.ts";
import {
  attemptKeyOf,
  debtIdOf,
  parseMandateId,
  parsePaymentId,
  parseSubscriptionId,
} from "../../../domain/values/ids.ts";
import type { CurrencyCode } from "../../../domain/values/money.ts";
import { type Check, fail, type Finding, ok, unknown, warn } from "../check.ts";
import type { Subject } from "../subject.ts";
import { whyUnreadable } from "./key.ts";

/** No object at Dodo has such an id, so no request about it can change anything. */
const NO_SUCH_OBJECT = "reprise_doctor_no_such_object";

function known<T>(value: T | null): T {
  if (value === null) throw new Error("an id of the doctor is malformed");
  return value;
}

const SUBSCRIPTION = known(parseSubscriptionId(`sub_${NO_SUCH_OBJECT}`));
const PAYMENT = known(parsePaymentId(`pay_${NO_SUCH_OBJECT}`));
const MANDATE = known(parseMandateId(`mandate-${"0".repeat(64)}`));

const ONCE = { tries: "once" } as const;

/** Below the smallest amount that Dodo charges: a second reason why nothing can be. @source docs/dodo/charging.md, "Limits" */
const ONE_CENT = 1;

/** Why a call is harmless: it reads one page · it names an object that does not exist. */
type Harmless = "reads" | "no_such_object";

/** A call that Reprise needs, in a form that changes nothing. */
export type RightTried = {
  readonly route: string;
  readonly harmless: Harmless;
  /** Without it only a name is missing in mails. */
  readonly isOptional?: true;
  readonly call: (dodo: DodoPort) => Promise<unknown>;
};

/**
 * Every route that Reprise calls. The writes name a subscription, a payment, a product and a customer that do not exist: a key that
 * may write gets "not found" for them, and one that may not is refused before.
 */
export const RIGHTS: readonly RightTried[] = [
  {
    route: "GET /payments",
    harmless: "reads",
    call: (dodo) => dodo.paymentsPage(0, { state: "declined", since: 0, until: 1 }),
  },
  {
    route: "GET /subscriptions",
    harmless: "reads",
    call: (dodo) => dodo.subscriptionsPage(0, "grace"),
  },
  {
    route: "GET /disputes",
    harmless: "reads",
    call: (dodo) => dodo.latestDispute(`cus_${NO_SUCH_OBJECT}`, 0),
  },
  {
    route: "GET /payments/{payment_id}",
    harmless: "no_such_object",
    call: (dodo) => dodo.payment(PAYMENT, ONCE),
  },
  {
    route: "GET /payments/{payment_id}/line-items",
    harmless: "no_such_object",
    call: (dodo) => dodo.lineItems({ paymentId: PAYMENT, currency: "USD" as CurrencyCode }),
  },
  {
    route: "GET /payments/{payment_id}/retry",
    harmless: "no_such_object",
    call: (dodo) => dodo.manualRetryState(PAYMENT),
  },
  {
    route: "GET /subscriptions/{subscription_id}",
    harmless: "no_such_object",
    call: (dodo) => dodo.subscription(SUBSCRIPTION, ONCE),
  },
  {
    route: "GET /checkouts/{session_id}",
    harmless: "no_such_object",
    call: (dodo) => dodo.checkoutPayment(`cks_${NO_SUCH_OBJECT}`),
  },
  {
    route: "GET /products/{id}",
    harmless: "no_such_object",
    isOptional: true,
    call: (dodo) => dodo.productName(`pdt_${NO_SUCH_OBJECT}`),
  },
  {
    route: "PATCH /subscriptions/{subscription_id}",
    harmless: "no_such_object",
    call: (dodo) => dodo.cancel(SUBSCRIPTION),
  },
  {
    route: "POST /subscriptions/{subscription_id}/update-payment-method",
    harmless: "no_such_object",
    call: (dodo) => dodo.createPaymentLink(SUBSCRIPTION, "https://example.com"),
  },
  {
    route: "POST /subscriptions/{subscription_id}/charge",
    harmless: "no_such_object",
    call: (dodo) =>
      dodo.charge({
        subscriptionId: SUBSCRIPTION,
        idempotencyKey: attemptKeyOf(debtIdOf(PAYMENT), 1),
        amountMinor: ONE_CENT,
        currency: "USD" as CurrencyCode,
        description: null,
        feesInclusive: null,
        credits: null,
        metadata: {},
      }),
  },
  {
    route: "POST /payments/{payment_id}/retry",
    harmless: "no_such_object",
    call: (dodo) => dodo.manualRetry(PAYMENT),
  },
  {
    route: "POST /checkouts",
    harmless: "no_such_object",
    call: (dodo) =>
      dodo.createCheckout(MANDATE, {
        productId: `pdt_${NO_SUCH_OBJECT}`,
        customerId: `cus_${NO_SUCH_OBJECT}`,
        country: "US",
        mandateOnly: true,
        amountMinor: null,
        currency: null,
        description: null,
        returnUrl: null,
        metadata: {},
      }),
  },
];

export const rightsCheck: Check = {
  name: "dodo.rights",
  what: "Rights of the key",
  // Patient reads are tried three times.
  requests: RIGHTS.length * 3,
  run: async (subject) => {
    const unreadable = whyUnreadable(await subject.dodo.key(), subject);
    return unreadable ?? (await tryAll(subject));
  },
};

async function tryAll({ dodo }: Subject): Promise<Finding> {
  const refused: RightTried[] = [];
  const unanswered: string[] = [];
  // One after the other: a burst would use up the account's limit a second.
  for (const right of RIGHTS) {
    const { status } = await dodo.attempt(right.call);
    if (status === 401 || status === 403) refused.push(right);
    else if (status === null || status === 429 || status >= 500) unanswered.push(right.route);
  }
  const needed = refused.filter(({ isOptional }) => isOptional !== true);
  const mend =
    "Create a key with read and write access in Dodo's dashboard (Developer → API Keys), and set DODO_PAYMENTS_API_KEY.";
  if (needed.length > 0) {
    return fail(`Dodo refuses ${needed.map(({ route }) => route).join(", ")}.`, mend);
  }
  if (unanswered.length > 0) return unknown(`No usable answer to ${unanswered.join(", ")}.`);
  if (refused.length > 0) {
    return warn("It may not read products, so mails do not name what was bought.", mend);
  }
  return ok(
    `It may read and write: ${RIGHTS.length} calls were tried, with ids that do not exist.`,
  );
}
