/**
 * Every rule a decision can name, with what it says and where it comes from. A recovery's timeline shows the
 * rule's name; this table is where to find it.
 */
type RuleRow = { readonly says: string; readonly source: string };

const DESIGN = "Reprise";
const DODO_ON_DEMAND = "Dodo, developer-resources/ondemand-subscriptions";
const DODO_CODES = "Dodo, api-reference/transaction-failures";
const DODO_WEBHOOKS = "Dodo, developer-resources/webhooks";
const DODO_RETRIES = "Dodo, features/recovery/payment-retries";
const DODO_MANUAL_RETRY = "Dodo, features/recovery/manual-retry";
const DODO_ERRORS = "Dodo, api-reference/error-codes";

const rule = (says: string, source: string): RuleRow => ({ says, source });

export const RULES = {
  "opening.read_first": rule(
    "A webhook is a hint; Dodo is read before anything is done.",
    DODO_WEBHOOKS,
  ),
  "opening.read_again": rule(
    "Lists lag: Dodo is read once more before the first notice or charge.",
    DESIGN,
  ),
  "opening.debt": rule("A failed payment that nothing settled is a debt.", DESIGN),
  "opening.nothing_owed": rule("Nothing is owed: silence.", DESIGN),
  "opening.opted_out": rule(
    "metadata.reprise = off: nothing is sent and nothing is charged.",
    DESIGN,
  ),
  "opening.first_payment": rule(
    "A first payment is never charged again: the customer is still there.",
    DESIGN,
  ),
  "opening.unclear": rule("What is owed is unclear: a person decides.", DESIGN),
  "opening.hold_without_payment": rule(
    "On hold without a failed payment: a person decides.",
    DESIGN,
  ),
  "opening.disputed": rule("A customer who disputed a payment lately: a person decides.", DESIGN),
  "queue.added": rule("Another debt of this subscription: it waits its turn.", DESIGN),
  "queue.full": rule("Twenty debts wait already: a person decides.", DESIGN),
  "queue.next": rule("The next debt is worked: amounts are never mixed.", DESIGN),
  "queue.doubted": rule(
    "Dodo collected another amount than this debt's: a person looks at the others.",
    DESIGN,
  ),
  "decline.retry": rule("This decline may pass: the schedule goes on.", DODO_CODES),
  "decline.customer": rule(
    "Only the customer can mend this decline: ask, do not charge.",
    DODO_CODES,
  ),
  "decline.never": rule("This card is not charged again: ask for another.", DODO_CODES),
  "decline.merchant": rule(
    "The fault is the merchant's: the customer is not troubled.",
    DODO_CODES,
  ),
  "decline.repeated": rule(
    "The same decline again and again: stop charging and ask.",
    DODO_ON_DEMAND,
  ),
  "schedule.next": rule("The next attempt keeps the authorization's time of day.", DODO_ON_DEMAND),
  "schedule.spent": rule(
    "Three or four attempts in all, then the customer is asked.",
    DODO_ON_DEMAND,
  ),
  "schedule.due": rule("The attempt is due.", DESIGN),
  "schedule.overdue": rule("An attempt overdue by a day is announced again and moved.", DESIGN),
  "schedule.method_changed": rule("A new payment method is charged once, after a read.", DESIGN),
  "schedule.cancellation_scheduled": rule(
    "With a cancellation scheduled Dodo refuses charges: the customer is asked.",
    DODO_ERRORS,
  ),
  "schedule.cancellation_taken_back": rule("The subscription stays: the schedule goes on.", DESIGN),
  "schedule.not_chargeable": rule(
    "A charge of ours could not ask for the same thing: the customer pays.",
    DESIGN,
  ),
  "charge.accepted": rule("Dodo has the payment: its end is followed.", DODO_ON_DEMAND),
  "charge.followed": rule("The payment is still open: look again later.", DESIGN),
  "charge.succeeded": rule("The charge succeeded.", DESIGN),
  "charge.unknown": rule(
    "The charge may have happened: nothing is charged until there is evidence.",
    DESIGN,
  ),
  "charge.absent": rule(
    "The charge stayed absent long enough: the same attempt goes again.",
    DESIGN,
  ),
  "charge.found": rule("The charge was found: the fence is down.", DESIGN),
  "charge.deadline": rule("The charge has been open for too long: a person looks.", DESIGN),
  "charge.not_attempted": rule("No request left: the attempt stays due.", DESIGN),
  "charge.pending_payment": rule(
    "Dodo says a payment is pending: it is found and followed first.",
    DODO_ERRORS,
  ),
  "charge.shadowed": rule("Shadow mode: the charge would have been sent now.", DESIGN),
  "notice.shadowed": rule("Shadow mode: the notice would have been sent now.", DESIGN),
  "charge.refused": rule("Dodo refused the charge.", DODO_ERRORS),
  "payment.known": rule("This fact is known already.", DESIGN),
  "payment.open": rule("A payment is open: attempts wait until it ends.", DESIGN),
  "payment.foreign_success": rule(
    "A payment made elsewhere: it pays something else, or charging stops and a person is asked.",
    DESIGN,
  ),
  "payment.foreign_failure": rule("A charge made elsewhere failed: a person is asked.", DESIGN),
  "payment.settles": rule("The debt is paid.", DESIGN),
  "payment.collected_by_dodo": rule(
    "A changed method on a hold collects the dues: the debt is paid.",
    "Dodo, features/subscription",
  ),
  "payment.too_much": rule("Collected exceeds owed: charging stops and a person is told.", DESIGN),
  "subscription.grace_ends": rule(
    "A grace period ends, and Dodo holds or cancels: look which.",
    "Dodo, features/subscription",
  ),
  "subscription.hint": rule("The subscription changed: Dodo is read.", DODO_WEBHOOKS),
  "subscription.reactivated": rule("Paid, and the subscription is back.", DESIGN),
  "subscription.still_held": rule(
    "Paid, and the subscription is still on hold: look again.",
    DESIGN,
  ),
  "subscription.not_reactivated": rule(
    "Paid, and on hold for a day: the operator is told.",
    DESIGN,
  ),
  "subscription.ended": rule("The subscription ended: nothing more is collected.", DESIGN),
  "subscription.active_unpaid": rule("Active again without a payment: a person is asked.", DESIGN),
  "scheduled.observed": rule(
    "Not on-demand: Dodo may be retrying, so nothing is charged or sent.",
    DODO_RETRIES,
  ),
  "scheduled.sign": rule("Dodo retries this renewal, or writes to the customer.", DODO_RETRIES),
  "scheduled.no_sign": rule(
    "Dodo's first retry comes after 12 h: none in 48 h, so a person is asked.",
    DODO_RETRIES,
  ),
  "scheduled.not_retryable": rule(
    "Dodo's manual retry does not take this payment: the customer is asked.",
    DODO_MANUAL_RETRY,
  ),
  "scheduled.cooling_down": rule(
    "Dodo's manual retry says when the next one is taken.",
    DODO_MANUAL_RETRY,
  ),
  "link.made": rule("The customer asked for a page to pay on.", DESIGN),
  "link.reused": rule("An unexpired page is used again.", DESIGN),
  "link.live": rule("While the customer can pay on a page, no attempt starts.", DESIGN),
  "link.over": rule("The page can no longer be used: attempts go on.", DESIGN),
  "link.not_made": rule("No page could be made.", DESIGN),
  "notice.due": rule("A notice is due.", DESIGN),
  "notice.sent": rule("The notice was sent.", DESIGN),
  "notice.not_sent": rule("The notice had lost its reason when Dodo was read.", DESIGN),
  "notice.undeliverable": rule("The notice could not be delivered; the recovery goes on.", DESIGN),
  "window.look": rule("Before the end, Dodo is read once more.", DESIGN),
  "window.ended": rule("The recovery window is over.", DESIGN),
  "window.cancel": rule("The policy cancels the subscription at the end.", DESIGN),
  "watch.read": rule("It is time to look at Dodo again.", DESIGN),
  "operator.command": rule("An operator decided.", DESIGN),
  "operator.refused": rule("The command does not apply.", DESIGN),
  "operator.told": rule("The operator was told.", DESIGN),
  "closing.awaits_charge": rule("An end waits until the started charge is known.", DESIGN),
  "effect.failed": rule("A step failed for good: a person looks.", DESIGN),
  "dodo.refused": rule("Dodo refused a read: a person looks.", DODO_ERRORS),
  "event.ignored": rule("Nothing in this event changes anything.", DESIGN),
  "timer.nothing_due": rule("Nothing was due.", DESIGN),
} as const satisfies Readonly<Record<string, RuleRow>>;

export type RuleId = keyof typeof RULES;
