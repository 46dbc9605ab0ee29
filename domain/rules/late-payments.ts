import { ours, type RuleRow } from "./rule-row.ts";

/** Rules for a customer who pays an exhausted debt. They belong to `RULES`. */
export const LATE_PAYMENT_RULES = {
  "late_payment.asked": ours(
    "A customer wants to pay an exhausted debt: Dodo is read once more.",
    "somebody else may have paid it since, or another charge may have failed",
  ),
  "late_payment.offered": ours(
    "Create a payment page for an exhausted debt whose subscription is still on hold.",
    "the customer may still pay; nothing else is charged or mailed",
  ),
  "late_payment.refused": ours(
    "Create no payment page for an exhausted debt.",
    "it may be paid, or a page would not collect it",
  ),
  "late_payment.followed": ours(
    "Follow a late payment until its page can no longer be paid.",
    "never lose a recovery",
  ),
  "late_payment.unpaid": ours(
    "The customer did not pay late after all: the debt stays exhausted.",
    "nothing more is charged or mailed",
  ),
} as const satisfies Readonly<Record<string, RuleRow>>;
