import type { Replacement } from "../state/event.ts";
import { isCollected, type Payment, type Subscription } from "../state/payment.ts";
import type { Recovery } from "../state/recovery.ts";
import { parseSubscriptionId, type SubscriptionId } from "../values/ids.ts";
import type { Instant } from "../values/time.ts";

/** The facts about a debt that finding a replacement needs. Plain JSON, because activities receive it. */
export type ReplacementContext = {
  readonly customerId: string;
  /** When the first charge was made that failed. */
  readonly since: Instant;
  /** Payments that the operator said replace nothing. */
  readonly separatePurchases: readonly string[];
};

/** What the customer bought with a subscription, and when. */
export type Purchase = Pick<Subscription, "productId" | "createdAt">;

/** @returns null where nothing is looked for: the policy ignores it, or nothing has failed yet */
export function replacementContextOf(recovery: Recovery): ReplacementContext | null {
  const { debt, attempts, policy, subscription, separatePurchases } = recovery;
  if (debt === null || debt.failedPaymentId === null || subscription === null) return null;
  if (policy?.replacedBy === "ignore") return null;
  const since = attempts[0]?.startedAt ?? debt.firstFailedAt;
  return { customerId: subscription.customerId, since, separatePurchases };
}

/**
 * The customer's successes since the first failure that belong only to other subscriptions, oldest first, with each of
 * these subscriptions. Which of them count depends on what the subscriptions are for.
 */
export function possibleReplacements(
  payments: readonly Payment[],
  own: SubscriptionId,
  { since, separatePurchases }: ReplacementContext,
): readonly Replacement[] {
  return payments
    .filter(
      (payment) =>
        isCollected(payment) &&
        payment.createdAt > since &&
        !payment.subscriptionIds.includes(own) &&
        !separatePurchases.includes(payment.paymentId),
    )
    .toSorted((a, b) => a.createdAt - b.createdAt)
    .flatMap(({ paymentId, subscriptionIds }) =>
      subscriptionIds.flatMap((id) => {
        const subscriptionId = parseSubscriptionId(id);
        return subscriptionId === null ? [] : [{ paymentId, subscriptionId }];
      }),
    );
}

/** For operators, such as `pay_2 paid for the same product, as sub_2`. */
export function describeReplacement({ paymentId, subscriptionId }: Replacement): string {
  return `${paymentId} paid for the same product, as ${subscriptionId}`;
}

/**
 * Whether the purchase replaces the subscription: it is for the same product, and was made after the first failure. An
 * older subscription to that product is a second seat, and its renewal replaces nothing.
 * @returns null where a product is unknown
 */
export function isReplacement(
  { productId, createdAt }: Purchase,
  own: Pick<Subscription, "productId">,
  { since }: ReplacementContext,
): boolean | null {
  if (createdAt <= since) return false;
  if (productId === null || own.productId === null) return null;
  return productId === own.productId;
}
