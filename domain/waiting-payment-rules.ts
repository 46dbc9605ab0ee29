/** Rules for a payment that waits for the customer or the merchant. They belong to `RULES`. */
export const WAITING_PAYMENT_RULES = {
  "payment.needs_customer": {
    says: "A payment waits for the customer: ask the customer to confirm it.",
    source: "Ours: the bank does nothing until the customer acts",
  },
  "payment.needs_merchant": {
    says: "A payment waits for the merchant: ask the operator.",
    source: "Ours: the customer can do nothing about it",
  },
  "payment.confirmed_dead": {
    says: "An operator confirmed that the waiting payment is dead: read it first.",
    source: "Ours: it may have been completed since",
  },
  "payment.not_released": {
    says: "The payment that the operator confirmed to be dead no longer waits as it did: charge nothing.",
    source: "Ours: never charge twice",
  },
  "payment.released": {
    says: "The payment still waits, and an operator confirmed that it is dead: it no longer blocks charges.",
    source: "Ours: never lose a recovery; only a person can know that nobody will complete it",
  },
  "payment.released_ended": {
    says: "A released payment has ended, or its debt's window has: it is followed no longer.",
    source: "Ours: until then it could still succeed",
  },
} as const;
