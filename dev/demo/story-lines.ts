import type { RecoveryResult } from "../../domain/debt/result.ts";
import type { RuleId } from "../../domain/rules.ts";
import type { Attempt } from "../../domain/state/attempt.ts";
import { ATTENTION_CAUSES } from "../../domain/state/attention.ts";
import type { CustomerAction } from "../../domain/state/current-debt.ts";
import type { Actor, Outcome } from "../../domain/state/outcome.ts";
import type { Recovery } from "../../domain/state/recovery.ts";
import { DAY_MS, type Instant } from "../../domain/values/time.ts";
import type { RecoveryView } from "../../workflows/contract.ts";

/** A line of a customer's story. */
export type StoryLine = {
  /** When it happened, in the recovery's own time. */
  readonly at: Instant;
  readonly text: string;
};

/** `key` names the fact behind the line: each fact is told once. */
export type KeyedLine = StoryLine & { readonly key: string };

const CUSTOMER_ACTION_TEXT: Readonly<Record<CustomerAction["reason"], string>> = {
  decline: "only the customer can fix this: emails ask to pay",
  repeated_code: "the same decline several times in a row: emails ask the customer to pay",
  schedule_spent: "no attempt is left: emails ask the customer to pay",
  cancellation_scheduled: "Dodo refuses charges before a cancellation: emails ask to pay",
  refused: "Dodo refused the charge: emails ask the customer to pay",
  amount_unknown: "how much of the amount is tax is unknown: emails ask to pay",
  imported: "this debt was imported and is old: emails ask the customer to pay",
  not_chargeable: "this debt cannot be charged again: emails ask the customer to pay",
};

const PAID_BY: Readonly<Record<Actor, string>> = {
  attempt: "by an attempt",
  link: "through the payment link",
  dodo: "by Dodo's own retry",
  merchant: "by a charge of the merchant",
  customer: "by the customer in Dodo's portal",
  operator: "elsewhere, as the operator recorded",
  reprise: "by Reprise",
};

/** Decisions about a charge whose answer was lost; nothing in the state shows them once they are over. */
const CHARGE_RULES: Partial<Readonly<Record<RuleId, string>>> = {
  "charge.unknown": "no answer to the charge: no other charge until Dodo shows what happened",
  "charge.found": "the charge is found at Dodo, so it is not sent again",
  "charge.absent": "no trace of the charge at Dodo for a day: the same attempt goes again",
};

/**
 * Everything that a recovery shows so far.
 * @param startedAt the story's day 0
 * @param now for facts that have no time of their own
 */
export function linesOf(
  { recovery, timeline }: RecoveryView,
  startedAt: Instant,
  now: Instant,
): KeyedLine[] {
  const last = recovery.ended.at(-1);
  const debtId = recovery.debt?.id ?? last?.debtId ?? "";
  const firstFailedAt = recovery.debt?.firstFailedAt ?? last?.firstFailedAt ?? startedAt;
  const attempts = recovery.debt === null ? (last?.attempts ?? []) : recovery.attempts;
  return [
    ...attempts.map((attempt) => ({
      at: attempt.number === 1 ? firstFailedAt : attempt.endedAt,
      key: `${debtId} attempt ${attempt.number}`,
      text: attemptText(attempt),
    })),
    ...timeline.flatMap(({ at, rule }) => {
      const text = CHARGE_RULES[rule as RuleId];
      // Each read without a trace of the charge decides the same again.
      const before = attempts.filter(({ endedAt }) => endedAt < at).length;
      const key = `${debtId} ${rule} after ${before}`;
      return text === undefined ? [] : [{ at, key, text }];
    }),
    ...recovery.attention.map(({ cause, since }) => ({
      at: since,
      key: `${cause} ${since}`,
      text: `needs a person: ${ATTENTION_CAUSES[cause].text}`,
    })),
    ...nextStepLines(recovery, startedAt, now),
  ];
}

function attemptText({ number, result, declineCode }: Attempt): string {
  const code = declineCode === null ? "" : `: ${declineCode}`;
  if (result === "shadowed") return `attempt ${number} would be sent now`;
  return number === 1
    ? `the charge failed${code}`
    : `attempt ${number} ${result}${result === "declined" ? code : ""}`;
}

function nextStepLines(
  { plan, customerAction, debt }: Recovery,
  startedAt: Instant,
  now: Instant,
): KeyedLine[] {
  const id = debt?.id ?? "";
  const lines: KeyedLine[] = [];
  if (plan !== null && plan.absences === 0) {
    lines.push({
      at: now,
      key: `${id} plan ${plan.number} ${plan.dueAt} ${plan.moves}`,
      text: `attempt ${plan.number} is planned for day ${dayOf(plan.at, startedAt)}`,
    });
  }
  if (customerAction !== null) {
    lines.push({
      at: customerAction.since,
      key: `${id} customer action ${customerAction.afterAttempt}`,
      text: CUSTOMER_ACTION_TEXT[customerAction.reason],
    });
  }
  return lines;
}

const END_TEXT: Readonly<Record<Outcome, string>> = {
  recovered: "recovered",
  collected: "collected",
  nothing_owed: "nothing is owed",
  cancelled: "cancelled: no more charges and emails",
  exhausted: "exhausted: not paid within the recovery window",
  written_off: "written off",
};

/** How a debt ended. */
export function endText({ outcome, by }: Pick<RecoveryResult, "outcome" | "by">): string {
  if (outcome === null) return "ended without a debt";
  const payer = outcome === "recovered" && by !== null ? ` ${PAID_BY[by]}` : "";
  return `${END_TEXT[outcome]}${payer}`;
}

/** When the charge of the latest debt failed. */
export function dayZeroOf({ recovery }: RecoveryView): Instant {
  const { debt, ended, openedAt } = recovery;
  return debt?.firstFailedAt ?? ended.at(-1)?.firstFailedAt ?? openedAt;
}

/** A story's days begin at the hour of its first charge. */
export function dayOf(at: Instant, startedAt: Instant): number {
  return Math.max(0, Math.floor((at - startedAt) / DAY_MS));
}
