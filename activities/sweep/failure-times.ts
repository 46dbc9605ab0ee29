import { nullIfNotFound, type SweepPort } from "../../dodo/port.ts";
import type { PaymentId } from "../../domain/values/ids.ts";
import { HOUR_MS, type Instant } from "../../domain/values/time.ts";

/** A payment can fail again, and a failure is to be noticed within a day. */
const KNOWN_FOR_MS = 12 * HOUR_MS;

/** The oldest entries make room, so that a worker that runs for months keeps a bounded memory. */
const ENTRIES_MAX = 50_000;

/** When a payment failed. Null if Dodo does not show the payment yet. */
export type FailureTimes = (id: PaymentId) => Promise<Instant | null>;

/**
 * Reads when payments failed, which is their last change. Lists lack it, and each hour's sweep asks for the same payments, so
 * an answer is kept for half a day.
 * @param now the wall clock
 */
export function createFailureTimes(
  dodo: Pick<SweepPort, "paymentDetails">,
  now: () => Instant,
): FailureTimes {
  const known = new Map<PaymentId, { readonly failedAt: Instant; readonly readAt: Instant }>();
  return async (id) => {
    const entry = known.get(id);
    if (entry !== undefined && now() < entry.readAt + KNOWN_FOR_MS) return entry.failedAt;
    const details = await nullIfNotFound(dodo.paymentDetails(id));
    if (details === null) return null;
    const failedAt = details.changedAt ?? details.payment.createdAt;
    known.delete(id);
    known.set(id, { failedAt, readAt: now() });
    const [oldest] = known.keys();
    if (known.size > ENTRIES_MAX && oldest !== undefined) known.delete(oldest);
    return failedAt;
  };
}
