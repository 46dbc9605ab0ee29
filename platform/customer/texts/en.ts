/**
 * What customers read, in English: the pattern of every other language. ICU MessageFormat; amounts, days and cards come
 * formatted. `{day}` is a date without its year, `{amount}` money with its sign.
 */
export const en = {
  "greeting.named": "Hello {name},",
  "greeting.plain": "Hello,",

  "fact.line": "{label}: {value}",
  "fact.amount": "Amount",
  "fact.card": "Card",
  "fact.method": "Payment method",
  "fact.next_attempt": "Next attempt",
  "fact.pay_by": "Please pay by",
  "card.branded": "{brand} ending in {lastFour}",
  "card.unbranded": "ending in {lastFour}",

  "reason.declined": "Your bank did not approve the payment.",
  "reason.funds": "There was not enough money available for it.",
  "reason.limit": "A limit of your card or account was reached.",
  "reason.expired": "The card has expired.",
  "reason.not_activated": "The card has not been activated yet.",
  "reason.confirmation": "It was not confirmed with your bank.",
  "reason.details": "The payment details were not accepted.",
  "reason.permission":
    "Your permission to charge this payment method is missing or no longer valid.",
  "reason.unsupported": "This payment method cannot be used for it.",
  "reason.technical": "There was a technical problem on the way to your bank.",

  "failed.what": "We could not collect your payment of {amount}. {reason}",
  "retry.unknown_day": "We will try again in the next few days.",
  "button.pay": "Pay now",
  "button.update": "Update payment method",
  "button.confirm": "Confirm payment",
  "button.contact": "Contact us",

  "payment_failed.subject": "Your payment of {amount} did not go through",
  "payment_failed.heading": "Your payment did not go through",
  "payment_failed.next": "You do not need to do anything: we will try again on {day}.",
  "payment_failed.after":
    "If you would rather not wait, you can pay now, with another card if you like. You will not be charged twice.",

  "retry_ahead.subject": "We will try your payment of {amount} again",
  "retry_ahead.heading": "We will try your payment again",
  "retry_ahead.what": "Your payment of {amount} is still open.",
  "retry_ahead.next":
    "We will try it again on {day}. Please make sure that your payment method can be charged by then, or pay now.",

  "action_needed.subject": "Please update your payment method: {amount} is due",
  "action_needed.heading": "Please update your payment method",
  "action_needed.next_other":
    "We will not use this payment method again. Please choose another one and pay by {day}, so that your subscription can continue.",
  "action_needed.next_again":
    "We will not try again on our own. Please enter your payment details once more, or choose another payment method, by {day}, so that your subscription can continue.",
  "action_needed.after": "It takes about a minute.",

  "authentication.subject": "Please confirm your payment of {amount}",
  "authentication.heading": "Please confirm your payment",
  "authentication.what":
    "Your bank asks you to confirm your payment of {amount}. Only you can do that.",
  "authentication.next":
    "Please press the button and follow your bank’s instructions by {day}, so that your subscription can continue.",

  "reminder.subject": "Reminder: your payment of {amount} is still open",
  "reminder.heading": "Your payment is still open",
  "reminder.what": "We have not yet received your payment of {amount}.",
  "reminder.next": "Please pay by {day}, so that your subscription can continue.",

  "last_chance.subject":
    "{days, plural, =0 {Last day to pay {amount}} one {# day left to pay {amount}} other {# days left to pay {amount}}}",
  "last_chance.heading": "This is our last reminder",
  "last_chance.next":
    "Please pay by {day}. After that, this link will no longer work and your subscription may end.",
  "last_chance.next_cancel":
    "Please pay by {day}. If we have not received your payment by then, your subscription will be cancelled.",

  "recovered.subject": "Thank you: your payment of {amount} went through",
  "recovered.heading": "Thank you, your payment went through",
  "recovered.what": "We have received your payment of {amount}, and your subscription continues.",
  "recovered.next": "There is nothing left for you to do.",

  "cancelled.subject": "Your subscription has been cancelled",
  "cancelled.heading": "Your subscription has been cancelled",
  "cancelled.what":
    "We could not collect your payment of {amount}, so your subscription has been cancelled.",
  "cancelled.next": "You will not be charged for it any more.",
  "cancelled.after": "You are welcome back at any time.",

  "checkout.try_again": "You can try again, with another card if you like.",
  "checkout.not_charged": "You will not be charged for it unless you pay.",
  "checkout.order_again": "If you still want it, please order again.",
  "checkout_abandoned.subject": "Your payment of {amount} is not finished",
  "checkout_abandoned.heading": "Your payment is not finished",
  "checkout_abandoned.what": "You began to pay {amount} but did not finish. Nothing was charged.",
  "checkout_abandoned.next": "You can go on where you stopped.",
  "checkout_authentication.what":
    "Your payment of {amount} has to be confirmed with your bank, and that has not happened yet. Nothing was charged.",
  "checkout_authentication.next": "You can confirm it now.",

  "link.fallback": "If the button does not work, open this address:",
  "footer.safety": "We never ask for card details by email.",
  "footer.why": "You receive this message because you have a subscription with {brand}.",
  "footer.questions": "Questions? We are glad to help:",

  "page.owed.title": "Pay for your subscription",
  "page.owed.text": "Your last payment did not go through. This is what is due:",
  "page.owed.button": "Continue to secure payment",
  "page.owed.after":
    "The button takes you to a secure payment page. You are charged only after you confirm there.",
  "page.declined.text":
    "The payment was not approved this time, and nothing was taken. You can try again, with another payment method if you like.",
  "page.processing.title": "Your payment is being processed",
  "page.processing.text": "You do not need to do anything. This page looks again by itself.",
  "page.processing.again": "Look again",
  "page.paid.title": "Thank you, your payment went through",
  "page.paid.text": "There is nothing left for you to do. You can close this page.",
  "page.nothing_owed.title": "Nothing is due",
  "page.nothing_owed.text": "There is nothing to pay here any more. You can close this page.",
  "page.cancelled.title": "This subscription has ended",
  "page.cancelled.text": "Nothing more will be charged. You can close this page.",
  "page.reminders.title": "Stop reminders about this payment?",
  "page.reminders.text":
    "You will get no more reminders of it by email. The payment stays due, and the link in our emails still works.",
  "page.reminders.button": "Stop reminders",
  "page.reminders_stopped.title": "You will get no more reminders",
  "page.reminders_stopped.text":
    "The payment stays due. You can still pay it with the link in our emails.",
  "page.expired.title": "This link has expired",
  "page.expired.text":
    "It can no longer be used to pay. If you still want to pay, please write to us.",
  "page.unknown.title": "This link is not valid",
  "page.unknown.text": "Please open the link in our email once more, complete and unchanged.",
  "page.unavailable.title": "This is not possible right now",
  "page.unavailable.text": "You have not been charged. Please try again in a few minutes.",
  "page.questions": "Questions? We are glad to help:",
} as const satisfies Readonly<Record<string, string>>;

export type TextKey = keyof typeof en;

/** One language, whole. */
export type Texts = Readonly<Record<TextKey, string>>;
