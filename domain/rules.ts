import { ADVICE_RULES } from "./rules/advice.ts";
import { EARLIER_RUN_RULES } from "./rules/earlier-runs.ts";
import { IMPORT_RULES } from "./rules/imports.ts";
import { LATE_PAYMENT_RULES } from "./rules/late-payments.ts";
import { dodo, ours, type RuleRow } from "./rules/rule-row.ts";
import { WAITING_PAYMENT_RULES } from "./rules/waiting-payments.ts";

const DODO_ON_DEMAND = "developer-resources/ondemand-subscriptions";
const DODO_CODES = "api-reference/transaction-failures";
const DODO_WEBHOOKS = "developer-resources/webhooks";
const DODO_RETRIES = "features/recovery/payment-retries";
const DODO_MANUAL_RETRY = "features/recovery/manual-retry";
const DODO_ERRORS = "api-reference/error-codes";
const DODO_SUBSCRIPTION = "features/subscription";

/** Every rule that a decision about a recovery can name. */
export const RULES = {
  // What is owed
  "opening.read_first": dodo(
    "A webhook is only a hint: read Dodo before acting on it.",
    DODO_WEBHOOKS,
  ),
  "opening.read_again": ours(
    "Read Dodo a second time before the first notice or charge.",
    "Dodo does not say when a payment appears in lists; acting on a partial list is unsafe",
  ),
  "opening.debt": ours(
    "A failed payment that no later payment settled is a debt.",
    "never lose a recovery",
  ),
  "opening.nothing_owed": ours(
    "Nothing is owed: end without a notice.",
    "customers hear only about debts that exist",
  ),
  "opening.opted_out": ours(
    "The subscription's metadata has `reprise: off`: send nothing and charge nothing.",
    "the merchant opted this subscription out",
  ),
  "opening.first_payment": ours(
    "Never charge a failed first payment again.",
    "no mandate exists yet, and the customer is still at the checkout",
  ),
  "opening.unclear": ours(
    "It is unclear what is owed: ask the operator.",
    "a guess could charge twice",
  ),
  "opening.hold_without_payment": ours(
    "The subscription is on hold without a failed payment: ask the operator.",
    "there is no amount to charge",
  ),
  "opening.disputed": ours(
    "The customer disputed a payment in the last 180 days: ask the operator before charging.",
    "another charge invites another dispute, which costs more than the debt",
  ),

  // Charges requested by the merchant
  "requested_charge.received": ours(
    "The merchant requested a charge: read the subscription first.",
    "refuse before sending anything",
  ),
  "requested_charge.accepted": ours(
    "The requested charge is a debt now: charge it when its turn comes.",
    "the fence and the pre-charge check protect it like every other attempt",
  ),
  "requested_charge.already_known": ours(
    "The same request again is the same charge.",
    "never charge twice",
  ),
  "requested_charge.refused": ours(
    "The subscription cannot take the requested charge: refuse it.",
    "nothing was sent, so the merchant can collect in another way",
  ),
  "requested_charge.collected": ours(
    "The first attempt of a requested charge succeeded: end without a notice.",
    "a charge that succeeds at once is not a recovery",
  ),
  "requested_charge.status_reported": ours(
    "The requester was sent the charge's status.",
    "always explain",
  ),

  // Several debts of one subscription
  "queue.added": ours(
    "The subscription has another debt: queue it.",
    "Dodo takes one payment of a subscription at a time",
  ),
  "queue.full": ours(
    "Twenty debts are queued already: ask the operator.",
    "so many failures have a cause that retries cannot fix",
  ),
  "queue.next": ours(
    "The next queued debt becomes the current debt.",
    "debts are charged one by one; a combined charge could be neither matched nor refunded",
  ),
  "queue.possibly_paid": ours(
    "Dodo collected a different amount than the current debt's: ask the operator about the queued debts.",
    "Dodo's dues may include several debts, and no API lists which",
  ),

  // The price of a charge
  "price.unknown": ours(
    "It is unknown how much of the debt is tax: charge nothing and ask the customer.",
    "Dodo adds tax to a charge, so asking for a total that includes tax would collect the tax twice",
  ),
  "price.known": ours(
    "The price of the debt is known now: continue the schedule.",
    "a read showed the tax",
  ),

  // Declines
  "decline.retry": dodo("The decline may be temporary: follow the retry schedule.", DODO_CODES),
  "decline.customer": dodo(
    "Only the customer can resolve this decline: ask the customer instead of charging.",
    DODO_CODES,
  ),
  "decline.never": dodo(
    "Never charge this card again: ask the customer for another one.",
    DODO_CODES,
  ),
  "decline.merchant": dodo(
    "The cause is on the merchant's side: ask the operator, not the customer.",
    DODO_CODES,
  ),
  "decline.repeated": dodo(
    "The same decline code keeps coming: stop charging and ask the customer.",
    DODO_ON_DEMAND,
  ),

  // The schedule
  "schedule.next": dodo(
    "Plan the next attempt at the authorization's time of day.",
    DODO_ON_DEMAND,
  ),
  "schedule.no_attempts_left": dodo(
    "The schedule has no attempt left: ask the customer.",
    DODO_ON_DEMAND,
  ),
  "schedule.due": ours("The attempt is due.", "its time has come, and nothing blocks it"),
  "schedule.overdue": ours(
    "Move an attempt that cannot start on its day, and announce the new time.",
    "no customer is charged on a day that was not announced",
  ),
  "schedule.unannounced": ours(
    "The attempt's announcement is not out: move the attempt, and announce the new time.",
    "no customer is charged unannounced because a mail server failed",
  ),
  "schedule.method_changed": ours(
    "Charge a new payment method once, after reading Dodo.",
    "a new card usually works, and Dodo collects by itself only from a subscription on hold",
  ),
  "schedule.cancellation_scheduled": dodo(
    "Dodo refuses charges while a cancellation is scheduled: ask the customer.",
    DODO_ERRORS,
  ),
  "schedule.cancellation_withdrawn": ours(
    "The scheduled cancellation was withdrawn: continue the schedule.",
    "Dodo takes charges again",
  ),
  "schedule.not_chargeable": ours(
    "A charge cannot request exactly what is owed: ask the customer.",
    "amounts are never combined or converted",
  ),

  // Charges
  "charge.accepted": dodo(
    "Dodo accepted the charge: follow its payment to the end.",
    DODO_ON_DEMAND,
  ),
  "charge.followed": ours(
    "The charge's payment is still open: read it again later.",
    "a webhook may be lost",
  ),
  "charge.succeeded": ours("The charge succeeded.", "Dodo's payment says so"),
  "charge.unknown": ours(
    "The charge may have happened: charge nothing until there is evidence (the fence).",
    "never charge twice; Dodo's charge endpoint documents no idempotency key",
  ),
  ...EARLIER_RUN_RULES,
  ...IMPORT_RULES,
  ...ADVICE_RULES,
  "charge.absent": ours(
    "Dodo has shown no trace of the charge for long enough: send the same attempt again.",
    "never lose a recovery; by default, four reads over 24 hours are enough evidence",
  ),
  "charge.found": ours(
    "The charge was found at Dodo: lift the fence.",
    "a payment with the attempt's key is that attempt",
  ),
  "charge.open_too_long": ours(
    "The charge has been open for too long: ask the operator.",
    "a payment at Dodo should have ended by the policy's deadline",
  ),
  "charge.not_attempted": ours(
    "No request was sent: the attempt stays due.",
    "the charge certainly did not happen, so sending it later is safe",
  ),
  "charge.pending_payment": dodo(
    "Dodo reports a pending payment: find it and follow it first.",
    DODO_ERRORS,
  ),
  "charge.refused": dodo("Dodo refused the charge request.", DODO_ERRORS),
  "charge.shadowed": ours(
    "Shadow mode: the charge would have been sent now.",
    "shadow mode sends nothing",
  ),

  // Dodo's own retries
  "dodo_retries.observed": dodo(
    "The subscription is not on-demand and Dodo may retry its renewal: charge nothing and send nothing.",
    DODO_RETRIES,
  ),
  "dodo_retries.active": dodo(
    "Dodo is retrying this renewal or emailing the customer: leave the debt to Dodo.",
    DODO_RETRIES,
  ),
  "dodo_retries.inactive": dodo(
    "Dodo's first retry comes after 12 hours: after 48 hours without one, ask the operator.",
    DODO_RETRIES,
  ),
  "manual_retry.refused": dodo(
    "Dodo's manual retry does not accept this payment: ask the customer.",
    DODO_MANUAL_RETRY,
  ),
  "manual_retry.cooling_down": dodo(
    "Dodo's manual retry is cooling down: wait until the time that Dodo names.",
    DODO_MANUAL_RETRY,
  ),

  // Payments
  "payment.already_known": ours(
    "This fact is known already.",
    "Dodo reports the same fact by webhook, by redelivery and in reads",
  ),
  "payment.open": ours(
    "A payment is open: attempts wait until it ends.",
    "it may still succeed; another charge could collect twice",
  ),
  ...WAITING_PAYMENT_RULES,
  ...LATE_PAYMENT_RULES,
  "payment.bought_again": ours(
    "The customer has bought the same product again and paid: ask the operator before charging or writing.",
    "the commonest complaint about double billing: the old subscription is charged beside the new one",
  ),
  "payment.replaced": ours(
    "The customer has bought the same product again and paid: this debt is not owed any more.",
    "the policy's `replaced_by` says so",
  ),
  "payment.customer_unread": ours(
    "The customer's payments cannot be judged: conclude nothing from them, and tell the operator.",
    "only the subscription's own list proves that a payment is absent",
  ),
  "payment.unattributed_success": ours(
    "A payment made elsewhere succeeded: exclude it if it pays something else; otherwise stop charging and ask the operator.",
    "a payment that the merchant collects elsewhere may or may not be for this debt",
  ),
  "payment.unattributed_failure": ours(
    "A charge made elsewhere failed: ask the operator, unless the policy says what it belongs to.",
    "a charge that the merchant makes elsewhere may be for this debt or for another",
  ),
  "payment.settles": ours("The debt is paid.", "it is paid no matter who collected it"),
  "payment.dues_collected": dodo(
    "A new payment method on a subscription on hold collects the dues: the debt is paid.",
    DODO_SUBSCRIPTION,
  ),
  "payment.overcharged": ours(
    "More was collected than was owed: stop charging and tell the operator.",
    "never charge twice; only a person can refund the excess",
  ),

  // Payment links
  "payment_link.created": ours(
    "The customer asked for a payment page.",
    "pages are made only on request, because paying on one during a hold is a charge of the dues",
  ),
  "payment_link.reused": ours(
    "Give the customer the unexpired payment page again.",
    "every new page is another payment",
  ),
  "payment_link.open": ours(
    "No attempt starts while the customer can pay on a payment page.",
    "never charge twice; the customer may be paying right now",
  ),
  "payment_link.closed": ours(
    "The payment page can no longer be used: attempts continue.",
    "never lose a recovery",
  ),
  "payment_link.not_created": ours(
    "No payment page could be created.",
    "the customer sees a message and can try again",
  ),

  // The subscription
  "subscription.hint": dodo("The subscription changed: read Dodo.", DODO_WEBHOOKS),
  "subscription.grace_ends": dodo(
    "The grace period ends, and Dodo holds or cancels the subscription: read which.",
    DODO_SUBSCRIPTION,
  ),
  "subscription.reactivated": ours(
    "The debt is paid and the subscription is no longer on hold.",
    "the recovery has reached its goal",
  ),
  "subscription.still_held": ours(
    "The debt is paid and the subscription is still on hold: read it again later.",
    "the customer's access depends on the subscription, not on the payment",
  ),
  "subscription.not_reactivated": ours(
    "The debt is paid and the subscription is still on hold after a day: tell the operator.",
    "only the merchant can ask Dodo why",
  ),
  "subscription.active_unpaid": ours(
    "The subscription is active again without a payment for this debt: ask the operator.",
    "somebody may have collected or released it elsewhere; another charge could collect twice",
  ),
  "subscription.ended": ours(
    "The subscription ended: collect nothing more.",
    "there is no subscription left to keep",
  ),

  // The end of the window
  "window.final_read": ours(
    "Read Dodo once more before the window ends.",
    "the last webhook may be lost",
  ),
  "window.ended": ours("The recovery window has ended.", "the policy sets its length"),
  "window.cancel": ours(
    "Cancel the subscription at the end of the window.",
    "the policy's `on_exhausted` says so",
  ),
  "closing.waits_for_charge": ours(
    "End the debt once the started charge or the open payment has ended.",
    "it can still succeed, and its money must be accounted for",
  ),

  // Notices
  "notice.due": ours("A notice is due.", "the policy sets its time"),
  "notice.sent": ours("The notice was sent.", "the mail server accepted it"),
  "notice.not_sent": ours(
    "The read right before sending showed that the notice no longer applies.",
    "customers hear only about debts that exist",
  ),
  "notice.shadowed": ours(
    "Shadow mode: the notice would have been sent now.",
    "shadow mode sends nothing",
  ),
  "notice.deferred": ours(
    "The customer has had as many notices in seven days as the policy allows: send this one later.",
    "one card can fail for several subscriptions, and nobody reads the sixth email of a week",
  ),
  "notice.reminders_stopped": ours(
    "The customer stopped the reminders for this debt: send only news.",
    "unsubscribing takes one click; RFC 8058",
  ),
  "notice.undeliverable": ours(
    "The notice could not be delivered: the recovery continues.",
    "a charge can succeed although the email bounced",
  ),

  "notice.unsent": ours(
    "The notice could not be sent in time: tell the operator, and let the next notice say it.",
    "the mail server's fault is not the customer's; SMTP says whose it is (RFC 3463)",
  ),

  // Operators
  "operator.command": ours(
    "An operator gave a command.",
    "an operator's decision comes before every rule except the fence",
  ),
  "operator.refused": ours(
    "The command does not apply: refuse it.",
    "it would charge twice, or change nothing",
  ),
  "operator.notified": ours("An alert for the operator's email was handed over.", "always explain"),

  // Outgoing webhooks
  "publication.enqueued": ours(
    "Outgoing webhooks were queued for delivery.",
    "the recovery does not wait for delivery",
  ),
  "publication.not_enqueued": ours(
    "Outgoing webhooks could not be queued: tell the operator.",
    "the recovery continues without them",
  ),

  // Reads, failures and events without effect
  "follow_up.read": ours("It is time to read Dodo again.", "a webhook may be lost"),
  "dodo.refused": dodo("Dodo refused a read: ask the operator.", DODO_ERRORS),
  "effect.failed": ours("A step failed permanently: ask the operator.", "no rule covers it"),
  "event.ignored": ours("The event changes nothing.", "always explain, also when nothing happens"),
  "timer.nothing_due": ours("The timer fired and nothing was due.", "always explain, also this"),
} as const satisfies Readonly<Record<string, RuleRow>>;

export type RuleId = keyof typeof RULES;
