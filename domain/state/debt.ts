import type { RuleId } from "../rules.ts";
import type { DebtId, PaymentId } from "../values/ids.ts";
import type { CurrencyCode } from "../values/money.ts";
import type { Instant } from "../values/time.ts";
import type { Attempt } from "./attempt.ts";
import type { Actor, Outcome } from "./outcome.ts";
import type { ChargeRefusal, RequestedCharge } from "./requested-charge.ts";
/** What is owed, and since when. */
export type Debt = {
  readonly id: DebtId;
  /** Of a charge that was asked of us: when it was. */
  readonly firstFailedAt: Instant;
  /** What a charge asks for, net of tax that Dodo adds on top. */
  readonly priceMinor: number;
  readonly currency: CurrencyCode;
  /** The failed payment's total, tax included: no accepted payment may exceed it. Asked of us, the first one's. */
  readonly totalMinor: number;
  /** Where its metadata is read; later charges carry the same. Null while a charge asked of us has not failed. */
  readonly failedPaymentId: PaymentId | null;
  readonly methodId: string | null;
  readonly firstDeclineCode: string | null;
  /** What the policy's `debt_key` says of it; null where it says nothing. */
  readonly debtKey: string | null;
  /** False where a charge of ours cannot ask for the same thing (another currency): the customer's path. */
  readonly isChargeable: boolean;
  /** The charge that the merchant asked of us: every attempt repeats it. */
  readonly requested?: RequestedCharge;
};

/** A debt that waits until the one before it has ended. Its window begins when it is first worked. */
export type QueuedDebt = {
  readonly debt: Debt;
  readonly attempts: readonly Attempt[];
  /** Kept until a person says whether it is a debt of its own, or the one before it tried again. */
  readonly awaitsAnswer: boolean;
  /** A collection of another amount that may have paid this one too: a person looks before it is worked. */
  readonly possiblyPaidBy: PaymentId | null;
};

/** Paid, and waiting to see the subscription come back. */
export type Settlement = {
  readonly by: Actor;
  readonly paymentId: PaymentId | null;
  readonly at: Instant;
  readonly rule: RuleId;
};

/** Whether an end concerns one debt, or all that the subscription owes. */
export type EndScope = "debt" | "subscription";

/** An end that waits for a started charge to be known. */
export type Closing = {
  readonly outcome: "cancelled" | "written_off" | "recovered" | "nothing_owed";
  readonly scope: EndScope;
  readonly by: Actor;
  readonly who: string | null;
  readonly rule: RuleId;
  readonly reason: string;
};

/** One debt's end: what the run's result lists. */
export type EndedDebt = {
  readonly debtId: DebtId | null;
  readonly outcome: Outcome;
  readonly by: Actor | null;
  readonly who: string | null;
  readonly rule: RuleId;
  readonly reason: string;
  readonly amountMinor: number | null;
  readonly currency: CurrencyCode | null;
  readonly attempts: readonly Attempt[];
  /** The payment that settled it. */
  readonly paymentId: PaymentId | null;
  readonly reactivated: boolean | null;
  readonly firstDeclineCode: string | null;
  readonly notices: readonly string[];
  readonly firstFailedAt: Instant | null;
  readonly endedAt: Instant;
  /** It was a charge asked of us; `totalMinor` is then what its payments ask for, with tax. */
  readonly requested?: true;
  readonly totalMinor?: number;
  readonly refusal?: ChargeRefusal;
};
