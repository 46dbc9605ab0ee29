import type { RecoveryPort } from "../../dodo/port.ts";
import type { Purchase } from "../../domain/debt/replacement.ts";
import type { SubscriptionId } from "../../domain/values/ids.ts";

/** The oldest entries make room, so that a worker that runs for months keeps a bounded memory. */
const ENTRIES_MAX = 10_000;

/** The port with purchases that are read once: what a subscription is for, and when it was made, rarely changes. */
export function withCachedPurchases(dodo: RecoveryPort): RecoveryPort {
  const known = new Map<SubscriptionId, Purchase>();
  return {
    ...dodo,
    purchase: async (id, tries) => {
      const cached = known.get(id);
      if (cached !== undefined) return cached;
      const { productId, createdAt } = await dodo.purchase(id, tries);
      const purchase = { productId, createdAt };
      // An unknown product may be known later.
      if (productId !== null) known.set(id, purchase);
      const [oldest] = known.keys();
      if (known.size > ENTRIES_MAX && oldest !== undefined) known.delete(oldest);
      return purchase;
    },
  };
}
