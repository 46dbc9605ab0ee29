import { type DodoFailure, failureOf, type RecoveryPort, type Tries } from "../../dodo/port.ts";
import {
  isReplacement,
  possibleReplacements,
  type ReplacementContext,
} from "../../domain/debt/replacement.ts";
import type { CustomerPaymentsUnknown, Replacement } from "../../domain/state/event.ts";
import type { Payment, Subscription } from "../../domain/state/payment.ts";

/** Subscriptions of one customer that one check reads, at most. Each is read once by a worker. */
const SUBSCRIPTIONS_MAX = 20;

export type ReplacementSearch =
  | { readonly kind: "none" }
  | { readonly kind: "found"; readonly replacement: Replacement }
  /** Nothing is concluded. */
  | { readonly kind: "unknown"; readonly why: CustomerPaymentsUnknown };

const NONE: ReplacementSearch = { kind: "none" };

/** The customer's payments since the first failure, or why they are not known. */
export type CustomerPayments =
  | { readonly kind: "listed"; readonly payments: readonly Payment[] }
  | { readonly kind: "unknown"; readonly why: CustomerPaymentsUnknown };

/** @throws DodoError in an outage, and while Dodo refuses the API key */
export async function listCustomerPayments(
  context: ReplacementContext,
  dodo: RecoveryPort,
  tries: Tries,
): Promise<CustomerPayments> {
  const { customerId, since } = context;
  if (customerId === "") return { kind: "unknown", why: "no_customer" };
  try {
    const payments = await dodo.customerPayments(customerId, since, tries);
    // Whether such a payment is also for the recovery's own subscription is not known.
    const isPartial = payments?.some(({ hasMoreSubscriptions }) => hasMoreSubscriptions === true);
    return payments === null || isPartial === true
      ? { kind: "unknown", why: "too_many" }
      : { kind: "listed", payments };
  } catch (error) {
    if (isRefusal(failureOf(error))) return { kind: "unknown", why: "refused" };
    throw error;
  }
}

/**
 * Looks for a success of the customer that replaces this subscription. It proves no absence: the customer's list may lag.
 * @throws DodoError in an outage, and while Dodo refuses the API key
 * @source docs/RECOVERY.md, "When the customer buys again"
 */
export async function findReplacement(
  listed: CustomerPayments,
  own: Subscription,
  context: ReplacementContext,
  dodo: RecoveryPort,
  tries: Tries,
): Promise<ReplacementSearch> {
  if (listed.kind === "unknown") return listed;
  const candidates = possibleReplacements(listed.payments, own.subscriptionId, context);
  const ids = [...new Set(candidates.map(({ subscriptionId }) => subscriptionId))];
  let unknown: ReplacementSearch | null =
    ids.length > SUBSCRIPTIONS_MAX ? { kind: "unknown", why: "too_many" } : null;
  for (const id of ids.slice(0, SUBSCRIPTIONS_MAX)) {
    const verdict = await judge(id);
    const replacement = candidates.find(({ subscriptionId }) => subscriptionId === id);
    if (verdict === true && replacement !== undefined) return { kind: "found", replacement };
    if (typeof verdict === "object") unknown ??= verdict;
  }
  return unknown ?? NONE;

  async function judge(id: Replacement["subscriptionId"]): Promise<boolean | ReplacementSearch> {
    try {
      const purchase = await dodo.purchase(id, tries);
      return isReplacement(purchase, own, context) ?? { kind: "unknown", why: "no_product" };
    } catch (error) {
      if (isRefusal(failureOf(error))) return { kind: "unknown", why: "refused" };
      throw error;
    }
  }
}

/** An answer that another read would not change. */
function isRefusal({ kind }: DodoFailure): boolean {
  return kind === "refused";
}
