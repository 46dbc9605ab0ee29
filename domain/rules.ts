/**
 * Every rule a decision can name, with what it says and whose it is: Dodo's, with the page, or ours, with the reason.
 * A recovery's timeline shows the rule's name; this table is where to find it.
 */
type RuleRow = { readonly says: string; readonly source: string };

const DODO_ON_DEMAND = "Dodo, developer-resources/ondemand-subscriptions";
const DODO_CODES = "Dodo, api-reference/transaction-failures";
const DODO_WEBHOOKS = "Dodo, developer-resources/webhooks";
const DODO_RETRIES = "Dodo, features/recovery/payment-retries";
const DODO_MANUAL_RETRY = "Dodo, features/recovery/manual-retry";
const DODO_ERRORS = "Dodo, api-reference/error-codes";

/** A rule of Dodo's. */
const rule = (says: string, source: string): RuleRow => ({ says, source });

/** A rule of our own, with the reason for it. */
const ours = (says: string, why: string): RuleRow => ({ says, source: `Ours: ${why}` });

export const RULES = {
  "opening.read_first": rule(
    "A webhook is a hint; Dodo is read before anything is done.",
    DODO_WEBHOOKS,
  ),
  "opening.read_again": ours(
    "Lists lag: Dodo is read once more before the first notice or charge.",
    "nothing says how soon after its making a payment is listed; silence or a charge on half a list would be wrong",
  ),
  "opening.debt": ours("A failed payment that nothing settled is a debt.", "never lose a recovery"),
  "opening.nothing_owed": ours(
    "Nothing is owed: silence.",
    "nobody is written to about a debt that is not there",
  ),
  "opening.opted_out": ours(
    "metadata.reprise = off: nothing is sent and nothing is charged.",
    "the merchant's own word for this customer",
  ),
  "opening.first_payment": ours(
    "A first payment is never charged again: the customer is still there.",
    "there is no mandate yet, and the customer is still at the checkout",
  ),
  "opening.unclear": ours(
    "What is owed is unclear: a person decides.",
    "a guess could charge twice",
  ),
  "opening.hold_without_payment": ours(
    "On hold without a failed payment: a person decides.",
    "nothing says what to charge",
  ),
  "opening.disputed": ours(
    "A customer who disputed a payment lately: a person decides.",
    "a charge would feed the next dispute, which costs more than the debt",
  ),
  "requested_charge.received": ours(
    "A charge is asked of us: the subscription is read first.",
    "a no is said before anything is sent",
  ),
  "requested_charge.accepted": ours(
    "A charge asked of us is a debt: it is charged when its turn comes.",
    "the same fence and the same last look as every attempt",
  ),
  "requested_charge.already_known": ours(
    "A charge asked for again is the same charge.",
    "never charge twice",
  ),
  "requested_charge.refused": ours(
    "A charge that this subscription does not take is refused.",
    "nothing was sent, so the merchant can ask otherwise",
  ),
  "requested_charge.resumed": ours(
    "An attempt that carries this charge's key was made before: it is gone on from.",
    "never charge twice",
  ),
  "requested_charge.ended_earlier": ours(
    "An earlier run has ended this charge.",
    "a debt ends once",
  ),
  "requested_charge.collected": ours(
    "A charge asked of us went through at once: nobody is written to.",
    "it was no recovery",
  ),
  "requested_charge.status_reported": ours(
    "Who asked for the charge was told how it stands.",
    "always explain",
  ),
  "queue.added": ours(
    "Another debt of this subscription: it waits its turn.",
    "Dodo takes one payment of a subscription at a time",
  ),
  "queue.full": ours(
    "Twenty debts wait already: a person decides.",
    "so many failures have a cause that no retry mends",
  ),
  "queue.next": ours(
    "The next debt is worked: amounts are never mixed.",
    "one charge for two debts could be neither matched nor refunded",
  ),
  "queue.possibly_paid": ours(
    "Dodo collected another amount than this debt's: a person looks at the others.",
    "Dodo's dues may hold several debts, and no API lists which",
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
  "schedule.no_attempts_left": rule(
    "Three or four attempts in all, then the customer is asked.",
    DODO_ON_DEMAND,
  ),
  "schedule.due": ours("The attempt is due.", "its time has come, and nothing bars it"),
  "schedule.overdue": ours(
    "An attempt overdue by a day is announced again and moved.",
    "nobody is charged on a day that was not announced",
  ),
  "schedule.method_changed": ours(
    "A new payment method is charged once, after a read.",
    "a new card most often works, and Dodo collects by itself only on a hold",
  ),
  "schedule.cancellation_scheduled": rule(
    "With a cancellation scheduled Dodo refuses charges: the customer is asked.",
    DODO_ERRORS,
  ),
  "schedule.cancellation_withdrawn": ours(
    "The subscription stays: the schedule goes on.",
    "what barred the charges is gone",
  ),
  "schedule.not_chargeable": ours(
    "A charge of ours could not ask for the same thing: the customer pays.",
    "amounts are never mixed, nor converted",
  ),
  "charge.accepted": rule("Dodo has the payment: its end is followed.", DODO_ON_DEMAND),
  "charge.followed": ours("The payment is still open: look again later.", "a webhook may be lost"),
  "charge.succeeded": ours("The charge succeeded.", "the payment says so"),
  "charge.unknown": ours(
    "The charge may have happened: nothing is charged until there is evidence.",
    "never charge twice: Dodo's charge takes no idempotency key",
  ),
  "charge.absent": ours(
    "The charge stayed absent long enough: the same attempt goes again.",
    "never lose a recovery: four reads over a day are proof enough",
  ),
  "charge.found": ours(
    "The charge was found: the fence is down.",
    "a payment that carries the key is the attempt",
  ),
  "charge.open_too_long": ours(
    "The charge has been open for too long: a person looks.",
    "no payment of Dodo's should stay open for so long",
  ),
  "charge.not_attempted": ours(
    "No request left: the attempt stays due.",
    "certainly unsent, so sending it later is safe",
  ),
  "charge.pending_payment": rule(
    "Dodo says a payment is pending: it is found and followed first.",
    DODO_ERRORS,
  ),
  "charge.shadowed": ours(
    "Shadow mode: the charge would have been sent now.",
    "shadow mode sends nothing",
  ),
  "notice.shadowed": ours(
    "Shadow mode: the notice would have been sent now.",
    "shadow mode sends nothing",
  ),
  "charge.refused": rule("Dodo refused the charge.", DODO_ERRORS),
  "payment.already_known": ours(
    "This fact is known already.",
    "a webhook comes twice, late, and beside a read",
  ),
  "payment.open": ours(
    "A payment is open: attempts wait until it ends.",
    "it may still succeed; another charge could collect twice",
  ),
  "payment.unattributed_success": ours(
    "A payment made elsewhere: it pays something else, or charging stops and a person is asked.",
    "what a merchant collects himself may be this debt or not",
  ),
  "payment.unattributed_failure": ours(
    "A charge made elsewhere failed: a person is asked.",
    "what a merchant charges himself may be this debt or another",
  ),
  "payment.settles": ours("The debt is paid.", "collected is collected, by whomever"),
  "payment.dues_collected": rule(
    "A changed method on a hold collects the dues: the debt is paid.",
    "Dodo, features/subscription",
  ),
  "payment.overcharged": ours(
    "Collected exceeds owed: charging stops and a person is told.",
    "never charge twice; what was too much only a person can refund",
  ),
  "subscription.grace_ends": rule(
    "A grace period ends, and Dodo holds or cancels: look which.",
    "Dodo, features/subscription",
  ),
  "subscription.hint": rule("The subscription changed: Dodo is read.", DODO_WEBHOOKS),
  "subscription.reactivated": ours(
    "Paid, and the subscription is back.",
    "the recovery's purpose is reached",
  ),
  "subscription.still_held": ours(
    "Paid, and the subscription is still on hold: look again.",
    "access waits for the subscription, not for the payment",
  ),
  "subscription.not_reactivated": ours(
    "Paid, and on hold for a day: the operator is told.",
    "only the merchant can ask Dodo why",
  ),
  "subscription.ended": ours(
    "The subscription ended: nothing more is collected.",
    "there is nothing left to keep",
  ),
  "subscription.active_unpaid": ours(
    "Active again without a payment: a person is asked.",
    "somebody paid or released it out of our sight; charging now could collect twice",
  ),
  "dodo_retries.observed": rule(
    "Not on-demand: Dodo may be retrying, so nothing is charged or sent.",
    DODO_RETRIES,
  ),
  "dodo_retries.active": rule(
    "Dodo retries this renewal, or writes to the customer.",
    DODO_RETRIES,
  ),
  "dodo_retries.inactive": rule(
    "Dodo's first retry comes after 12 h: none in 48 h, so a person is asked.",
    DODO_RETRIES,
  ),
  "manual_retry.refused": rule(
    "Dodo's manual retry does not take this payment: the customer is asked.",
    DODO_MANUAL_RETRY,
  ),
  "manual_retry.cooling_down": rule(
    "Dodo's manual retry says when the next one is taken.",
    DODO_MANUAL_RETRY,
  ),
  "payment_link.created": ours(
    "The customer asked for a page to pay on.",
    "links are made for people who want to pay, as Dodo's page charges the dues",
  ),
  "payment_link.reused": ours(
    "An unexpired page is used again.",
    "each page is a payment of its own",
  ),
  "payment_link.open": ours(
    "While the customer can pay on a page, no attempt starts.",
    "never charge twice: the customer may be paying this moment",
  ),
  "payment_link.closed": ours(
    "The page can no longer be used: attempts go on.",
    "never lose a recovery",
  ),
  "payment_link.not_created": ours(
    "No page could be made.",
    "the customer is told, and can try again",
  ),
  "notice.due": ours("A notice is due.", "the policy's times"),
  "notice.sent": ours("The notice was sent.", "the mail server took it"),
  "notice.not_sent": ours(
    "The notice had lost its reason when Dodo was read.",
    "nobody is dunned for what is paid",
  ),
  "notice.deferred": ours(
    "The customer has had as many notices in seven days as the policy allows: this one waits.",
    "several subscriptions fail with one card, and nobody reads the sixth mail of a week",
  ),
  "notice.reminders_stopped": ours(
    "The customer wants no more reminders of this debt: what is new is still told.",
    "people are asked, not pressed; RFC 8058",
  ),
  "notice.undeliverable": ours(
    "The notice could not be delivered; the recovery goes on.",
    "a bounced address does not stop a charge that works",
  ),
  "window.final_read": ours(
    "Before the end, Dodo is read once more.",
    "a webhook may be lost at the last moment",
  ),
  "window.ended": ours("The recovery window is over.", "the policy's window"),
  "window.cancel": ours(
    "The policy cancels the subscription at the end.",
    "the policy's `on_exhausted`",
  ),
  "follow_up.read": ours("It is time to look at Dodo again.", "a webhook may be lost"),
  "operator.command": ours("An operator decided.", "a person's word goes first, but for the fence"),
  "operator.refused": ours("The command does not apply.", "it would charge twice, or do nothing"),
  "operator.notified": ours("The operator was told.", "always explain"),
  "publication.enqueued": ours(
    "What the merchant's systems are told was handed over; its delivery goes on by itself.",
    "the recovery waits for nobody's server",
  ),
  "publication.not_enqueued": ours(
    "What the merchant's systems were to be told could not be handed over.",
    "the recovery goes on; the operator is told",
  ),
  "closing.waits_for_charge": ours(
    "An end waits until the started charge is known.",
    "a started charge cannot be called back; its money must be accounted for",
  ),
  "effect.failed": ours("A step failed for good: a person looks.", "no rule covers it"),
  "dodo.refused": rule("Dodo refused a read: a person looks.", DODO_ERRORS),
  "event.ignored": ours(
    "Nothing in this event changes anything.",
    "always explain, also for doing nothing",
  ),
  "timer.nothing_due": ours("Nothing was due.", "always explain, also for doing nothing"),
} as const satisfies Readonly<Record<string, RuleRow>>;

export type RuleId = keyof typeof RULES;
