import { z } from "zod";
import { type OperatorAction, possibleActions } from "../../../domain/possible-actions.ts";
import { describeAlert } from "../../../domain/state/alert.ts";
import { ANNOUNCEMENTS, type Attempt } from "../../../domain/state/attempt.ts";
import { ATTENTION_CAUSES } from "../../../domain/state/attention.ts";
import type { WaitingPayment } from "../../../domain/state/current-debt.ts";
import type { Debt, EndedDebt, Import } from "../../../domain/state/debt.ts";
import { MODES, OUTCOMES, RECOVERY_STATES } from "../../../domain/state/outcome.ts";
import type { ReleasedPayment } from "../../../domain/state/recovery.ts";
import { formatInstant, type Instant } from "../../../domain/values/time.ts";
import { type RecoveryView, UPDATES } from "../../../workflows/contract.ts";
import { cursorOf } from "../cursor.ts";
import type { RecoveryFilter, RecoveryPage, RecoveryRow } from "./recovery-client.ts";

/** The actions of the API, and the updates that they send. */
export const ACTIONS = {
  pause: UPDATES.pause,
  resume: UPDATES.resume,
  retry: UPDATES.retryNow,
  "mark-paid": UPDATES.markPaid,
  "write-off": UPDATES.writeOff,
} as const;

export type ActionName = keyof typeof ACTIONS;

const NAMES: Readonly<Record<OperatorAction, ActionName>> = {
  pause: "pause",
  resume: "resume",
  retry_now: "retry",
  mark_paid: "mark-paid",
  write_off: "write-off",
};

const instant = z.iso.datetime().describe("RFC 3339, UTC");
const minor = z.int().describe("In the currency's smallest unit.");

/** A worker of an earlier version does not tell. */
function importBody(imported: Import | null | undefined) {
  if (imported == null) return null;
  const { importId, at, by, isVerified, retry } = imported;
  return { import_id: importId, at: formatInstant(at), by, verified: isVerified, retry };
}

const attemptSchema = z.object({
  number: z.int(),
  trigger: z.string(),
  started_at: instant,
  ended_at: instant,
  payment_id: z.string().nullable(),
  result: z.string(),
  decline_code: z.string().nullable(),
  announcement: z
    .enum(ANNOUNCEMENTS)
    .nullable()
    .describe(
      "How the email that announced the attempt ended; null where none was wanted. `withheld`: by the weekly limit.",
    ),
});

const debtSchema = z.object({
  debt_id: z
    .string()
    .describe("The first failed payment, or the `charge_id` of a requested charge."),
  amount: minor.describe("What the customer owes, with tax, in the currency's smallest unit."),
  price: minor
    .nullable()
    .describe("What a charge asks for, without the tax that Dodo adds; null while it is unknown."),
  currency: z.string(),
  since: instant,
  first_decline_code: z.string().nullable(),
});

const endedSchema = z.object({
  debt_id: z.string().nullable(),
  outcome: z.enum(OUTCOMES),
  by: z.string().nullable(),
  who: z.string().nullable().describe("The operator key's name, if an operator ended the debt."),
  amount: minor.nullable().describe("What the customer owed, with tax."),
  currency: z.string().nullable(),
  payment_id: z.string().nullable(),
  late: z
    .boolean()
    .describe("The debt had ended as `exhausted` before, and its customer came to pay late."),
  reactivated: z.boolean().nullable(),
  rule: z.string(),
  reason: z.string(),
  ended_at: instant,
  attempts: z.array(attemptSchema),
});

const waitsForSchema = z.enum(["customer", "merchant"]);

const waitingSchema = z.object({
  payment_id: z.string(),
  waits_for: waitsForSchema,
  since: instant,
  has_page: z.boolean().describe("Dodo has a page for it, on which the customer can complete it."),
});

const releasedSchema = z.object({
  payment_id: z.string(),
  debt_id: z.string(),
  waits_for: waitsForSchema,
  by: z.string().describe("The operator key's name; `reprise` if the debt was paid otherwise."),
  at: instant,
  followed_until: instant,
});

export const recoverySchema = z
  .object({
    recovery_id: z.string(),
    subscription_id: z.string(),
    customer_id: z.string().nullable(),
    state: z.enum(RECOVERY_STATES),
    mode: z.enum(MODES).nullable(),
    subscription_status: z.string().nullable().describe("Dodo's status when it was last read."),
    opened_at: instant,
    window_ends_at: instant.nullable(),
    paused: z.object({ since: instant, by: z.string() }).nullable(),
    imported: z
      .object({
        import_id: z.string(),
        at: instant,
        by: z.string(),
        verified: z.boolean().describe("False if nothing has checked the name."),
        retry: z.boolean().describe("Old debts are charged too."),
      })
      .nullable()
      .describe("The import that opened the debt; null if none did."),
    next: z.object({ at: instant.nullable(), what: z.string() }),
    actions: z
      .array(
        z.object({
          action: z.enum(Object.keys(ACTIONS) as [ActionName, ...ActionName[]]),
          applies: z.boolean(),
          effect: z.string(),
        }),
      )
      .describe("What each action would do now; where it does not apply, why."),
    attention: z.array(
      z.object({
        cause: z.string(),
        since: instant,
        text: z.string(),
        advice: z.string(),
        detail: z.string(),
      }),
    ),
    debt: debtSchema.nullable().describe("The current debt."),
    attempts: z.array(attemptSchema),
    charge: z
      .object({
        number: z.int(),
        trigger: z.string(),
        started_at: instant,
        phase: z.enum(["started", "accepted", "unknown"]),
        payment_id: z.string().nullable(),
      })
      .nullable()
      .describe("The charge in flight; a recovery has one at most."),
    waiting_payment: waitingSchema
      .nullable()
      .describe("The payment that blocks charges and waits for a person."),
    released_payments: z
      .array(releasedSchema)
      .describe("Payments that an operator confirmed to be dead; each is followed for a while."),
    queue: z.array(debtSchema),
    ended: z.array(endedSchema),
    timeline: z.array(z.object({ at: instant, rule: z.string(), reason: z.string() })),
  })
  .meta({ id: "Recovery" });

export function recoveryBody({
  recovery,
  next,
  timeline,
}: RecoveryView): z.infer<typeof recoverySchema> {
  const { charge, subscription, windowEndsAt, paused } = recovery;
  return {
    recovery_id: recovery.recoveryId,
    subscription_id: recovery.subscriptionId,
    customer_id: subscription?.customerId ?? null,
    state: recovery.state,
    mode: recovery.mode,
    subscription_status: subscription?.dodoStatus ?? null,
    opened_at: formatInstant(recovery.openedAt),
    window_ends_at: instantOrNull(windowEndsAt),
    paused: paused === null ? null : { since: formatInstant(paused.since), by: paused.by },
    imported: importBody(recovery.imported),
    next: { at: instantOrNull(next.at), what: next.what },
    actions: possibleActions(recovery).map((possible) => ({
      ...possible,
      action: NAMES[possible.action],
    })),
    attention: recovery.attention.map((question) => ({
      cause: question.cause,
      since: formatInstant(question.since),
      text: ATTENTION_CAUSES[question.cause].text,
      advice: ATTENTION_CAUSES[question.cause].advice,
      detail: describeAlert(question),
    })),
    debt: recovery.debt === null ? null : debtBody(recovery.debt),
    attempts: recovery.attempts.map(attemptBody),
    charge:
      charge === null
        ? null
        : {
            number: charge.number,
            trigger: charge.trigger,
            started_at: formatInstant(charge.startedAt),
            phase: charge.phase,
            payment_id: charge.paymentId,
          },
    waiting_payment: recovery.waitingPayment === null ? null : waitingBody(recovery.waitingPayment),
    released_payments: recovery.releasedPayments.map(releasedBody),
    queue: recovery.queue.map(({ debt }) => debtBody(debt)),
    ended: recovery.ended.map(endedBody),
    timeline: timeline.map(({ at, rule, reason }) => ({ at: formatInstant(at), rule, reason })),
  };
}

const instantOrNull = (at: Instant | null): string | null =>
  at === null ? null : formatInstant(at);

function waitingBody(waiting: WaitingPayment): z.infer<typeof waitingSchema> {
  const { paymentId, waitsFor, since, hasPage } = waiting;
  return {
    payment_id: paymentId,
    waits_for: waitsFor,
    since: formatInstant(since),
    has_page: hasPage,
  };
}

function releasedBody(released: ReleasedPayment): z.infer<typeof releasedSchema> {
  const { paymentId, debtId, waitsFor, by, at, until } = released;
  return {
    payment_id: paymentId,
    debt_id: debtId,
    waits_for: waitsFor,
    by,
    at: formatInstant(at),
    followed_until: formatInstant(until),
  };
}

function debtBody(debt: Debt): z.infer<typeof debtSchema> {
  return {
    debt_id: debt.id,
    amount: debt.totalMinor,
    price: debt.priceMinor,
    currency: debt.currency,
    since: formatInstant(debt.firstFailedAt),
    first_decline_code: debt.firstDeclineCode,
  };
}

function attemptBody(attempt: Attempt): z.infer<typeof attemptSchema> {
  return {
    number: attempt.number,
    trigger: attempt.trigger,
    started_at: formatInstant(attempt.startedAt),
    ended_at: formatInstant(attempt.endedAt),
    payment_id: attempt.paymentId,
    result: attempt.result,
    decline_code: attempt.declineCode,
    announcement: attempt.announcement ?? null,
  };
}

function endedBody(ended: EndedDebt): z.infer<typeof endedSchema> {
  return {
    debt_id: ended.debtId,
    outcome: ended.outcome,
    by: ended.by,
    who: ended.who,
    amount: ended.amountMinor,
    currency: ended.currency,
    payment_id: ended.paymentId,
    late: ended.late === true,
    reactivated: ended.reactivated,
    rule: ended.rule,
    reason: ended.reason,
    ended_at: formatInstant(ended.endedAt),
    attempts: ended.attempts.map(attemptBody),
  };
}

export const recoveryPageSchema = z
  .object({
    recoveries: z.array(
      z.object({
        recovery_id: z.string(),
        subscription_id: z.string(),
        customer_id: z.string().nullable(),
        state: z.string().nullable(),
        outcome: z.string().nullable(),
        decline_code: z.string().nullable(),
        amount_due: z
          .int()
          .nullable()
          .describe(
            "What the recovery still collects, in the currency's smallest unit: 0 once it has ended, also unpaid.",
          ),
        currency: z.string().nullable(),
        next_attempt_at: z.string().nullable(),
        started_at: instant.nullable(),
        closed_at: instant.nullable(),
      }),
    ),
    next_cursor: z.string().nullable(),
  })
  .meta({ id: "RecoveryPage" });

export function recoveryPageBody(
  { rows, next }: RecoveryPage,
  filter: RecoveryFilter,
): z.infer<typeof recoveryPageSchema> {
  return {
    recoveries: rows.map(rowBody),
    next_cursor: next === null ? null : cursorOf(next, filterKeyOf(filter)),
  };
}

/** What a cursor of the list belongs to. */
export function filterKeyOf({ state, outcome, customerId }: RecoveryFilter) {
  return [state ?? null, outcome ?? null, customerId ?? null];
}

function rowBody(row: RecoveryRow): z.infer<typeof recoveryPageSchema>["recoveries"][number] {
  const { recoveryId, startedAt, closedAt, attributes } = row;
  const text = (name: string): string | null => {
    const value = attributes[name];
    return typeof value === "string" ? value : null;
  };
  const due = attributes["AmountDue"];
  return {
    recovery_id: recoveryId,
    subscription_id: recoveryId.replace(/^recovery-/, ""),
    customer_id: text("CustomerId"),
    state: text("RecoveryState"),
    outcome: text("RecoveryOutcome"),
    decline_code: text("DeclineCode"),
    amount_due: typeof due === "number" ? due : null,
    currency: text("Currency"),
    next_attempt_at: text("NextAttemptAt"),
    started_at: startedAt?.toISOString() ?? null,
    closed_at: closedAt?.toISOString() ?? null,
  };
}
