import type { Instant } from "../../domain/values/time.ts";
import type { IdempotencyKeys } from "./answers/keyed-answers.ts";

/** How the bank decides about a payment of the model; `stay` leaves it open in that status. */
export type Verdict =
  | { readonly kind: "succeed" }
  | { readonly kind: "decline"; readonly code: string | null }
  | { readonly kind: "stay"; readonly status: string };

/** What goes wrong with one mutation. `…_before`: Dodo does nothing · `…_after`: Dodo acts, and the answer is lost. */
export type RequestFault =
  /** The connection is refused: the request does not leave. */
  | { readonly kind: "unsent" }
  /** The answer arrives after the payment has ended and its webhooks were delivered. */
  | { readonly kind: "slow_after" }
  | { readonly kind: "lost_before" | "lost_after" | "timeout_before" | "timeout_after" }
  | {
      readonly kind: "error_before" | "error_after";
      readonly httpStatus: number;
      /** `INTERNAL_SERVER_ERROR` by default. */
      readonly code?: string;
    }
  | { readonly kind: "refuse"; readonly httpStatus: number; readonly code: string };

/**
 * Who made a payment, and how. `charge`: Reprise · `page`: a payment page that Reprise asked for · `portal`: the customer
 * changed the card · `saved`: the merchant chose another saved method · `dodo`, `manual`: Dodo's own and manual retries.
 */
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
  /** Of a renewal: 0 is the original. */
  readonly retryAttempt: number;
  readonly isManualRetry: boolean;
  readonly methodId: string;
  /** Its payment page waits for the customer, or the customer left it. */
  readonly isPage: boolean;
  status: string;
  declineCode: string | null;
  /** The payment stays `succeeded`. */
  reversal: "refunded" | "disputed" | null;
  /** Each time it reached a final status; a late success is a second entry. */
  readonly ends: { at: Instant; status: string; declineCode: string | null }[];
};

/** Another subscription of the customer. */
export type OtherSubscription = {
  readonly subscriptionId: string;
  readonly productId: string;
  readonly createdAt: Instant;
  readonly payments: ModelPayment[];
};

/** A request that can change something at Dodo, and its effect. */
export type Mutation = {
  readonly at: Instant;
  readonly what: "charge" | "manual retry" | "payment_link" | "cancel";
  /** The body of a charge; null for everything else. */
  readonly requested: {
    readonly amountMinor: number;
    readonly currency: string;
    /** The attempt's key, from the metadata. */
    readonly key: string | null;
  } | null;
  /** The header `Idempotency-Key`; null if it had none. */
  readonly idempotencyKey: string | null;
  /** Dodo answered with the stored answer of an earlier request with the key. */
  isReplayed: boolean;
  /** The payment it created, whether the answer arrived or not. */
  paymentId: string | null;
  /** `given`: the answer arrived · `lost`: none did · else the error that arrived. */
  answer: "given" | "lost" | { readonly httpStatus: number; readonly code: string };
};

/**
 * What the line items of a payment that has not succeeded show. `taxed`: amount and tax · `untaxed`: the total, with a tax of zero · `partial`: they do
 * not add up to the total · `refused`: Dodo refuses to list them.
 */
export const MODEL_LINE_ITEMS = ["taxed", "untaxed", "partial", "refused"] as const;
export type ModelLineItems = (typeof MODEL_LINE_ITEMS)[number];

export type ModelOptions = {
  /** Null: Dodo has no name for it. */
  readonly productName?: string | null;
  readonly subscriptionId?: string;
  readonly authorizedAt: Instant;
  readonly priceMinor?: number;
  readonly currency?: string;
  /** A fixed tax, added to the price. */
  readonly taxMinor?: number;
  /** 0.2 = 20 %, added to the price unless `taxInclusive`. */
  readonly taxRate?: number;
  readonly taxInclusive?: boolean;
  /**
   * What a payment that has not succeeded shows of its tax: nothing (`withheld`), as in real accounts, or the tax.
   * @source docs/dodo/payments.md, "Nullable fields"
   */
  readonly unsettledTax?: "withheld" | "given";
  readonly lineItems?: ModelLineItems;
  readonly onDemand?: boolean;
  /** A failed charge puts the subscription on hold. @source docs/dodo/open-questions.md, "Hold after a failed charge" */
  readonly holdsOnFailure?: boolean;
  /** The merchant's grace period: `past_due` for so many days before the hold. 0 = none. */
  readonly graceDays?: number;
  /** A successful payment makes a held subscription active again. */
  readonly reactivates?: boolean;
  /** Whether a held subscription can be charged. @source docs/dodo/open-questions.md, "Charging on hold" */
  readonly chargeableOnHold?: boolean;
  /** Dodo refuses a charge while another payment is open. @source docs/dodo/charging.md, "Idempotency" */
  readonly refusesWhilePending?: boolean;
  /** A charge that waits for the customer has a page of its own. */
  readonly confirmationPage?: boolean;
  readonly idempotencyKeys?: IdempotencyKeys;
  /** Virtual time from a payment's creation to its end. */
  readonly outcomeMs?: number;
  /** Virtual time until a list shows a new payment. */
  readonly listLagMs?: number;
};

/** Whether Reprise made this payment: one of its attempts. */
export function isOwn({ metadata, isManualRetry }: ModelPayment): boolean {
  return isManualRetry || metadata["recovery_attempt"] !== undefined;
}
