/** Rules for a customer who pays an exhausted debt. They belong to `RULES`. */
export const LATE_PAYMENT_RULES = {
  "late_payment.asked": {
    says: "A customer wants to pay an exhausted debt: Dodo is read once more.",
    source: "Ours: somebody else may have paid it since, or another charge may have failed",
  },
  "late_payment.offered": {
    says: "Create a payment page for an exhausted debt whose subscription is still on hold.",
    source: "Ours: whoever wants to pay late is welcome; nothing else is charged or mailed",
  },
  "late_payment.refused": {
    says: "Create no payment page for an exhausted debt.",
    source: "Ours: it may be paid, or a page would not collect it",
  },
  "late_payment.followed": {
    says: "Follow a late payment until its page can no longer be paid.",
    source: "Ours: never lose a recovery",
  },
  "late_payment.unpaid": {
    says: "The customer did not pay late after all: the debt stays exhausted.",
    source: "Ours: nothing more is charged or mailed",
  },
} as const;
