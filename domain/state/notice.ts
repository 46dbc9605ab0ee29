/** The emails of a recovery. `activities/notices/` writes them. */
export const NOTICE_KINDS = [
  "payment_failed",
  "retry_ahead",
  "action_needed",
  "confirm_payment",
  "recovered",
  "cancelled",
] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** It tells how the debt ended, and asks for nothing. */
export function isClosingNotice(kind: NoticeKind): boolean {
  return kind === "recovered" || kind === "cancelled";
}

/** The place of a notice in its sequence: `action_needed` or `confirm_payment`. */
export type NoticeStep = "first" | "reminder" | "last";

/** The names of the notices in reasons and timelines. */
export const NOTICE_WORDS: Record<NoticeKind, string> = {
  payment_failed: "the payment-failed email",
  retry_ahead: "the next-attempt email",
  action_needed: "the action-needed email",
  confirm_payment: "the confirm-payment email",
  recovered: "the thank-you email",
  cancelled: "the cancellation email",
};
