/** The effects whose outcome comes back as an event; `domain/decision/effect.ts` has what each carries. */
export type EffectKind =
  | "read"
  | "charge"
  | "notice"
  | "payment_link"
  | "cancel"
  | "notify_operator"
  | "publish"
  | "report_charge_status";
