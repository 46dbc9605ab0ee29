import type { EndedDebt } from "../../../domain/state/debt.ts";
import { parseAttemptKey } from "../../../domain/values/ids.ts";
import { type Instant, SECOND_MS } from "../../../domain/values/time.ts";
import type { ModelPayment, Mutation } from "../../model/dodo.ts";
import type { Life } from "../simulation-run.ts";

/** What is against the law, by its name. */
export type Finding = {
  readonly name: FindingName;
  readonly at: Instant | null;
  readonly detail: string;
};

/** Every law of the oracle, and why it is one. */
export const FINDINGS = {
  double_charge: "two payments of ours for one debt succeeded",
  charged_paid_debt: "a charge was sent for a debt that was seen to be paid",
  charged_while_open: "a charge was sent while another payment could still succeed",
  charged_beside_page: "a charge was sent while the customer had a page of ours to pay on",
  charged_after_end: "a charge was sent for a debt that had ended",
  charged_barred_card: "a card was charged of which a bank had said no for good",
  fence_broken: "a charge was sent while it was unknown what had become of the one before",
  resent: "a request that may have charged was sent again at once",
  absence_believed: "an unknown charge went again before its absence had settled",
  wrong_amount: "a charge asked for another amount, or currency, than its debt",
  too_many_attempts: "more attempts than the schedule has",
  too_soon: "an attempt followed the one before within a day",
  over_the_cap: "of our own accord a subscription was charged more than eight times in thirty days",
  touched_observed: "a subscription that is Dodo's to recover was charged",
  lost_recovery: "a debt was forgotten, or given up although it was paid",
  unlawful_end: "a debt ended without what its outcome claims",
  reopened: "a debt ended twice",
  stuck: "a recovery that nothing will ever end",
  mailed_after_paid: "a customer who had paid was asked to pay",
  mailed_after_end: "a customer was asked to pay a debt that had ended",
  mailed_twice: "a notice was sent twice",
  too_many_mails: "more notices in a week than the policy allows",
  decided_twice: "one webhook was decided on twice",
  unanswered: "a command was not answered",
  replay_differs: "run again on its recorded inputs the loop did something else",
  broke: "something threw that should not",
} as const;
export type FindingName = keyof typeof FINDINGS;

/** A last look may be this old when its charge leaves (activities/charge/charge.ts, FRESH_MS), and a request is on its way. */
const LOOK_MS = 6 * SECOND_MS;

/** A request that charges, with the debt that it names. */
export type ChargeRequest = Mutation & {
  readonly debtId: string | null;
  readonly key: string | null;
};

/** The model's books, as the oracle reads them. */
export type Ledger = {
  readonly life: Life;
  readonly payments: readonly ModelPayment[];
  /** Charges and manual retries that reached Dodo, in order. */
  readonly charges: readonly ChargeRequest[];
  readonly ended: readonly EndedDebt[];
  /** What happened within this before a request could not be seen by it. */
  readonly blindMs: number;
};

export function ledgerOf(life: Life): Ledger {
  const { dodo, world } = life;
  const manual = dodo.payments.find(({ origin }) => origin === "merchant")?.paymentId ?? null;
  return {
    life,
    payments: dodo.payments,
    charges: dodo.mutations
      .filter(({ what }) => what === "charge" || what === "manual retry")
      .map((request) => {
        const key = request.asked?.key ?? null;
        // A manual retry carries no key: there is one invoice that Dodo retries.
        const debtId = key === null ? manual : (parseAttemptKey(key)?.debtId ?? null);
        return { ...request, key, debtId };
      }),
    ended: world.results.flatMap(({ debts }) => debts),
    blindMs: dodo.blindMs + LOOK_MS,
  };
}

export function debtOf({ metadata, isManualRetry }: ModelPayment, ledger: Ledger): string | null {
  if (isManualRetry) return ledger.charges.find(({ key }) => key === null)?.debtId ?? null;
  return parseAttemptKey(metadata["recovery_attempt"])?.debtId ?? null;
}

/** When a payment succeeded; null where it has not. */
export function succeededAt({ ends, totalMinor }: ModelPayment): Instant | null {
  if (totalMinor === 0) return null;
  return ends.find(({ status }) => status === "succeeded")?.at ?? null;
}

/** A bank that first says no and later yes: whoever charged in between could not know. */
export function isLateSuccess({ ends }: ModelPayment): boolean {
  return ends[0]?.status === "failed";
}

/** The debts that anything of ours was ever about. */
export function debtIdsOf({ charges, ended, life }: Ledger): string[] {
  const { recovery } = life.world;
  const all = [
    ...charges.map(({ debtId }) => debtId),
    ...ended.map(({ debtId }) => debtId),
    recovery?.debt?.id ?? null,
    ...(recovery?.queue.map(({ debt }) => debt.id) ?? []),
  ];
  return [...new Set(all.filter((id) => id !== null))];
}

/**
 * When a debt was paid beyond doubt: by an attempt of ours, by its own first payment, or, where it is the only debt that
 * was ever worked, by the dues that Dodo collected.
 */
export function paidAt(debtId: string, ledger: Ledger): Instant | null {
  const isAlone = debtIdsOf(ledger).length === 1;
  const first = ledger.payments.find(({ paymentId }) => paymentId === debtId);
  const isCollection = ({ isMethodUpdate, createdAt }: ModelPayment): boolean =>
    isAlone && isMethodUpdate && first !== undefined && createdAt > first.createdAt;
  const times = ledger.payments
    .filter(
      (one) =>
        one === first ||
        debtOf(one, ledger) === debtId ||
        isCollection(one) ||
        isNamed(one, first, ledger),
    )
    .map(succeededAt)
    .filter((at) => at !== null);
  return times.length === 0 ? null : Math.min(...times);
}

/** The merchant's payment says by the policy's key that it is for the same debt. */
function isNamed(one: ModelPayment, first: ModelPayment | undefined, { life }: Ledger): boolean {
  const { debtKey } = life.plan.policy;
  if (debtKey === null || first === undefined || one.createdAt < first.createdAt) return false;
  const value = one.metadata[debtKey];
  return value !== undefined && value === first.metadata[debtKey];
}
