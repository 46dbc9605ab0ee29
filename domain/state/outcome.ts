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

/**
 * `shadow` decides and records, and sends nothing: no charge, no email, no payment link, no cancellation. `advise` is `shadow`,
 * and tells the merchant's systems each decision by outgoing webhook.
 */
export const MODES = ["act", "shadow", "advise"] as const;

export type Mode = (typeof MODES)[number];

/** Nothing is sent to Dodo or to customers in this mode. */
export const isSilent = (mode: Mode): boolean => mode !== "act";

/** Who paid the debt, or who ended it. */
export const ACTORS = [
  "attempt",
  "link",
  "dodo",
  "merchant",
  "customer",
  "operator",
  "reprise",
] as const;

export type Actor = (typeof ACTORS)[number];
