/** The emails of a recovery. Their texts are in `activities/notices/`. */
export const NOTICE_KINDS = [
  "payment_failed",
  "retry_ahead",
  "action_needed",
  "recovered",
  "cancelled",
] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** Where in the sequence of `action_needed` a notice stands. */
export type NoticeStep = "first" | "reminder" | "last";

/** How a recovery's record names them. */
export const NOTICE_WORDS: Record<NoticeKind, string> = {
  payment_failed: "mail “the payment failed”",
  retry_ahead: "mail “we will try again”",
  action_needed: "mail “please pay”",
  recovered: "mail “thank you”",
  cancelled: "mail “the subscription is cancelled”",
};
