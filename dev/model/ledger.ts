import type { Instant } from "../../domain/values/time.ts";

/** How a payment of the model ends. */
export type Verdict =
  | { readonly kind: "succeed" }
  | { readonly kind: "decline"; readonly code: string | null }
  | { readonly kind: "stay"; readonly status: string };

/** What happens to one request that may charge. */
export type Fault =
  | { readonly kind: "unsent" }
  /** Answered only after its payment has ended, and its webhooks came. */
  | { readonly kind: "slow_after" }
  | { readonly kind: "lost_before" | "lost_after" | "timeout_before" | "timeout_after" }
  | { readonly kind: "error_before" | "error_after"; readonly httpStatus: number }
  | { readonly kind: "refuse"; readonly httpStatus: number; readonly code: string };

/** Who made a payment, and how. `saved`: the merchant chose another saved method · `dodo`, `manual`: its retries. */
export type ModelOrigin = "merchant" | "charge" | "page" | "portal" | "saved" | "dodo" | "manual";

export type ModelPayment = {
  readonly paymentId: string;
  readonly origin: ModelOrigin;
  readonly createdAt: Instant;
  readonly totalMinor: number;
  readonly taxMinor: number;
  readonly currency: string;
  readonly metadata: Readonly<Record<string, string | number | boolean>>;
  readonly subscriptionIds: readonly string[];
  readonly isMethodUpdate: boolean;
  /** Of a renewal: 0 = original. */
  readonly retryAttempt: number;
  readonly isManualRetry: boolean;
  readonly methodId: string;
  /** It waits for somebody to pay on its page, or was left there. */
  readonly isPage: boolean;
  status: string;
  declineCode: string | null;
  /** A success all the same. */
  moneyBack: "refunded" | "disputed" | null;
  /** A late success is a second end. */
  readonly ends: { at: Instant; status: string; declineCode: string | null }[];
};

/** A request that could change something, and what came of it. */
export type Mutation = {
  readonly at: Instant;
  readonly what: "charge" | "manual retry" | "payment_link" | "cancel";
  /** What a charge asks for. */
  readonly asked: {
    readonly amountMinor: number;
    readonly currency: string;
    readonly key: string | null;
  } | null;
  /** The payment it made, answered or not. */
  paymentId: string | null;
  /** What the request was answered, if it was. */
  answer: "given" | "lost" | { readonly httpStatus: number; readonly code: string };
};

export type ModelOptions = {
  readonly subscriptionId?: string;
  readonly authorizedAt: Instant;
  readonly priceMinor?: number;
  readonly currency?: string;
  /** A fixed tax on top. */
  readonly taxMinor?: number;
  /** 0.2 = 20 %, on top unless `taxInclusive`. */
  readonly taxRate?: number;
  readonly taxInclusive?: boolean;
  readonly onDemand?: boolean;
  /** A failed charge puts the subscription on hold (Dodo may, or may not). */
  readonly holds?: boolean;
  /** The merchant's grace period: so long it is `past_due` instead. 0 = none. */
  readonly graceDays?: number;
  /** A payment brings a held subscription back. */
  readonly returns?: boolean;
  /** A held subscription is charged (the guide says yes, the error list says no). @source dodo.md 5.6 */
  readonly chargesOnHold?: boolean;
  /** Dodo refuses a charge while another payment is open (its only guard, and not a promised one). @source dodo.md 5.3 */
  readonly guardsPending?: boolean;
  /** Virtual time from a charge to its end. */
  readonly outcomeMs?: number;
  /** Virtual time until a list shows a new payment. */
  readonly listLagMs?: number;
};

/** An attempt of ours. */
export function isOwn({ metadata, isManualRetry }: ModelPayment): boolean {
  return isManualRetry || metadata["recovery_attempt"] !== undefined;
}
