import type { CancelInput } from "../../activities/charge/cancel-subscription.ts";
import type { ChargeInput } from "../../activities/charge/charge-input.ts";
import type { LinkInput } from "../../activities/charge/create-payment-link.ts";
import type { ReadInput } from "../../activities/evidence/read-dodo.ts";
import type { NoticeInput } from "../../activities/notices/send-notice.ts";
import type { NotifyOperatorInput } from "../../activities/operator/notify-operator.ts";
import type { EnqueueInput } from "../../activities/webhooks/delivery.ts";
import { debtContextOf } from "../../domain/debt/attribution.ts";
import { type ReplacementContext, replacementContextOf } from "../../domain/debt/replacement.ts";
import type {
  ChargeEffect,
  NoticeEffect,
  NotifyOperatorEffect,
  PaymentLinkEffect,
  PublishEffect,
  ReadEffect,
} from "../../domain/decision/effect.ts";
import { isSameAlert } from "../../domain/state/alert.ts";
import { paymentIdsOf } from "../../domain/state/facts.ts";
import { isClosingNotice } from "../../domain/state/notice.ts";
import type { Recovery } from "../../domain/state/recovery.ts";
import { DAY_MS, type Instant } from "../../domain/values/time.ts";

// The one mapping of effects to what activities receive: the workflow uses it, and so does the simulator. Pure.

export function readInputOf(effect: ReadEffect, recovery: Recovery, at: Instant): ReadInput {
  const { subscriptionId, recoveryId } = recovery;
  const { id: _id, kind: _kind, why: _why, ...request } = effect;
  return { at, subscriptionId, recoveryId, ...request };
}

export function chargeInputOf(effect: ChargeEffect, recovery: Recovery, at: Instant): ChargeInput {
  const { subscriptionId, recoveryId, debt, blockedMethods, mode, attempts } = recovery;
  const { key, number, amountMinor, currency, description } = effect;
  const { failedPaymentId, expectedAccess, latestStartAt } = effect;
  return {
    at,
    subscriptionId,
    recoveryId,
    key,
    number,
    amountMinor,
    currency,
    description,
    failedPaymentId,
    expectedAccess,
    latestStartAt,
    debt: debtContextOf(recovery),
    ...replacementOf(recovery),
    blockedMethods,
    mode: mode ?? "act",
    settleMs: settleMsOf(recovery),
    confirmedAbsentUpTo: recovery.confirmedAbsentUpTo,
    ...(debt?.requested === undefined ? {} : { requested: debt.requested }),
    ...(effect.via === undefined ? {} : { via: effect.via, knownPayments: paymentIdsOf(attempts) }),
  };
}

/** How long Dodo's lists may omit a payment. A charge or a page starts only once the policy is pinned. */
function settleMsOf({ policy }: Recovery): number {
  return policy?.retry.settleMs ?? DAY_MS;
}

export function noticeInputOf(effect: NoticeEffect, recovery: Recovery, at: Instant): NoticeInput {
  const { subscriptionId, recoveryId, policy, mode } = recovery;
  const { id: _id, kind: _kind, ...notice } = effect;
  return {
    at,
    subscriptionId,
    recoveryId,
    ...notice,
    ...(policy === null ? {} : { perWeek: policy.notices.perCustomerWeek }),
    ...(recovery.imported === null ? {} : { importedAt: recovery.imported.at }),
    debt: debtContextOf(recovery),
    // The closing notices ask for nothing.
    ...(isClosingNotice(notice.notice) ? {} : replacementOf(recovery)),
    mode: mode ?? "act",
  };
}

function replacementOf(recovery: Recovery): { readonly replacement?: ReplacementContext } {
  const replacement = replacementContextOf(recovery);
  return replacement === null ? {} : { replacement };
}

export function paymentLinkInputOf(
  { debtId, ofPayment, late }: PaymentLinkEffect,
  recovery: Recovery,
  at: Instant,
): LinkInput {
  const { subscriptionId, recoveryId, mode, confirmedAbsentUpTo } = recovery;
  const debt = debtContextOf(recovery);
  const own = {
    ...(ofPayment === undefined ? {} : { ofPayment }),
    ...(late === undefined ? {} : { late }),
  };
  return {
    at,
    subscriptionId,
    recoveryId,
    debtId,
    ...own,
    debt,
    mode: mode ?? "act",
    settleMs: settleMsOf(recovery),
    confirmedAbsentUpTo,
  };
}

export function cancelInputOf(recovery: Recovery, at: Instant): CancelInput {
  const { subscriptionId, mode } = recovery;
  return { at, subscriptionId, debt: debtContextOf(recovery), mode: mode ?? "act" };
}

export function notifyOperatorInputOf(
  { alert }: NotifyOperatorEffect,
  { subscriptionId, recoveryId, mode, attention }: Recovery,
  at: Instant,
): NotifyOperatorInput {
  const waits = attention.some((question) => isSameAlert(question, alert));
  return { at, subscriptionId, recoveryId, alert, mode: mode ?? "act", waits };
}

export function enqueueInputOf(
  { publications }: PublishEffect,
  { subscriptionId }: Recovery,
  at: Instant,
): EnqueueInput {
  return { at, subscriptionId, publications };
}
