import { decide, type DecisionSettings } from "../decide.ts";
import { newDraft } from "../decision/draft.ts";
import { findDebts } from "../evidence/find-debts.ts";
import { nextNotice } from "../notice/due-notices.ts";
import type { AttentionCause } from "../state/attention.ts";
import type { Import, NothingOwedCause } from "../state/debt.ts";
import type { DomainEvent } from "../state/event.ts";
import { latestAttempt } from "../state/facts.ts";
import type { Evidence } from "../state/payment.ts";
import { newRecovery, type Recovery } from "../state/recovery.ts";
import type { EffectId, PaymentId } from "../values/ids.ts";
import type { Instant } from "../values/time.ts";
import type { ImportedDebt, LeftOut } from "./import.ts";

/** What an import would do with a subscription, by one read of Dodo. */
export type Judgement =
  | { readonly kind: "opens"; readonly debt: ImportedDebt }
  | { readonly kind: "left_out"; readonly why: LeftOut }
  /** Only the line items of these payments may show the price: read them too, and judge again. */
  | { readonly kind: "needs_line_items"; readonly paymentIds: readonly PaymentId[] };

export type JudgeInput = {
  readonly evidence: Evidence;
  readonly import: Omit<Import, "at">;
  readonly settings: DecisionSettings;
  readonly now: Instant;
};

/** Enough for an opening that finds a debt: it reads twice. A hold without a debt would be read more often. */
const READS_MAX = 3;

/** Judges by the rules themselves: they decide about this read as a recovery would, and nothing is sent. */
export function judgeImport(input: JudgeInput): Judgement {
  const { evidence } = input;
  const first = openedWith(input);
  const { recovery } = first;
  const lineItemsOf = recovery.opening?.lineItemsOf ?? [];
  const isUnread = evidence.payments.some(
    ({ paymentId, lineItems }) => lineItemsOf.includes(paymentId) && lineItems === undefined,
  );
  if (isUnread) return { kind: "needs_line_items", paymentIds: lineItemsOf };
  const opened = finished(first, input);
  const why = leftOutBecause(opened.recovery, input);
  return why === null ? { kind: "opens", debt: debtOf(opened, input) } : { kind: "left_out", why };
}

type Step = {
  readonly recovery: Recovery;
  readonly read: EffectId | null;
  /** When a notice started; null where none did. */
  readonly mailAt: Instant | null;
};

function decided(
  recovery: Recovery,
  event: DomainEvent,
  { settings }: JudgeInput,
  at: Instant,
): Step {
  const { changes, effects } = decide(recovery, event, settings, at);
  const read = effects.find((effect) => effect.kind === "read") ?? null;
  const isMailing = effects.some(({ kind }) => kind === "notice");
  return {
    recovery: { ...recovery, ...changes },
    read: read?.id ?? null,
    mailAt: isMailing ? at : null,
  };
}

/** The recovery after its first read. */
function openedWith(input: JudgeInput): Step {
  const { now, evidence } = input;
  const recovery = newRecovery(evidence.subscription.subscriptionId, now);
  const started = decided(recovery, { kind: "debt_imported", import: input.import }, input, now);
  return readOnce(started, input, now);
}

function readOnce(step: Step, input: JudgeInput, at: Instant): Step {
  const { recovery, read } = step;
  if (read === null) return step;
  const outcome = { kind: "read", evidence: input.evidence } as const;
  return decided(recovery, { kind: "read_finished", effectId: read, outcome }, input, at);
}

/** The recovery once it knows what is owed; or as it stands after some reads. */
function finished(first: Step, input: JudgeInput): Step {
  let step = first;
  for (let reads = 1; reads < READS_MAX; reads += 1) {
    const { recovery } = step;
    const at = recovery.opening?.nextAt ?? null;
    if (at === null || recovery.attention.length > 0) return step;
    step = readOnce(decided(recovery, { kind: "timer_fired" }, input, at), input, at);
  }
  return step;
}

const NOTHING_OWED: Readonly<Record<NothingOwedCause, LeftOut>> = {
  paid_since: "paid_since",
  ended_earlier: "ended_earlier",
  too_old: "too_old",
  no_failure: "no_failed_payment",
};

/** Questions that come up while a recovery opens: it cannot say what is owed. */
const UNCLEAR: readonly AttentionCause[] = [
  "unknown_amount",
  "multi_subscription",
  "several_failures",
];

/** Null where the debt can be opened. */
function leftOutBecause(recovery: Recovery, input: JudgeInput): LeftOut | null {
  const { attention, debt, opening, ended, settlement, closing } = recovery;
  const causes = attention.map(({ cause }) => cause);
  if (causes.includes("recent_dispute")) return "disputed";
  if (causes.some((cause) => UNCLEAR.includes(cause))) return "unclear";
  if (opening !== null) return nothingOwed(causeOf(recovery, input), input);
  if (debt !== null && settlement === null && closing === null) return null;
  const end = ended.at(-1);
  if (end?.rule === "opening.opted_out") return "opted_out";
  if (end?.rule === "opening.first_payment") return "first_payment";
  if (end?.outcome === "cancelled") return "cancelled";
  return nothingOwed(end?.nothingOwed ?? "paid_since", input);
}

/** A hold is read more often before a person is asked; this read says why no debt was found. */
function causeOf(recovery: Recovery, { evidence, settings, now }: JudgeInput): NothingOwedCause {
  const { policy } = settings;
  const draft = newDraft({
    recovery: { ...recovery },
    event: { kind: "timer_fired" },
    policy,
    now,
  });
  const found = findDebts(evidence, draft);
  return found.kind === "none" ? found.cause : "no_failure";
}

/** A success that was refunded still settles its debt; the operator learns which of the two it was. */
function nothingOwed(cause: NothingOwedCause, { evidence }: JudgeInput): LeftOut {
  const isRefunded = evidence.payments.some(
    ({ state, isRefunded: refunded }) => state === "succeeded" && refunded === true,
  );
  return cause === "paid_since" && isRefunded ? "refunded" : NOTHING_OWED[cause];
}

function debtOf({ recovery, mailAt }: Step, { settings }: JudgeInput): ImportedDebt {
  const { debt, plan, observing, attention, queue } = recovery;
  if (debt === null) throw new Error("a debt that can be opened is known");
  const [question] = attention;
  const notice =
    question === undefined && observing === null ? nextNotice(recovery, settings.policy) : null;
  return {
    debtId: debt.id,
    amountMinor: debt.totalMinor,
    currency: debt.currency,
    failedAt: debt.firstFailedAt,
    declineCode: latestAttempt(recovery)?.declineCode ?? null,
    mailAt: mailAt ?? notice?.at ?? null,
    chargeAt: question === undefined ? (plan?.at ?? null) : null,
    ...(question === undefined ? {} : { asks: question.cause }),
    ...(observing === null ? {} : { isObserved: true }),
    ...(queue.length === 0 ? {} : { queued: queue.length }),
  };
}
