import type { EndedDebt } from "../state/debt.ts";
import type { ChargeOutcome } from "../state/event.ts";
import type { Actor, Outcome } from "../state/outcome.ts";
import { hasFailed, isCollected, type Payment, type PaymentWithAmount } from "../state/payment.ts";
import { type AttemptKey, type DebtId, parseAttemptKey, type PaymentId } from "../values/ids.ts";
import type { CurrencyCode } from "../values/money.ts";
import type { Instant } from "../values/time.ts";

/** A charge effect and its outcome, as Temporal recorded them. */
export type ChargeRecord = {
  readonly key: AttemptKey;
  readonly number: number;
  /** When the workflow scheduled the activity, by the workflow's clock. */
  readonly at: Instant;
  /** Net of tax that Dodo adds on top; null for a manual retry whose price is unknown, since it names no amount. */
  readonly amountMinor: number | null;
  readonly currency: CurrencyCode;
  /** A scheduled subscription's manual retry carries neither amount nor key. */
  readonly via: "manual_retry" | null;
  /** Null while the charge is under way; `unknown` where its worker was lost. */
  readonly outcome: ChargeOutcome | null;
  /** The rule that started it, with its reason. */
  readonly rule: string;
  readonly reason: string;
};

/** A debt, as the recorded decisions show it. */
export type DebtRecord = {
  readonly debtId: DebtId;
  readonly firstFailedAt: Instant | null;
  readonly currency: CurrencyCode | null;
  /** In minor units with tax; null where no decision states it. */
  readonly owedMinor: number | null;
  /** Null while it is open. */
  readonly end: Pick<
    EndedDebt,
    "outcome" | "by" | "paymentId" | "rule" | "reason" | "endedAt"
  > | null;
};

/** What Temporal's history of a recovery shows, over all of its runs. */
export type RecoveryRecord = {
  readonly runs: number;
  readonly debts: readonly DebtRecord[];
  readonly charges: readonly ChargeRecord[];
  /** Payments as they were last read or reported. */
  readonly payments: readonly Payment[];
  /** Successes that a person, or a rule, attributed to something else. */
  readonly excludedPayments: readonly string[];
};

/** How Temporal and Dodo, or Dodo and the promises, disagree. */
export type FindingKind =
  /** More than one success carries a key of the same debt. */
  | "double_charge"
  /** One attempt has more than one payment that did not fail. */
  | "one_key_twice"
  /** A payment of an attempt carries other metadata of the merchant's than the charge sent. */
  | "other_metadata"
  /** More was collected than is owed. */
  | "more_than_owed"
  /** A payment at Dodo carries a key without a recorded charge. */
  | "unknown_attempt"
  /** The history records a success that Dodo does not list. */
  | "not_at_dodo"
  /** Dodo lists a success of this debt that the history does not count. */
  | "not_in_history"
  /** Dodo lists a success of the same amount that neither settled the debt nor was excluded. */
  | "paid_beside";

export type Finding = { readonly kind: FindingKind; readonly detail: string };

export type AttemptProof = ChargeRecord & {
  /** Payments that carry this key at Dodo now. */
  readonly atDodo: readonly Pick<Payment, "paymentId" | "state" | "dodoStatus" | "totalMinor">[];
};

export type DebtProof = DebtRecord & {
  readonly attempts: readonly AttemptProof[];
  /** According to the recorded history alone. */
  readonly collected: Collected;
  /** According to Dodo's list alone. */
  readonly collectedAtDodo: Collected;
};

export type Collected = { readonly amountMinor: number; readonly paymentIds: readonly PaymentId[] };

export type Proof = {
  readonly runs: number;
  readonly debts: readonly DebtProof[];
  readonly findings: readonly Finding[];
};

/** Outcomes that a payment must show. */
const PAID: readonly (Outcome | null)[] = ["recovered", "collected"];
/** Actors who may settle a debt without a payment of this subscription. */
const PAYS_ELSEWHERE: readonly (Actor | null)[] = ["operator"];

/**
 * Compares what Temporal recorded with what Dodo lists. Each of the two states on its own what was collected of each debt.
 *
 * @param listed all payments of the subscription, as Dodo lists them now
 * @param digests of the merchant's metadata that these payments carry, by their ids
 */
export function prove(
  record: RecoveryRecord,
  listed: readonly Payment[],
  digests: ReadonlyMap<string, string> = new Map(),
): Proof {
  const debts = record.debts.map((debt) => proofOf(debt, record, listed));
  return {
    runs: record.runs,
    debts,
    findings: [
      ...debts.flatMap((debt) => findingsOf(debt, record, listed)),
      ...debts.flatMap(({ attempts }) => attempts.flatMap((one) => otherMetadata(one, digests))),
      ...unknownAttempts(record, listed),
    ],
  };
}

const belongsTo = (payment: Payment, debtId: DebtId): boolean =>
  parseAttemptKey(payment.attemptKey)?.debtId === debtId;

function sumOf(payments: readonly PaymentWithAmount[]): Collected {
  return {
    amountMinor: payments.reduce((sum, { totalMinor }) => sum + totalMinor, 0),
    paymentIds: payments.map(({ paymentId }) => paymentId),
  };
}

function proofOf(debt: DebtRecord, record: RecoveryRecord, listed: readonly Payment[]): DebtProof {
  const { debtId } = debt;
  const settledBy = debt.end?.paymentId ?? null;
  // An accepted charge names its payment, whether or not the payment carries the key.
  const accepted = record.charges.flatMap(({ key, outcome }) =>
    parseAttemptKey(key)?.debtId === debtId && outcome?.kind === "accepted"
      ? [outcome.paymentId]
      : [],
  );
  const inHistory = record.payments
    .filter(isCollected)
    .filter(({ paymentId }) => paymentId === settledBy || accepted.includes(paymentId));
  const atDodo = listed
    .filter(isCollected)
    .filter((payment) => belongsTo(payment, debtId) || isDuesOf(payment, debt));
  return {
    ...debt,
    attempts: record.charges
      .filter(({ key }) => parseAttemptKey(key)?.debtId === debtId)
      .map((charge) => ({
        ...charge,
        atDodo: listed.filter(({ attemptKey }) => attemptKey === charge.key),
      })),
    collected: sumOf(inHistory),
    collectedAtDodo: sumOf(atDodo),
  };
}

/** Dodo marks the payment as a method update, which collects the dues, and it was made while the debt was open. */
function isDuesOf(payment: Payment, { firstFailedAt, end }: DebtRecord): boolean {
  if (payment.attemptKey !== null || !payment.isMethodUpdate || firstFailedAt === null)
    return false;
  return payment.createdAt >= firstFailedAt && (end === null || payment.createdAt <= end.endedAt);
}

function findingsOf(
  debt: DebtProof,
  record: RecoveryRecord,
  listed: readonly Payment[],
): readonly Finding[] {
  const { debtId, collected, collectedAtDodo, end, owedMinor } = debt;
  const found: Finding[] = [];
  const find = (kind: FindingKind, detail: string): void => void found.push({ kind, detail });
  const charged = listed.filter((payment) => isCollected(payment) && belongsTo(payment, debtId));
  if (charged.length > 1) find("double_charge", `${debtId}: ${namesOf(charged)}`);
  for (const { key, atDodo } of debt.attempts) {
    const alive = atDodo.filter((payment) => !hasFailed(payment));
    if (alive.length > 1) find("one_key_twice", `${key}: ${namesOf(alive)}`);
  }
  const settling = listed.find(({ paymentId }) => paymentId === end?.paymentId);
  const paid = listed
    .filter(isCollected)
    .filter((payment) => belongsTo(payment, debtId) || payment.paymentId === end?.paymentId);
  const total = sumOf(paid).amountMinor;
  if (owedMinor !== null && charged.length > 0 && total > owedMinor) {
    find("more_than_owed", `${debtId}: owed ${owedMinor}, collected ${total}`);
  }
  const isPaid = PAID.includes(end?.outcome ?? null) && !PAYS_ELSEWHERE.includes(end?.by ?? null);
  if (isPaid && (settling === undefined || !isCollected(settling))) {
    find("not_at_dodo", `${debtId}: ${end?.paymentId ?? "the end names no payment"}`);
  }
  const missed = collectedAtDodo.paymentIds.filter(
    (id) =>
      !collected.paymentIds.includes(id) && end !== null && !record.excludedPayments.includes(id),
  );
  if (missed.length > 0) find("not_in_history", `${debtId}: ${missed.join(", ")}`);
  const beside = isPaid ? listed.filter((payment) => isBeside(payment, debt, record)) : [];
  if (beside.length > 0) find("paid_beside", `${debtId}: ${namesOf(beside)}`);
  return found;
}

function otherMetadata(
  { key, outcome, atDodo }: AttemptProof,
  digests: ReadonlyMap<string, string>,
): Finding[] {
  if (outcome === null || !("metadataDigest" in outcome)) return [];
  const isOther = (digest: string | undefined): boolean =>
    digest !== undefined && digest !== outcome.metadataDigest;
  const others = atDodo.filter(({ paymentId }) => isOther(digests.get(paymentId)));
  if (others.length === 0) return [];
  return [{ kind: "other_metadata", detail: `${key}: ${namesOf(others)}` }];
}

/** Made while the debt was open, of the same amount, and neither counted nor excluded. */
function isBeside(
  payment: Payment,
  debt: DebtProof,
  { excludedPayments, debts }: RecoveryRecord,
): boolean {
  const { firstFailedAt, end, owedMinor } = debt;
  if (
    !isCollected(payment) ||
    payment.attemptKey !== null ||
    firstFailedAt === null ||
    end === null
  )
    return false;
  const isInItsTime = payment.createdAt > firstFailedAt && payment.createdAt <= end.endedAt;
  const isCounted =
    debts.some((one) => one.end?.paymentId === payment.paymentId) ||
    excludedPayments.includes(payment.paymentId) ||
    debt.collected.paymentIds.includes(payment.paymentId) ||
    debt.collectedAtDodo.paymentIds.includes(payment.paymentId);
  return isInItsTime && payment.totalMinor === owedMinor && !isCounted;
}

function unknownAttempts({ charges }: RecoveryRecord, listed: readonly Payment[]): Finding[] {
  const known = new Set<string>(charges.map(({ key }) => key));
  return listed
    .filter(({ attemptKey }) => attemptKey !== null && !known.has(attemptKey))
    .map(({ attemptKey, paymentId }) => ({
      kind: "unknown_attempt",
      detail: `${paymentId} carries ${attemptKey ?? ""}`,
    }));
}

const namesOf = (payments: readonly Pick<Payment, "paymentId">[]): string =>
  payments.map(({ paymentId }) => paymentId).join(", ");
