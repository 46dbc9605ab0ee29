import type { EndedDebt } from "../../../domain/state/debt.ts";
import { parseAttemptKey } from "../../../domain/values/ids.ts";
import { type Instant, SECOND_MS } from "../../../domain/values/time.ts";
import type { ModelPayment, Mutation } from "../../model/ledger.ts";
import type { RecordedMail } from "../../model/runs/records.ts";
import type { SimulationRun } from "../simulation-run.ts";

/** The age that the pre-charge check may have when its charge is sent (activities/charge/charge.ts), and a second for the request. */
export const PRE_CHARGE_CHECK_MS = 6 * SECOND_MS;

/** A request that charges. */
export type ChargeRequest = Mutation & {
  /** The debt that its key names. */
  readonly debtId: string | null;
  readonly key: string | null;
};

/** The model's ledger, as the oracle reads it. */
export type Ledger = {
  readonly run: SimulationRun;
  readonly payments: readonly ModelPayment[];
  /** Charges and manual retries that reached Dodo, in order. */
  readonly charges: readonly ChargeRequest[];
  readonly ended: readonly EndedDebt[];
  /** A request cannot take into account what happened less than this before it. */
  readonly unseenMs: number;
};

export function ledgerOf(run: SimulationRun): Ledger {
  const { dodo, world } = run;
  const invoice = dodo.payments.find(({ origin }) => origin === "merchant")?.paymentId ?? null;
  return {
    run,
    payments: dodo.payments,
    charges: dodo.mutations
      .filter(({ what }) => what === "charge" || what === "manual retry")
      .map((request) => {
        const key = request.requested?.key ?? null;
        // A manual retry has no key, and Dodo retries the one invoice.
        const debtId = key === null ? invoice : (parseAttemptKey(key)?.debtId ?? null);
        return { ...request, key, debtId };
      }),
    ended: world.results.flatMap(({ debts }) => debts),
    unseenMs: dodo.listLagMs + PRE_CHARGE_CHECK_MS,
  };
}

export function debtOf({ metadata, isManualRetry }: ModelPayment, ledger: Ledger): string | null {
  if (isManualRetry) return ledger.charges.find(({ key }) => key === null)?.debtId ?? null;
  return parseAttemptKey(metadata["recovery_attempt"])?.debtId ?? null;
}

/** A mail's thread is `<recovery>/<debt>`, and its key is `<recovery>/<debt>/<notice>`. */
export function debtOfMail({ thread }: RecordedMail): string {
  return thread?.split("/")[1] ?? "";
}

export function noticeOfMail({ key }: RecordedMail): string {
  return key.split("/").at(-1) ?? "";
}

/** When a payment first succeeded; null for one that did not, and for zero amounts. */
export function succeededAt({ ends, totalMinor }: ModelPayment): Instant | null {
  if (totalMinor === 0) return null;
  return ends.find(({ status }) => status === "succeeded")?.at ?? null;
}

/** Our successful payments of a debt, without those that no charge could foresee. */
export function successesOf(debtId: string, ledger: Ledger): ModelPayment[] {
  return ledger.payments.filter(
    (one) => debtOf(one, ledger) === debtId && succeededAt(one) !== null && !isLateSuccess(one),
  );
}

/** A success after a decline, which no charge in between could foresee. */
function isLateSuccess({ ends }: ModelPayment): boolean {
  return ends[0]?.status === "failed";
}

/** Every debt that was charged, ended, or is open. */
export function debtIdsOf({ charges, ended, run }: Ledger): string[] {
  const { recovery } = run.world;
  const all = [
    ...charges.map(({ debtId }) => debtId),
    ...ended.map(({ debtId }) => debtId),
    recovery?.debt?.id ?? null,
    ...(recovery?.queue.map(({ debt }) => debt.id) ?? []),
  ];
  return [...new Set(all.filter((id) => id !== null))];
}

/**
 * When a debt was certainly paid: by its own first payment, by an attempt, by a payment with the same debt key or, where it
 * is the run's only debt, by collected dues. Null where none of these succeeded.
 */
export function paidAt(debtId: string, ledger: Ledger): Instant | null {
  const isOnlyDebt = debtIdsOf(ledger).length === 1;
  const first = ledger.payments.find(({ paymentId }) => paymentId === debtId);
  const collectsDues = ({ isMethodUpdate, createdAt }: ModelPayment): boolean =>
    isOnlyDebt && isMethodUpdate && first !== undefined && createdAt > first.createdAt;
  const times = ledger.payments
    .filter(
      (one) =>
        one === first ||
        debtOf(one, ledger) === debtId ||
        collectsDues(one) ||
        hasDebtKeyOf(first, one, ledger),
    )
    .map(succeededAt)
    .filter((at) => at !== null);
  return times.length === 0 ? null : Math.min(...times);
}

/** Whether a later payment has the value of the policy's `debt_key` that the debt's first payment has. */
function hasDebtKeyOf(
  first: ModelPayment | undefined,
  one: ModelPayment,
  { run }: Ledger,
): boolean {
  const { debtKey } = run.plan.policy;
  if (debtKey === null || first === undefined || one.createdAt < first.createdAt) return false;
  const value = one.metadata[debtKey];
  return value !== undefined && value === first.metadata[debtKey];
}
