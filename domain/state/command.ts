import type { Instant } from "../values/time.ts";

/** Why a command does not apply. The names are stable; API clients rely on them. */
export type RefusalCode =
  | "nothing_owed"
  | "being_processed"
  | "not_now"
  | "method_blocked"
  | "not_applicable"
  | "stale_link"
  /** The payment waits for the customer, and Dodo has no page for it. */
  | "confirm_with_bank";

export type CommandReply =
  | { readonly ok: true; readonly url?: string; readonly expiresAt?: Instant | null }
  | { readonly ok: false; readonly code: RefusalCode; readonly reason: string };

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

/** A link in an email; `debtId` is the debt that the link is for. */
export type CustomerCommand =
  | { readonly action: "create_payment_link"; readonly debtId: string | null }
  | { readonly action: "stop_reminders"; readonly debtId: string | null };
