import type { DebtContext } from "../../domain/debt/attribution.ts";
import type { ReplacementContext } from "../../domain/debt/replacement.ts";
import type { Mode } from "../../domain/state/outcome.ts";
import type { SubscriptionAccess } from "../../domain/state/payment.ts";
import type { RequestedCharge } from "../../domain/state/requested-charge.ts";
import type { AttemptKey, PaymentId, RecoveryId, SubscriptionId } from "../../domain/values/ids.ts";
import type { CurrencyCode } from "../../domain/values/money.ts";
import type { Instant } from "../../domain/values/time.ts";

/** One attempt to charge a debt. The history records everything that the charge sends, except the merchant's metadata. */
export type ChargeInput = {
  readonly at: Instant;
  readonly subscriptionId: SubscriptionId;
  readonly recoveryId: RecoveryId;
  readonly key: AttemptKey;
  readonly number: number;
  /** In minor units, net of tax that Dodo adds on top. Null for a manual retry whose price is unknown. */
  readonly amountMinor: number | null;
  readonly currency: CurrencyCode;
  /** Null: the product's description. */
  readonly description: string | null;
  /** Null if the merchant requested the charge and it has not failed yet. */
  readonly failedPaymentId: PaymentId | null;
  /** The charge that the merchant requested. It has its own metadata, not the failed payment's. */
  readonly requested?: RequestedCharge;
  /** From the last read; the pre-charge check stops the charge if it has changed. */
  readonly expectedAccess: SubscriptionAccess | null;
  /** Says which payments belong to the debt. */
  readonly debt: DebtContext | null;
  /** Says which of the customer's payments replace the subscription; absent where none is looked for. */
  readonly replacement?: ReplacementContext;
  /** Cards that are never charged again. */
  readonly blockedMethods: readonly string[];
  /** No request leaves after this instant. */
  readonly latestStartAt: Instant;
  readonly mode: Mode;
  /** How long Dodo's lists may omit a charge of an earlier run: the policy's `settle`. */
  readonly settleMs: number;
  /** A person looked in Dodo: there is no payment of a charge that was sent until then. */
  readonly confirmedAbsentUpTo: Instant | null;
  /** For a scheduled subscription: Dodo's manual retry, which takes neither amount nor metadata. */
  readonly via?: "manual_retry";
  /** The payments of earlier attempts. Any other payment that is newer than the debt stops a manual retry. */
  readonly knownPayments?: readonly string[];
};
