import type { Instant } from "../../../domain/values/time.ts";

export type Violation = {
  readonly name: ViolationName;
  /** Null where it concerns the whole run. */
  readonly at: Instant | null;
  readonly detail: string;
};

/** Every way in which a run can violate an invariant. */
export const VIOLATIONS = {
  double_charge: "two payments of ours for one debt succeeded",
  unreported_double_charge:
    "a debt was paid twice because the operator was wrong about a waiting payment, and nobody was told",
  charged_paid_debt: "a charge was sent although Dodo showed the debt as paid",
  charged_while_payment_open: "a charge was sent while another payment could still succeed",
  charged_while_link_open: "a charge was sent while the customer had an open payment link",
  charged_replaced_debt:
    "a charge was sent although the customer had bought the same product again",
  charged_ended_debt: "a charge was sent for a debt that had ended",
  charged_blocked_method: "a card was charged after a decline that forbids it",
  fence_broken: "a charge was sent while the outcome of the previous one was unknown",
  resent_at_once: "a request that may have charged was sent again within a minute",
  absence_not_settled: "an unknown charge was sent again before its absence had settled",
  wrong_amount: "a charge had another amount or currency than its debt",
  too_many_attempts: "a debt had more attempts than its schedule",
  attempt_too_early: "an attempt followed the previous one within a day",
  charge_cap_exceeded: "a subscription was charged more than eight times in thirty days",
  charged_observed_subscription: "a subscription that Dodo recovers by itself was charged",
  lost_recovery: "a debt was forgotten, or given up although it was paid",
  unproven_outcome: "a debt ended without the evidence that its outcome needs",
  ended_twice: "a debt ended twice",
  never_ends: "a recovery stayed open for ever",
  notice_after_payment: "a customer who had paid was asked to pay",
  notice_after_end: "a customer was asked to pay a debt that had ended",
  notice_after_replacement: "a customer who had bought the product again was asked to pay",
  notice_sent_twice: "a notice was sent twice",
  too_many_notices: "a customer got more notices in a week than the policy allows",
  notice_given_up: "a notice was given up as undeliverable although no server refused the address",
  unannounced_charge: "a scheduled attempt was charged before its announcement was sent",
  charged_before_import_mail: "an imported debt was charged before its customer got a mail",
  old_import_charged: "the schedule charged an imported debt that was older than the policy allows",
  second_mail_after_import: "a customer got a second mail within a day after an import",
  sent_in_advise_mode: "a charge, a mail, a payment page or a cancellation left in advise mode",
  advised_twice: "an attempt was advised twice for the same time",
  attempt_counted_twice: "a charge by the merchant counted as two attempts",
  advised_charge_lost: "a charge by the merchant with an advised key counted as no attempt",
  webhook_decided_twice: "a webhook led to two decisions",
  command_unanswered: "a command got no answer",
  replay_differs: "the loop, replayed on its recorded inputs, had other effects",
  unexpected_error: "something threw that must not throw",
} as const;
export type ViolationName = keyof typeof VIOLATIONS;
