import type { ChargeInput } from "../../activities/charge/charge-input.ts";
import type { ReadInput } from "../../activities/evidence/read-dodo.ts";
import type { DecideInput } from "../../activities/index.ts";
import type { NoticeInput } from "../../activities/notices/send-notice.ts";
import type { DebtContext } from "../../domain/debt/attribution.ts";
import type { RecordedDecision } from "../../domain/decision/recorded.ts";
import type { ReplacementContext } from "../../domain/debt/replacement.ts";
import type { ChargeOutcome, NoticeOutcome, ReadOutcome } from "../../domain/state/event.ts";
import type { Evidence, Payment, Subscription } from "../../domain/state/payment.ts";
import {
  type DebtId,
  type PaymentId,
  recoveryIdOf,
  type SubscriptionId,
} from "../../domain/values/ids.ts";
import { type Lean, leaveOut } from "../../domain/values/leave-out.ts";
import { DAY_MS } from "../../domain/values/time.ts";

// What the history records of the activities that each recovery starts most. Left out are empty lists, nulls, and what the same
// input or result says elsewhere. The workflow leaves it out and the worker fills it in, or the other way round; what was recorded
// as a whole stays as it is. An activity may have been scheduled by an earlier release: what is filled in never changes. Pure.

/** The activities whose inputs or results are recorded so, as the workflow calls them. */
export type RecordedActivities = {
  readonly decideRecovery: (input: DecideInput) => Promise<RecordedDecision>;
  readonly readDodo: (input: Lean<ReadInput>) => Promise<Lean<ReadOutcome>>;
  readonly charge: (input: Lean<ChargeInput>) => Promise<ChargeOutcome>;
  readonly sendNotice: (input: Lean<NoticeInput>) => Promise<NoticeOutcome>;
};

export const leanReadInput = (input: ReadInput): Lean<ReadInput> =>
  leaveOut(input, readDefaults(input));

export const wholeReadInput = (input: Lean<ReadInput>): ReadInput =>
  ({ ...readDefaults(input), ...input }) as ReadInput;

const readDefaults = ({ subscriptionId }: Lean<ReadInput>): Partial<ReadInput> => ({
  ...recoveryOf(subscriptionId),
  paymentIds: [],
  endedPayments: [],
});

export const leanChargeInput = (input: ChargeInput): Lean<ChargeInput> =>
  leaveOut({ ...input, ...leanDebt(input) }, chargeDefaults(input));

export const wholeChargeInput = (input: Lean<ChargeInput>): ChargeInput =>
  ({ ...chargeDefaults(input), ...input, ...wholeDebt(input) }) as ChargeInput;

const chargeDefaults = ({ subscriptionId }: Lean<ChargeInput>): Partial<ChargeInput> => ({
  ...recoveryOf(subscriptionId),
  description: null,
  blockedMethods: [],
  settleMs: DAY_MS,
  confirmedAbsentUpTo: null,
});

export const leanNoticeInput = (input: NoticeInput): Lean<NoticeInput> =>
  leaveOut({ ...input, ...leanDebt(input) }, recoveryOf(input.subscriptionId));

export const wholeNoticeInput = (input: Lean<NoticeInput>): NoticeInput =>
  ({ ...recoveryOf(input.subscriptionId), ...input, ...wholeDebt(input) }) as NoticeInput;

function recoveryOf(subscriptionId: SubscriptionId | undefined): Pick<ReadInput, "recoveryId"> {
  return { recoveryId: recoveryIdOf(subscriptionId as SubscriptionId) };
}

/** What an input says of its debt. */
type AboutDebt = {
  readonly debtId?: DebtId | undefined;
  readonly failedPaymentId?: PaymentId | null | undefined;
  readonly debt?: DebtContext | null;
  readonly replacement?: ReplacementContext;
};

type Debt = Lean<Pick<AboutDebt, "debt" | "replacement">>;

function leanDebt(input: AboutDebt): Debt {
  const { debt = null, replacement } = input;
  return {
    ...(debt === null ? {} : { debt: leaveOut(debt, debtDefaults(input)) as Lean<DebtContext> }),
    ...(replacement === undefined
      ? {}
      : { replacement: leaveOut(replacement, replacementDefaults(debt)) }),
  };
}

function wholeDebt(input: Lean<AboutDebt>): Partial<AboutDebt> {
  const { debt = null, replacement } = input as AboutDebt;
  const whole = debt === null ? null : { ...debtDefaults(input as AboutDebt), ...debt };
  return {
    ...(whole === null ? {} : { debt: whole }),
    ...(replacement === undefined
      ? {}
      : { replacement: { ...replacementDefaults(whole), ...replacement } }),
  };
}

/** Mostly the debt is named after the payment that failed. */
function debtDefaults({ debtId, failedPaymentId }: AboutDebt): Partial<DebtContext> {
  const id = debtId ?? (failedPaymentId as DebtId | null | undefined);
  return {
    ...(id == null ? {} : { debtId: id }),
    ...(failedPaymentId === undefined ? {} : { failedPaymentId }),
    linkPaymentId: null,
    excludedPayments: [],
    handledPayments: [],
    otherPayments: [],
    debtKeyName: null,
    debtKey: null,
    subscriptionKey: null,
  };
}

function replacementDefaults(debt: DebtContext | null): Partial<ReplacementContext> {
  const since = debt === null ? {} : { since: debt.firstFailedAt };
  return { ...since, separatePurchases: [] };
}

export function leanReadOutcome(outcome: ReadOutcome): Lean<ReadOutcome> {
  if (outcome.kind !== "read") return outcome;
  const { subscription, payments, ...rest } = outcome.evidence;
  const known = paymentDefaults(subscription);
  return {
    kind: "read",
    evidence: {
      ...leaveOut(rest, EVIDENCE),
      subscription: leaveOut(subscription, SUBSCRIPTION),
      payments: payments.map((payment) => leaveOut(payment, known)),
    } as Lean<Evidence>,
  };
}

export function wholeReadOutcome(outcome: Lean<ReadOutcome>): ReadOutcome {
  if (outcome.kind !== "read") return outcome as ReadOutcome;
  const { subscription: known, payments, ...rest } = outcome.evidence as Evidence;
  const subscription = { ...SUBSCRIPTION, ...known };
  const defaults = paymentDefaults(subscription);
  const whole = payments.map((payment) => ({ ...defaults, ...payment }));
  return { kind: "read", evidence: { ...EVIDENCE, ...rest, subscription, payments: whole } };
}

const EVIDENCE = { disputeId: null, endedDebts: [], blockedMethods: [] };

const SUBSCRIPTION = {
  productId: null,
  methodId: null,
  pausedAt: null,
  debtKey: null,
} satisfies Partial<Subscription>;

/** What most payments of a subscription share. What Dodo does not tell is null. */
function paymentDefaults({ subscriptionId, currency }: Subscription) {
  return {
    subscriptionIds: [subscriptionId],
    currency,
    taxMinor: null,
    declineCode: null,
    retryAttempt: null,
    isMethodUpdate: null,
    methodId: null,
    attemptKey: null,
    debtKey: null,
  } satisfies Partial<Payment>;
}
