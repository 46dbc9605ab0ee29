/**
 * What customers read, in English: the pattern of every other language. ICU MessageFormat; amounts, days and cards come
 * formatted. `{day}` is a date without its year, `{amount}` money with its sign.
 */
export const en = {
  "greeting.named": "Hello {name},",
  "greeting.plain": "Hello,",

  "fact.line": "{label}: {value}",
  "subject.product": "{subject} – {product}",
  "fact.product": "Product",
  "fact.amount": "Amount",
  "fact.date": "Date",
  "fact.card": "Card",
  "fact.method": "Payment method",
  "fact.next_attempt": "Next attempt",
  "fact.pay_by": "Please pay by",
  "fact.payable_until": "Payable until",
  "card.branded": "{brand} ending in {lastFour}",
  "card.unbranded": "ending in {lastFour}",

  "reason.declined": "Your bank did not approve the payment.",
  "reason.funds": "There were not enough funds available.",
  "reason.limit": "A limit on your card or account was reached.",
  "reason.expired": "The card has expired.",
  "reason.not_activated": "The card has not been activated yet.",
  "reason.confirmation": "The payment was not confirmed with your bank.",
  "reason.details": "The payment details were not accepted.",
  "reason.permission": "There is no valid authorization to charge this payment method.",
  "reason.unsupported": "This payment method cannot be used for this payment.",
  "reason.technical": "There was a technical problem while contacting your bank.",

  "failed.what": "We could not process your payment of {amount}. {reason}",
  "retry.unknown_day": "We will try again in the next few days.",
  "button.pay": "Complete payment",
  "button.confirm": "Confirm payment",
  "button.contact": "Contact us",

  "payment_failed.subject": "Your payment of {amount} did not go through",
  "payment_failed.heading": "Your payment did not go through",
  "payment_failed.next": "You do not need to do anything. We will try again on {day}.",
  "payment_failed.after":
    "If you prefer not to wait, you can complete the payment now, with another card if you like. You will not be charged twice.",

  "retry_ahead.subject": "We will retry your payment of {amount}",
  "retry_ahead.heading": "We will retry your payment",
  "retry_ahead.what": "Your payment of {amount} has not gone through yet.",
  "retry_ahead.next":
    "We will try again on {day}. Please make sure that your payment method can be charged by then, or complete the payment now.",

  "action_needed.subject": "Please complete your payment of {amount}",
  "action_needed.heading": "Please complete your payment",
  "action_needed.next_other":
    "We will not charge this payment method again. Please complete the payment with another one by {day} so that your subscription can continue.",
  "action_needed.next_again":
    "We will not try again automatically. Please complete the payment by {day} so that your subscription can continue. You can enter your payment details again or choose another payment method.",
  "action_needed.after": "It takes about a minute.",

  "authentication.subject": "Please confirm your payment of {amount}",
  "authentication.heading": "Please confirm your payment",
  "authentication.what":
    "Your bank asks you to confirm your payment of {amount}. Only you can do this.",
  "authentication.next":
    "Please complete the payment by {day} and follow your bank’s instructions so that your subscription can continue.",
  "confirm.next_page":
    "Please open the payment page, and follow your bank’s instructions there so that your subscription can continue.",
  "confirm.next_bank":
    "Please confirm the payment in your bank’s app or on its website. If you find nothing to confirm there, please contact us.",

  "reminder.subject": "Reminder: your payment of {amount} is still due",
  "reminder.heading": "Your payment is still due",
  "reminder.what": "We have not received your payment of {amount} yet.",
  "reminder.next": "Please complete the payment by {day} so that your subscription can continue.",

  "last_chance.subject":
    "{days, plural, =0 {Today is the last day to pay {amount}} one {# day left to pay {amount}} other {# days left to pay {amount}}}",
  "last_chance.heading": "This is our last reminder",
  "last_chance.next":
    "Please complete the payment by {day}. After that, your subscription may end.",
  "last_chance.next_cancel":
    "Please complete the payment by {day}. If we have not received it by then, your subscription will be cancelled.",

  "recovered.subject": "Thank you: your payment of {amount} went through",
  "recovered.heading": "Thank you, your payment went through",
  "recovered.what": "We have received your payment of {amount}. Your subscription continues.",
  "recovered.next": "You do not need to do anything else.",

  "cancelled.subject": "Your subscription has been cancelled",
  "cancelled.heading": "Your subscription has been cancelled",
  "cancelled.what":
    "We did not receive your payment of {amount}, so we have cancelled your subscription.",
  "cancelled.next": "You will not be charged for it again.",
  "cancelled.after": "You are welcome to come back at any time.",

  "checkout.try_again": "You can try again, with another card if you like.",
  "checkout.not_charged": "You will not be charged unless you complete the payment.",
  "checkout.order_again": "If you are still interested, please place your order again.",
  "checkout_abandoned.subject": "Your payment of {amount} is not complete",
  "checkout_abandoned.heading": "Your payment is not complete",
  "checkout_abandoned.what":
    "You started a payment of {amount} but did not complete it. You have not been charged.",
  "checkout_abandoned.next": "You can continue where you left off.",
  "checkout_authentication.what":
    "Your payment of {amount} still needs to be confirmed with your bank. You have not been charged.",
  "checkout_authentication.next": "You can complete the payment now.",

  "link.fallback": "If the button does not work, open this link:",
  "footer.safety": "We never ask for card details by email.",
  "footer.why": "You are receiving this email because of a payment to {brand}.",
  "footer.questions": "Questions? We are happy to help:",

  "page.owed.title": "Complete your payment",
  "page.owed.text": "Your last payment did not go through.",
  "page.owed.button": "Continue to secure payment",
  "page.owed.after":
    "The button takes you to a secure payment page. You are charged only after you confirm there.",
  "page.declined.text":
    "This payment was not approved, and you were not charged. You can try again, with another payment method if you like.",
  "page.confirm.text": "Your bank asks you to confirm this payment. Only you can do this.",
  "page.processing.title": "Your payment is being processed",
  "page.processing.text": "You do not need to do anything. This page refreshes automatically.",
  "page.processing.refresh": "Refresh now",
  "page.late.text":
    "We have not received this payment, and your subscription is on hold. You can still pay. Amount due:",
  "page.checking.title": "One moment, please",
  "page.checking.text": "We are checking what is due. This page refreshes automatically.",
  "page.unpaid.title": "This payment is still due",
  "page.unpaid.text":
    "We have not received this payment, and it can no longer be made on this page. Amount due:",
  "page.unpaid.ask": "Please contact us: reply to our email, or ask our customer support.",
  "page.paid.title": "Thank you, your payment went through",
  "page.paid.text": "You do not need to do anything else. You can close this page.",
  "page.nothing_owed.title": "There is nothing to pay here",
  "page.nothing_owed.text": "No payment is due through this link. You can close this page.",
  "page.cancelled.title": "This subscription has ended",
  "page.cancelled.text": "You will not be charged for it again. You can close this page.",
  "page.reminders.title": "Stop reminders about this payment?",
  "page.reminders.text":
    "You will no longer receive reminder emails about this payment. The payment is still due, and you can still complete it with the link in our emails.",
  "page.reminders.button": "Stop reminders",
  "page.reminders_stopped.title": "You will not receive any more reminders",
  "page.reminders_stopped.text":
    "The payment is still due. You can still complete it with the link in our emails.",
  "page.expired.title": "This link has expired",
  "page.expired.text":
    "You can no longer use this link. If you still want to pay, please contact us.",
  "page.unknown.title": "This link is not valid",
  "page.unknown.text":
    "Please open the link in our email again, or copy the complete link into your browser.",
  "page.unavailable.title": "This page is temporarily unavailable",
  "page.unavailable.text": "Nothing was charged on this page. Please try again in a few minutes.",
  "page.questions": "Questions? We are happy to help:",
} as const satisfies Readonly<Record<string, string>>;

export type TextKey = keyof typeof en;

/** One language, whole. */
export type Texts = Readonly<Record<TextKey, string>>;
