import type { AttemptTrigger } from "../../domain/state/attempt.ts";
import type { RefusalCode } from "../../domain/state/command.ts";
import type { Attempt } from "../../domain/state/attempt.ts";
import type { OperatorCommand } from "../../domain/state/command.ts";
import type { NoticeCountResult } from "../../domain/metrics/label-values.ts";
import type { NoticeKind } from "../../domain/state/notice.ts";
import type { Actor, Mode, Outcome, RecoveryState } from "../../domain/state/outcome.ts";
import type { CurrencyCode } from "../../domain/values/money.ts";
import type { Instant } from "../../domain/values/time.ts";

// The rows of the ledger. They hold ids, codes, times and amounts in minor units: no name, no address, no free text.

/** The run that a row belongs to. A run's rows are replaced together. */
export type RunKey = {
  readonly provider: string;
  readonly recoveryId: string;
  readonly runId: string;
};

type Row = RunKey & {
  /** The number of the decision that wrote the row, from 1 in each run. */
  readonly decision: number;
};

/** A run of a recovery. */
export type RecoveryRow = Row & {
  readonly subscriptionId: string;
  /** Null until Dodo has been read, as are the following fields. */
  readonly customerId: string | null;
  readonly productId: string | null;
  readonly mode: Mode | null;
  readonly state: RecoveryState;
  /** When the recovery was opened; the same in a run that continues another one. */
  readonly openedAt: Instant;
  /** When this run started. */
  readonly startedAt: Instant;
  /** When its last debt ended; null while something is owed. */
  readonly endedAt: Instant | null;
};

/** A debt in one run: the current one, a queued one, or one that this run has ended. */
export type DebtRow = Row & {
  readonly debtId: string;
  readonly status: "queued" | "open" | "ended";
  /** What was owed, with tax; null where an opening never learned it. */
  readonly amountMinor: number | null;
  readonly currency: CurrencyCode | null;
  readonly firstFailedAt: Instant | null;
  readonly firstDeclineCode: string | null;
  readonly declineClass: "soft" | "hard" | null;
  /** Of the charge that failed; null where no payment is known. */
  readonly trigger: AttemptTrigger | null;
  readonly isRequested: boolean;
  /** It had ended as `exhausted`, and its customer pays late. */
  readonly isLate: boolean;
  /** Null while it is open, as are the following fields. */
  readonly outcome: Outcome | null;
  readonly endedAt: Instant | null;
  /** Who paid it, or who ended it. */
  readonly endedBy: Actor | null;
  readonly rule: string | null;
  /** When Reprise learned that it was paid. The debt ends later, once its subscription is back. */
  readonly settledAt: Instant | null;
  readonly settledByPaymentId: string | null;
  /** The number of the attempt that paid it. */
  readonly settledAttempt: number | null;
  /** What was owed, once it is paid. */
  readonly collectedMinor: number | null;
  readonly isReactivated: boolean | null;
  /** Charges whose outcome is known, the failed one included; those of shadow mode are none. */
  readonly attempts: number;
  /** Attempts that Reprise made after the first charge. */
  readonly ownAttempts: number;
  readonly declinedAttempts: number;
  /** Emails of this run about it that the mail server took. */
  readonly notices: number;
  /** Those that were started before it was paid. */
  readonly noticesBeforeSettlement: number;
};

/** A debt without what only all notices of its run tell. */
export type DebtState = Omit<DebtRow, "notices" | "noticesBeforeSettlement">;

/** A charge of a debt whose outcome is known, with its evidence: the payment, and the rule that recorded it. */
export type AttemptRow = Row & {
  readonly debtId: string;
  /** Its place in the order of the debt's attempts, from 1. Numbers may repeat: a merchant may have retried too. */
  readonly position: number;
  readonly number: number;
  readonly trigger: AttemptTrigger;
  readonly result: Attempt["result"];
  readonly declineCode: string | null;
  readonly declineClass: "soft" | "hard" | null;
  readonly paymentId: string | null;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  readonly rule: string;
};

/** An email that a decision started. */
export type NoticeRow = Row & {
  readonly effectId: string;
  readonly debtId: string;
  readonly kind: NoticeKind;
  readonly noticeKey: string;
  readonly startedAt: Instant;
  /** Null until it is known. */
  readonly result: NoticeCountResult | null;
};

/** What is learned of a notice later. */
export type NoticeEnd = Row & Pick<NoticeRow, "effectId"> & { readonly result: NoticeCountResult };

/** A command of an operator and its answer. Who gave it, and the note, stay in the history. */
export type OperatorActionRow = Row & {
  readonly updateId: string;
  readonly debtId: string | null;
  readonly action: OperatorCommand["action"];
  readonly givenAt: Instant;
  /** Null where it was carried out. */
  readonly refusal: RefusalCode | null;
};

/** All rows of one run. */
export type RunRows = {
  readonly recovery: RecoveryRow;
  readonly debts: readonly DebtRow[];
  readonly attempts: readonly AttemptRow[];
  readonly notices: readonly NoticeRow[];
  readonly actions: readonly OperatorActionRow[];
};

/** What one decision writes. */
export type DecisionRows = Omit<RunRows, "debts"> & {
  readonly debts: readonly DebtState[];
  readonly noticeEnds: readonly NoticeEnd[];
  /** Debts that are none: a queued failure turned out to be a retry of another debt. */
  readonly removedDebts: readonly string[];
};
