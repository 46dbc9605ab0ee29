import { ours, type RuleRow } from "./rule-row.ts";

/** Rules for a payment that waits for the customer or the merchant. They belong to `RULES`. */
export const WAITING_PAYMENT_RULES = {
  "payment.needs_customer": ours(
    "A payment waits for the customer: ask the customer to confirm it.",
    "the bank does nothing until the customer acts",
  ),
  "payment.needs_merchant": ours(
    "A payment waits for the merchant: ask the operator.",
    "the customer can do nothing about it",
  ),
  "payment.confirmed_dead": ours(
    "An operator confirmed that the waiting payment is dead: read it first.",
    "it may have been completed since",
  ),
  "payment.not_released": ours(
    "The payment that the operator confirmed to be dead no longer waits as it did: charge nothing.",
    "never charge twice",
  ),
  "payment.released": ours(
    "The payment still waits, and an operator confirmed that it is dead: it no longer blocks charges.",
    "never lose a recovery; only a person can know that nobody will complete it",
  ),
  "payment.released_ended": ours(
    "A released payment has ended, or its debt's window has: it is followed no longer.",
    "until then it could still succeed",
  ),
} as const satisfies Readonly<Record<string, RuleRow>>;
