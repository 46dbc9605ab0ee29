import type { DodoPayment } from "../../dodo/client.ts";
import { failureOf } from "../../dodo/errors.ts";
import type { DodoLists } from "../../dodo/lists.ts";
import { fieldsOf, paymentOf, textOf } from "../../dodo/shapes.ts";
import {
  type Checkout,
  type CheckoutDecision,
  type CheckoutEvent,
  type CheckoutNotice,
  type CheckoutNoticeOutcome,
  type CheckoutReading,
  checkoutStateOf,
  decideCheckout,
} from "../../domain/checkout/checkout.ts";
import type { Policy } from "../../domain/policy.ts";
import type { Mode } from "../../domain/state/outcome.ts";
import { type Payment, paymentStateOf } from "../../domain/state/payment.ts";
import { CHECKOUT_AGE_MAX_MS } from "../../domain/sweep/sweep.ts";
import type { PaymentId } from "../../domain/values/ids.ts";
import { money } from "../../domain/values/money.ts";
import type { Instant } from "../../domain/values/time.ts";
import type { Brand } from "../../platform/customer/brand.ts";
import { formatMoney } from "../../platform/customer/format.ts";
import type { Log } from "../../platform/log.ts";
import { pageUrlOf } from "../charge/make-payment-link.ts";
import { brandedMail, logoUrlOf } from "../mail/branded-mail.ts";
import { customerNameOf, paidWithOf, recipientOfCustomer } from "../mail/customer.ts";
import type { Mailer } from "../mail/mailer.ts";
import { composeCheckoutNotice } from "../notices/checkout.ts";

export type CheckoutActivityDependencies = {
  readonly lists: DodoLists;
  readonly mailer: Mailer;
  readonly brand: Brand;
  readonly policy: Policy;
  readonly mode: Mode;
  readonly log: Log;
  readonly now: () => Instant;
};

export type DecideCheckoutInput = {
  readonly checkout: Checkout;
  readonly event: CheckoutEvent;
  readonly at: Instant;
};

export type ReadCheckoutInput = { readonly at: Instant; readonly paymentId: PaymentId };

export type CheckoutNoticeInput = ReadCheckoutInput & {
  readonly notice: CheckoutNotice;
  /** 1 = the first. */
  readonly number: number;
  /** Null where the reason is masked or unknown. */
  readonly declineCode: string | null;
  readonly codes: Policy["codes"];
  readonly mode: Mode;
};

export type CheckoutActivities = {
  readonly decideCheckout: (input: DecideCheckoutInput) => Promise<CheckoutDecision>;
  readonly readCheckout: (input: ReadCheckoutInput) => Promise<CheckoutReading>;
  readonly sendCheckoutNotice: (input: CheckoutNoticeInput) => Promise<CheckoutNoticeOutcome>;
};

/** The activities of checkouts, bound to their dependencies. None of them can charge. */
export function createCheckoutActivities(
  dependencies: CheckoutActivityDependencies,
): CheckoutActivities {
  const { lists, policy, mode, log, now } = dependencies;
  return {
    decideCheckout: async ({ checkout, event, at }) => {
      const decision = decideCheckout(checkout, event, { policy, mode }, at);
      const { rule, reason } = decision;
      const { paymentId } = checkout;
      log.info({ event: "checkout_decided", paymentId, on: event.kind, rule, reason });
      return await Promise.resolve(decision);
    },
    readCheckout: async ({ paymentId }) => (await read(paymentId, lists, now())).reading,
    sendCheckoutNotice: (input) => sendCheckoutNotice(input, dependencies),
  };
}

type Reading = { readonly reading: CheckoutReading; readonly raw: DodoPayment | null };

const UNKNOWN: CheckoutReading = {
  payment: null,
  paidSince: false,
  laterPayment: null,
  optedOut: false,
};

/** The payment, and what its customer has done since. */
async function read(paymentId: PaymentId, lists: DodoLists, now: Instant): Promise<Reading> {
  const raw = await retrieve(paymentId, lists);
  const payment = paymentOf(raw, now);
  if (raw === null || payment?.paymentId !== paymentId) return { reading: UNKNOWN, raw: null };
  const customerId = textOf(fieldsOf(raw.customer)["customer_id"]);
  const others = await since(customerId, payment, lists, now);
  const optedOut = fieldsOf(raw.metadata)["reprise"] === "off";
  // A customer of thousands of payments is not one who forgot to pay.
  if (others === null) return { reading: { ...UNKNOWN, payment, paidSince: true, optedOut }, raw };
  const paid = others.some((one) => paymentStateOf(one) === "succeeded" && one.totalMinor > 0);
  const later = others
    .filter((one) => isOrder(one) && isLater(one, payment))
    .toSorted((a, b) => b.createdAt - a.createdAt);
  const laterPayment = later[0]?.paymentId ?? null;
  return { reading: { payment, paidSince: paid, laterPayment, optedOut }, raw };
}

async function retrieve(id: PaymentId, lists: DodoLists): Promise<DodoPayment | null> {
  try {
    return await lists.payment(id);
  } catch (error) {
    const failure = failureOf(error);
    if (failure.kind === "refused" && failure.httpStatus === 404) return null;
    throw error;
  }
}

/** The customer's other payments from this one on; null = too many to look at. */
async function since(
  customerId: string | null,
  payment: Payment,
  lists: DodoLists,
  now: Instant,
): Promise<readonly Payment[] | null> {
  if (customerId === null) return null;
  const rows = await lists.customerPayments(customerId, payment.createdAt);
  return (
    rows
      ?.map((row) => paymentOf(row, now))
      .filter((row) => row !== null)
      .filter(({ paymentId }) => paymentId !== payment.paymentId) ?? null
  );
}

/** Something the customer still means to buy: what was cancelled stands for nothing. */
function isOrder({ subscriptionIds, totalMinor, status }: Payment): boolean {
  return subscriptionIds.length === 0 && totalMinor > 0 && status !== "cancelled";
}

/** Of two made in one instant, one stands for both. */
function isLater(one: Payment, payment: Payment): boolean {
  if (one.createdAt !== payment.createdAt) return one.createdAt > payment.createdAt;
  return one.paymentId > payment.paymentId;
}

/**
 * Writes to the customer, after Dodo was read once more. Name and address are read here and go nowhere else.
 * @returns `undeliverable` for an address that cannot be written to; an outage throws, and Temporal tries again
 */
async function sendCheckoutNotice(
  input: CheckoutNoticeInput,
  { lists, mailer, brand, mode, now }: CheckoutActivityDependencies,
): Promise<CheckoutNoticeOutcome> {
  const { paymentId, notice, number, declineCode } = input;
  const { reading, raw } = await read(paymentId, lists, now());
  const standing = checkoutStateOf(reading, input.codes);
  const isLate = now() >= (reading.payment?.createdAt ?? 0) + CHECKOUT_AGE_MAX_MS;
  if (raw === null || standing.kind !== "unpaid" || isLate) return { kind: "not_sent", reading };
  const customer = fieldsOf(raw.customer);
  const to = textOf(customer["email"]);
  if (to === null || !to.includes("@")) return { kind: "undeliverable", detail: "no address" };
  const recipient = recipientOfCustomer(raw, brand, now());
  const mail = composeCheckoutNotice(notice, {
    recipient,
    brand,
    logoUrl: logoUrlOf(brand),
    customerName: customerNameOf(textOf(customer["name"])),
    amount: formatMoney(money(raw.total_amount, raw.currency), recipient),
    paidWith: paidWithOf(raw, recipient),
    declineCode,
    // Dodo's own page of this payment: nothing of ours is asked for, so nothing is charged by us.
    link: pageUrlOf(raw.payment_link),
  });
  // Composed all the same: what cannot be written is found before it is meant.
  if (mode === "shadow" || input.mode === "shadow") return { kind: "shadow" };
  const thread = `checkout-${paymentId}`;
  const key = `${thread}/${number}`;
  const outcome = await mailer.send({
    to,
    key,
    thread,
    ...brandedMail(brand, recipient),
    ...mail,
  });
  return outcome.kind === "sent" ? outcome : { kind: "undeliverable", detail: outcome.detail };
}
