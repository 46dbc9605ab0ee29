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
  /** When the first payment failed; of a requested charge, when it was requested. */
  readonly firstFailedAt: Instant;
  /**
   * The amount of a charge request, net of tax that Dodo adds on top, in the smallest unit. Null while it is unknown how much
   * of the total is tax: such a debt is not charged. @source docs/RECOVERY.md, "Amounts"
   */
  readonly priceMinor: number | null;
  readonly currency: CurrencyCode;
  /**
   * The failed payment's total, tax included; of a requested charge, the first payment's. No accepted payment may
   * exceed it.
   */
  readonly totalMinor: number;
  /** Later charges copy its metadata. Null until a requested charge has failed. */
  readonly failedPaymentId: PaymentId | null;
  readonly methodId: string | null;
  readonly firstDeclineCode: string | null;
  /** Its value of the policy's `debt_key`; null where that tells nothing apart. */
  readonly debtKey: string | null;
  /** False where a charge cannot request the same thing (another currency): only the customer can pay. */
  readonly isChargeable: boolean;
  /** The charge that the merchant requested; every attempt repeats it. */
  readonly requested?: RequestedCharge;
};

/** An operator's import of a subscription's debt: it opens a recovery without a webhook, and at any age. */
export type Import = {
  readonly importId: string;
  /** When it reached the recovery. The window and the first day's quiet count from here. */
  readonly at: Instant;
  /** The operator's name. */
  readonly by: string;
  /** False where nothing has checked the name: the operator started the import at Temporal, past the API. */
  readonly isVerified: boolean;
  /** Charges also debts that are older than the policy's `max_debt_age`. */
  readonly retry: boolean;
};

/** A debt that waits until those before it have ended. Its window begins when it becomes the current debt. */
export type QueuedDebt = {
  readonly debt: Debt;
  readonly attempts: readonly Attempt[];
  /** The operator has to say whether it is a separate debt or a retry of the one before it. */
  readonly awaitsAnswer: boolean;
  /** A payment of another amount that may include this debt; the operator is asked before it is collected. */
  readonly possiblyPaidBy: PaymentId | null;
  /** A success beside a debt that was paid otherwise: it may pay this one, and the operator is asked. */
  readonly unattributed?: UnattributedSuccess;
  /** Successes that do not pay it, by the operator's answer. */
  readonly excludedPayments?: readonly PaymentId[];
};

/** How the debt was paid. It ends once the subscription is no longer on hold. */
export type Settlement = {
  readonly by: Actor;
  readonly paymentId: PaymentId | null;
  readonly at: Instant;
  readonly rule: RuleId;
};

/** A success that nothing ties to a debt. Its total is with tax. */
export type UnattributedSuccess = {
  readonly paymentId: PaymentId;
  /** Null where Dodo gives no whole number. */
  readonly totalMinor: number | null;
  readonly currency: CurrencyCode;
};

/** What an end covers: the current debt, or every debt of the subscription. */
export type EndScope = "debt" | "subscription";

/** An end that waits for the outcome of a started charge or an open payment. */
export type Closing = {
  readonly outcome: "cancelled" | "written_off" | "recovered" | "nothing_owed";
  readonly scope: EndScope;
  readonly by: Actor;
  readonly who: string | null;
  readonly rule: RuleId;
  readonly reason: string;
  /** The payment that shows why, or that settled it by the operator's answer; absent where none does. */
  readonly paymentId?: PaymentId;
};

/** Why an opening found that nothing is owed. */
export type NothingOwedCause = "paid_since" | "ended_earlier" | "too_old" | "no_failure";

/** A debt that has ended, as the run's result lists it. */
export type EndedDebt = {
  readonly debtId: DebtId | null;
  readonly outcome: Outcome;
  readonly by: Actor | null;
  readonly who: string | null;
  readonly rule: RuleId;
  readonly reason: string;
  /** What was owed, with tax; null where an opening never learned it. */
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
  /** Set for a requested charge; `totalMinor` is the total of its payments, with tax. */
  readonly requested?: true;
  readonly totalMinor?: number;
  readonly refusal?: ChargeRefusal;
  /** The debt had ended as `exhausted` before: this is how its late payment ended. */
  readonly late?: true;
  /** Set where an operator imported it. */
  readonly imported?: Import;
  /** `opening.nothing_owed` only. */
  readonly nothingOwed?: NothingOwedCause;
};
