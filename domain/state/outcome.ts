/** The state that people see; derived by `stateOf`, never stored on its own. */
export const RECOVERY_STATES = [
  "opening",
  "charging",
  "waiting",
  "awaiting_customer",
  "observing",
  "paused",
  "needs_attention",
  "reactivating",
  "ended",
] as const;

export type RecoveryState = (typeof RECOVERY_STATES)[number];

export const OUTCOMES = [
  "collected",
  "recovered",
  "exhausted",
  "cancelled",
  "written_off",
  "nothing_owed",
] as const;

export type Outcome = (typeof OUTCOMES)[number];

/** `shadow` decides and records, and sends nothing: no charge, no email, no payment link, no cancellation. */
export type Mode = "act" | "shadow";

/** Who paid the debt, or who ended it. */
export type Actor = "attempt" | "link" | "dodo" | "merchant" | "customer" | "operator" | "reprise";
