import type { AttemptKey, PaymentId } from "../values/ids.ts";
import type { Instant } from "../values/time.ts";

/** Why a command does not apply. The names are stable; API clients rely on them. */
export type RefusalCode =
  | "nothing_owed"
  | "being_processed"
  | "not_now"
  | "method_blocked"
  | "not_applicable"
  | "stale_link"
  /** An exhausted debt that can no longer be paid on a page. */
  | "not_payable"
  /** The payment waits for the customer, and Dodo has no page for it. */
  | "confirm_with_bank";

/** What a command would have to wait for. */
export type InTheWay = {
  /** Null if it is no attempt of ours. */
  readonly attempt: AttemptKey | null;
  /** Null if Dodo has shown none yet. */
  readonly paymentId: PaymentId | null;
};

export type CommandReply =
  | { readonly ok: true; readonly url?: string; readonly expiresAt?: Instant | null }
  | ({ readonly ok: false } & Refusal);

/** Why a command does not apply. */
export type Refusal = {
  readonly code: RefusalCode;
  readonly reason: string;
  /** Absent if the command would not apply anyway. */
  readonly inTheWay?: InTheWay;
};

export type Command =
  | { readonly action: "pause"; readonly by: string; readonly note: string }
  | {
      readonly action: "resume";
      readonly by: string;
      readonly note: string;
      /** The failures in question are separate debts: they are collected after this one. */
      readonly newDebt?: boolean;
    }
  | {
      readonly action: "retry_now";
      readonly by: string;
      readonly note: string;
      readonly confirmedAbsent: boolean;
      /** The payment that waits for a person past the deadline is dead: charge although it is open. */
      readonly confirmedDead?: boolean;
    }
  | { readonly action: "mark_paid"; readonly by: string; readonly note: string }
  | { readonly action: "write_off"; readonly by: string; readonly note: string }
  | CustomerCommand;

/** A command of an operator, who is named in `by`. */
export type OperatorCommand = Exclude<Command, CustomerCommand>;

/** A link in an email; `debtId` is the debt that the link is for. */
export type CustomerCommand =
  | { readonly action: "create_payment_link"; readonly debtId: string | null }
  | { readonly action: "stop_reminders"; readonly debtId: string | null };
