import type { DebtId, PaymentId } from "../values/ids.ts";
import type { CurrencyCode } from "../values/money.ts";
import type { Instant } from "../values/time.ts";
import type { Outcome } from "./outcome.ts";
/**
 * A charge as the merchant asks for it: every field of Dodo's, repeated by every attempt.
 * @source dodo.md 5.2
 */
export type RequestedCharge = {
  /** Net of tax that Dodo adds on top. */
  readonly amountMinor: number;
  /** Null: the subscription's. */
  readonly currency: CurrencyCode | null;
  readonly description: string | null;
  readonly feesInclusive: boolean | null;
  /** Null: Dodo's wallet is not used. */
  readonly credits: { readonly usage: boolean | null; readonly purchase: boolean | null } | null;
  readonly metadata: Readonly<Record<string, string>>;
};

/** It names its debt, so that asked twice it is one. */
export type ChargeRequest = {
  readonly chargeId: DebtId;
  readonly requestedAt: Instant;
  readonly charge: RequestedCharge;
};

/** Why a charge is not taken: nothing was sent, and nothing will be. */
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

/** Where a charge that was asked of us stands. */
export const CHARGE_STATES = [
  /** The subscription has not been read yet: it may still be refused. */
  "received",
  "queued",
  "charging",
  /** It was declined, or only the customer can pay it: a recovery like any other. */
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
  /** Of the latest decline. */
  readonly declineCode: string | null;
  /** `refused` only. */
  readonly refusal: ChargeRefusal | null;
  readonly reason: string | null;
};
