import type { DecisionDraft } from "../decision/draft.ts";
import type { Policy } from "../policy.ts";
import type { Debt } from "../state/debt.ts";
import { isCollected, type Payment, type Subscription } from "../state/payment.ts";
import type { PaymentId } from "../values/ids.ts";
import { describeMoney, money } from "../values/money.ts";

// The price of a payment: what a charge has to ask for, so that Dodo, which adds tax, collects the payment's total again.
// Unknown is not zero: a total of which the tax is unknown is no price.

/** What the price of a payment is derived from. */
export type PriceFacts = {
  readonly subscription: Subscription;
  /** All payments of the subscription, as just read. */
  readonly payments: readonly Payment[];
  readonly unknownTax: Policy["unknownTax"];
};

/**
 * The facts of a draft. The policy's `none` does not apply without a complete list, from which nobody knows whether a payment
 * carried tax, nor after a read that showed one which did.
 */
export function priceFactsOf(
  { policy, recovery }: Pick<DecisionDraft, "policy" | "recovery">,
  subscription: Subscription,
  payments: readonly Payment[],
): PriceFacts {
  const isTrusted = payments.length > 0 && !recovery.hasCarriedTax;
  return { subscription, payments, unknownTax: isTrusted ? policy.unknownTax : "ask" };
}

/** The payment is known to carry tax. */
export function carriesTax(payment: Payment): boolean {
  return (taxOf(payment) ?? 0) > 0;
}

/**
 * The price of a payment in minor units, null where it is unknown. In this order: its total, where prices include tax; its
 * total less its tax, where the payment or its line items show it; less the tax of a success of equal total; its total, where
 * the policy says that Dodo computes no tax.
 * @source docs/RECOVERY.md, "Amounts"
 */
export function priceOf(payment: Payment, facts: PriceFacts): number | null {
  const { totalMinor } = payment;
  const { taxInclusive } = facts.subscription;
  if (totalMinor === null || taxInclusive === true) return totalMinor;
  const taxMinor =
    taxOf(payment) ?? taxOfEqualSuccess(payment, facts) ?? taxByPolicy(payment, facts);
  if (taxMinor === null) return null;
  // Whether or not prices include tax, without tax the price is the total.
  if (taxInclusive === null) return taxMinor === 0 ? totalMinor : null;
  return totalMinor - taxMinor;
}

/**
 * The tax in a payment's total, by the payment itself or by its line items; null where neither shows it. Line items have no
 * null, so a zero in them may be unknown: they count only where they add up to the total and show tax.
 * @source docs/dodo/payments.md, "Line items"
 */
export function taxOf({ totalMinor, taxMinor, lineItems }: Payment): number | null {
  if (totalMinor === null) return null;
  if (taxMinor !== null && taxMinor >= 0 && taxMinor <= totalMinor) return taxMinor;
  if (lineItems == null || lineItems.taxMinor <= 0) return null;
  return lineItems.amountMinor + lineItems.taxMinor === totalMinor ? lineItems.taxMinor : null;
}

/** The tax of the successes of the same total, zero included; null where there are none, or they differ. */
function taxOfEqualSuccess(
  { totalMinor, currency }: Payment,
  { payments }: PriceFacts,
): number | null {
  const taxes = payments
    .filter(isCollected)
    .filter((one) => one.totalMinor === totalMinor && one.currency === currency)
    .filter((one) => !one.isMultiSubscription)
    .map(taxOf)
    .filter((tax) => tax !== null);
  const [first] = taxes;
  return first !== undefined && taxes.every((tax) => tax === first) ? first : null;
}

/** Zero, where the policy says so and neither the line items nor another payment of the subscription contradict it. */
function taxByPolicy({ lineItems }: Payment, { payments, unknownTax }: PriceFacts): number | null {
  // Line items that were not read may show tax.
  if (unknownTax !== "none" || lineItems === undefined) return null;
  return payments.some(carriesTax) ? null : 0;
}

/**
 * Do two payments ask for the same amount? By price where both taxes are known, because the rate may have changed in between;
 * otherwise by total.
 */
export function isSameAmount(
  one: Payment,
  other: Payment,
  { taxInclusive }: Pick<Subscription, "taxInclusive">,
): boolean {
  const taxes = [one, other].map(taxOf);
  const [tax, otherTax] = taxes;
  const isByPrice = taxInclusive === false && tax != null && otherTax != null;
  if (one.totalMinor === null || other.totalMinor === null) return false;
  return isByPrice
    ? one.totalMinor - tax === other.totalMinor - otherTax
    : one.totalMinor === other.totalMinor;
}

/** The payments whose line items may show their price. */
export function lineItemsWanted(
  payments: readonly Payment[],
  facts: PriceFacts,
): readonly PaymentId[] {
  return payments
    .filter((payment) => payment.taxMinor === null && priceOf(payment, facts) === null)
    .map(({ paymentId }) => paymentId);
}

/** What a charge of the debt asks for, for operators. */
export function describePrice({ priceMinor, currency }: Debt): string {
  return priceMinor === null ? "its invoice's amount" : describeMoney(money(priceMinor, currency));
}

/** What the customer owes, with tax, for operators. */
export function describeOwed({ totalMinor, currency }: Debt): string {
  return describeMoney(money(totalMinor, currency));
}
