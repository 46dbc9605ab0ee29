import type { CheckoutPort } from "../../dodo/port.ts";
import { countsFrom } from "../../domain/checkout/checkout-times.ts";
import {
  type CheckoutNotice,
  type CheckoutNoticeOutcome,
  checkoutStateOf,
} from "../../domain/checkout/checkout.ts";
import type { Policy } from "../../domain/policy.ts";
import { isSilent, type Mode } from "../../domain/state/outcome.ts";
import { CHECKOUT_AGE_MAX_MS } from "../../domain/sweep/sweep.ts";
import type { PaymentId } from "../../domain/values/ids.ts";
import { money } from "../../domain/values/money.ts";
import type { Instant } from "../../domain/values/time.ts";
import { type Brand, brandOf } from "../../platform/customer/brand.ts";
import { formatDay, formatMoney } from "../../platform/customer/format.ts";
import { paidWithOf } from "../../platform/customer/paid-with.ts";
import { brandedMail, logoUrlOf } from "../mail/branded-mail.ts";
import { NO_ADDRESS, plainAddressOf } from "../mail/mailbox.ts";
import type { Mailer } from "../mail/mailer.ts";
import { composeCheckoutNotice } from "../notices/checkout-notice.ts";
import { customerNameOf, recipientOfCustomer } from "../notices/customer.ts";
import { productNameOf } from "../notices/product.ts";
import { readCheckout } from "./read-checkout.ts";

export type CheckoutNoticeDependencies = {
  readonly dodo: CheckoutPort;
  readonly mailer: Mailer;
  readonly brand: Brand;
  readonly mode: Mode;
  readonly now: () => Instant;
};

export type CheckoutNoticeInput = {
  readonly at: Instant;
  readonly paymentId: PaymentId;
  /** The payment that made up for it, as Dodo reports. */
  readonly paidBy?: PaymentId | null;
  readonly notice: CheckoutNotice;
  /** 1 for the first notice of this checkout. */
  readonly number: number;
  /** Null if unknown, or if the customer must not learn the reason. */
  readonly declineCode: string | null;
  readonly codes: Policy["codes"];
  readonly mode: Mode;
};

/**
 * Reads the payment once more and sends the notice. The result has neither the customer's name nor the email
 * address, so they never reach the workflow's history.
 * @returns `undeliverable` if there is no single valid address, or the mail server rejects it as the recipient's fault
 * @throws if Dodo or the mail server is unavailable; Temporal tries again
 */
export async function sendCheckoutNotice(
  input: CheckoutNoticeInput,
  { dodo, mailer, mode, now, brand: common }: CheckoutNoticeDependencies,
): Promise<CheckoutNoticeOutcome> {
  const { paymentId, paidBy = null, notice, number, declineCode } = input;
  const { reading, details } = await readCheckout({ paymentId, paidBy }, dodo);
  const state = checkoutStateOf(reading, input.codes);
  const { failedAt = null } = reading;
  const since = countsFrom({ createdAt: reading.payment?.createdAt ?? 0, failedAt, noticedAt: [] });
  const isLate = now() >= since + CHECKOUT_AGE_MAX_MS;
  const totalMinor = details?.payment.totalMinor ?? null;
  if (details === null || totalMinor === null || state.kind !== "unpaid" || isLate) {
    return { kind: "not_sent", reading };
  }
  const { payment, customer, offer, paidWith, pageUrl } = details;
  const brand = brandOf(common, offer.brandId);
  const address = plainAddressOf(customer.email);
  if (address === null) return { kind: "undeliverable", detail: NO_ADDRESS };
  const recipient = recipientOfCustomer(customer, brand, now());
  const mail = composeCheckoutNotice(notice, {
    recipient,
    brand,
    logoUrl: logoUrlOf(brand),
    customerName: customerNameOf(customer.name),
    productName: await productNameOf(offer, dodo),
    amount: formatMoney(money(totalMinor, payment.currency), recipient),
    paidOn: formatDay(payment.createdAt, recipient),
    paidWith: paidWith === null ? null : paidWithOf(paidWith, recipient),
    declineCode,
    // The customer pays on Dodo's own page for this payment.
    link: pageUrl,
  });
  // Shadow mode composes the mail too, so that errors show before the mode changes.
  if (isSilent(mode) || isSilent(input.mode)) return { kind: "shadow" };
  const thread = `checkout-${paymentId}`;
  const key = `${thread}/${number}`;
  const outcome = await mailer.send({
    to: { address },
    key,
    thread,
    ...brandedMail(brand, recipient),
    ...mail,
  });
  return outcome.kind === "sent" ? outcome : { kind: "undeliverable", detail: outcome.detail };
}
