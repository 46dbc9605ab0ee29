/** The effects whose outcome comes back as an event. Their fields are in `domain/decision/effect.ts`. */
export type EffectKind =
  | "read"
  | "charge"
  | "notice"
  | "payment_link"
  | "cancel"
  | "notify_operator"
  | "publish"
  | "report_charge_status";
