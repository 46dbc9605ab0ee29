/** The emails of a recovery. Their texts are in `activities/notices/`. */
export const NOTICE_KINDS = [
  "payment_failed",
  "retry_ahead",
  "action_needed",
  "recovered",
] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];
