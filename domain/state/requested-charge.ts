import type { DebtId, PaymentId } from "../values/ids.ts";
import type { CurrencyCode } from "../values/money.ts";
import type { Instant } from "../values/time.ts";
import type { Outcome } from "./outcome.ts";

/**
 * A charge as the merchant requests it, with every field of Dodo's charge request. Every attempt repeats it.
 * @source docs/dodo/charging.md, "The charge request"
 */
export type RequestedCharge = {
  /** Net of tax that Dodo adds on top, in the smallest unit. */
  readonly amountMinor: number;
  /** Null for the subscription's currency. */
  readonly currency: CurrencyCode | null;
  readonly description: string | null;
  readonly feesInclusive: boolean | null;
  /** Dodo's wallet; null where it is not used. */
  readonly credits: { readonly usage: boolean | null; readonly purchase: boolean | null } | null;
  readonly metadata: Readonly<Record<string, string>>;
};

/** `chargeId` is also the debt's id, so that a repeated request is one debt. */
export type ChargeRequest = {
  readonly chargeId: DebtId;
  readonly requestedAt: Instant;
  readonly charge: RequestedCharge;
};

/** Why a requested charge is refused. Nothing was sent, and nothing will be. */
export const CHARGE_REFUSALS = [
  "shadow",
  "too_many_debts",
  "subscription_not_found",
  "subscription_not_on_demand",
  "subscription_not_chargeable",
  "cancellation_scheduled",
  "opted_out",
  "currency_mismatch",
  "amount_below_minimum",
] as const;

export type ChargeRefusal = (typeof CHARGE_REFUSALS)[number];

/** The states of a requested charge. */
export const CHARGE_STATES = [
  /** The subscription has not been read yet; the charge may still be refused. */
  "received",
  "queued",
  "charging",
  /** It was declined, or only the customer can pay it: a recovery collects it. */
  "recovering",
  "needs_attention",
  "refused",
  "ended",
] as const;

export type RequestedChargeStatus = {
  readonly chargeId: DebtId;
  readonly at: Instant;
  readonly state: (typeof CHARGE_STATES)[number];
  readonly currency: CurrencyCode | null;
  /** `ended` only. */
  readonly outcome: Outcome | null;
  readonly paymentId: PaymentId | null;
  /** The code of the latest decline. */
  readonly declineCode: string | null;
  /** `refused` only. */
  readonly refusal: ChargeRefusal | null;
  readonly reason: string | null;
};
