import { classifyDecline } from "../../../domain/declines/decline.ts";
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS } from "../../../domain/values/time.ts";
import { KEY_IN_PROGRESS } from "../../model/answers/keyed-answers.ts";
import { isOwn, type ModelPayment } from "../../model/ledger.ts";
import { isAllowedPast, isByOperator, unreportedDoubles } from "./dead-claims.ts";
import {
  type ChargeRequest,
  debtIdsOf,
  type Ledger,
  paidAt,
  succeededAt,
  successesOf,
} from "./ledger.ts";
import type { Violation } from "./violation.ts";

/** Invariants of every request that charges. */
export function findInCharges(ledger: Ledger): Violation[] {
  return [
    ...doubleCharges(ledger),
    ...unreportedDoubles(ledger),
    ...ledger.charges.flatMap((request, index) => [
      ...chargedPaidDebt(request, ledger),
      ...chargedWhilePaymentOpen(request, ledger),
      ...chargedWhileLinkOpen(request, ledger),
      ...chargedEndedDebt(request, ledger),
      ...chargedWhileUnknown(request, index, ledger),
      ...chargedWrongAmount(request, ledger),
      ...chargedTooEarly(request, index, ledger),
      ...chargedOverCap(request, ledger),
    ]),
    ...ledger.payments.flatMap((payment) => chargedBlockedMethod(payment, ledger)),
    ...tooManyAttempts(ledger),
    ...chargedObserved(ledger),
  ];
}

const describe = ({ key, what }: ChargeRequest): string => key ?? what;

function doubleCharges(ledger: Ledger): Violation[] {
  return debtIdsOf(ledger).flatMap((debtId) => {
    const paid = successesOf(debtId, ledger);
    if (paid.length < 2 || isByOperator(paid, ledger)) return [];
    const detail = paid.map(({ paymentId }) => paymentId).join(", ");
    return [{ name: "double_charge", at: paid[1]?.createdAt ?? null, detail } as const];
  });
}

function chargedPaidDebt({ at, debtId, ...request }: ChargeRequest, ledger: Ledger): Violation[] {
  if (debtId === null) return [];
  const paid = paidAt(debtId, ledger);
  if (paid === null || paid + ledger.unseenMs >= at) return [];
  const detail = `${request.key ?? request.what}: paid ${at - paid} ms before`;
  return [{ name: "charged_paid_debt", at, detail }];
}

/** It counts even where Dodo would refuse the charge. Payment pages have their own invariant, `charged_while_link_open`. */
function chargedWhilePaymentOpen(
  { at, debtId, ...request }: ChargeRequest,
  ledger: Ledger,
): Violation[] {
  // One charge in flight per debt: a payment that was open before this debt began belongs to another one.
  const since = ledger.payments.find(({ paymentId }) => paymentId === debtId)?.createdAt ?? 0;
  const open = ledger.payments.find(
    (one) =>
      one.createdAt >= since &&
      one.totalMinor > 0 &&
      one.createdAt + ledger.unseenMs < at &&
      isInFlight(one, at) &&
      !isAllowedPast(one, at, ledger),
  );
  if (open === undefined) return [];
  return [
    { name: "charged_while_payment_open", at, detail: `${request.key}: ${open.paymentId} is open` },
  ];
}

function isInFlight({ isPage, ends: [end] }: ModelPayment, at: Instant): boolean {
  return !isPage && (end === undefined || end.at > at);
}

function chargedWhileLinkOpen(
  { at, ...request }: ChargeRequest,
  { run, payments }: Ledger,
): Violation[] {
  const links = run.dodo.mutations.filter(
    ({ what, answer, paymentId }) =>
      what === "payment_link" && answer === "given" && paymentId !== null,
  );
  const link = links.find((one) => {
    const payment = payments.find(({ paymentId }) => paymentId === one.paymentId);
    const isUnused = payment !== undefined && (payment.ends[0]?.at ?? at) >= at;
    return isUnused && one.at < at && at < one.at + DAY_MS;
  });
  if (link === undefined) return [];
  return [{ name: "charged_while_link_open", at, detail: `${request.key}: ${link.paymentId}` }];
}

function chargedEndedDebt(
  { at, debtId, ...request }: ChargeRequest,
  { ended }: Ledger,
): Violation[] {
  const end = ended.find((one) => one.debtId === debtId && one.endedAt < at);
  if (debtId === null || end === undefined) return [];
  return [{ name: "charged_ended_debt", at, detail: `${request.key}: ${end.outcome} before` }];
}

/** After a lost answer, only evidence or a settled absence allows another request. */
function chargedWhileUnknown(request: ChargeRequest, index: number, ledger: Ledger): Violation[] {
  const unknown = ledger.charges
    .slice(0, index)
    .find((one) => isUnknown(one) && !isResolved(one, request, ledger));
  if (unknown === undefined) return [];
  const gap = request.at - unknown.at;
  const isSame = unknown.key === request.key && unknown.what === request.what;
  const name = !isSame
    ? "fence_broken"
    : gap < MINUTE_MS
      ? "resent_at_once"
      : "absence_not_settled";
  const detail = `${describe(request)} ${gap} ms after ${describe(unknown)}`;
  return [{ name, at: request.at, detail }];
}

function isUnknown({ answer }: ChargeRequest): boolean {
  if (answer === "given") return false;
  return answer === "lost" || answer.httpStatus >= 500 || answer.code === KEY_IN_PROGRESS.code;
}

function isResolved(unknown: ChargeRequest, { at }: ChargeRequest, ledger: Ledger): boolean {
  const { run, payments } = ledger;
  const made = payments.find(({ paymentId }) => paymentId === unknown.paymentId);
  if (made !== undefined) return (made.ends[0]?.at ?? at) < at || isAllowedPast(made, at, ledger);
  const { settleMs } = run.policies[0]?.policy.retry ?? { settleMs: DAY_MS };
  // A clock that stepped measures the settling time differently.
  if (at - unknown.at >= settleMs - Math.abs(run.clockSkewMs) - 4 * HOUR_MS) return true;
  // A manual retry has no key: any later payment resolves it.
  if (unknown.what === "manual retry" && payments.some((one) => one.createdAt >= unknown.at))
    return true;
  return run.commands.some(
    (one) =>
      one.at >= unknown.at &&
      one.at <= at &&
      one.command.action === "retry_now" &&
      one.command.confirmedAbsent,
  );
}

/** A charge has the price without the tax that Dodo adds; with it, the customer would pay tax twice. */
function chargedWrongAmount(
  { at, key, requested, debtId }: ChargeRequest,
  ledger: Ledger,
): Violation[] {
  if (requested === null) return [];
  const { taxInclusive, priceMinor, currency } = ledger.run.plan.subscription;
  const first = ledger.payments.find(({ paymentId }) => paymentId === debtId);
  const net =
    first === undefined ? priceMinor : first.totalMinor - (taxInclusive ? 0 : first.taxMinor);
  if (requested.amountMinor === net && requested.currency === currency) return [];
  const detail = `${key}: ${requested.amountMinor} ${requested.currency} instead of ${net} ${currency}`;
  return [{ name: "wrong_amount", at, detail }];
}

/** The shortest gap, that of a transient code: a day minus the hour that keeps the time of day. */
const GAP_MIN_MS = 23 * HOUR_MS;

function chargedTooEarly(request: ChargeRequest, index: number, ledger: Ledger): Violation[] {
  const before = ledger.charges
    .slice(0, index)
    .findLast((one) => one.debtId === request.debtId && one.key !== request.key);
  if (before === undefined || request.at - before.at >= GAP_MIN_MS) return [];
  // A request that created no payment was not an attempt.
  if (before.paymentId === null || isTriggered(before.at, request.at, ledger)) return [];
  const detail = `${describe(request)} ${request.at - before.at} ms after ${describe(before)}`;
  return [{ name: "attempt_too_early", at: request.at, detail }];
}

/** Whether an operator or a new method triggered the attempt. */
function isTriggered(from: Instant, to: Instant, { run, payments }: Ledger): boolean {
  const isBetween = (at: Instant): boolean => at >= from - DAY_MS && at <= to;
  return (
    run.commands.some(({ at, command }) => command.action === "retry_now" && isBetween(at)) ||
    payments.some(
      ({ isMethodUpdate, createdAt, ends }) =>
        isMethodUpdate && [createdAt, ...ends.map((end) => end.at)].some(isBetween),
    ) ||
    run.plan.faults.some(({ kind }) => kind === "merchant_uses_saved_method")
  );
}

/** @source domain/schedule/retry-schedule.ts, ATTEMPTS_PER_30_DAYS_MAX */
const PER_30_DAYS_MAX = 8;

function chargedOverCap({ at, ...request }: ChargeRequest, { run, payments }: Ledger): Violation[] {
  if (run.commands.some(({ command }) => command.action === "retry_now")) return [];
  const month = payments.filter(
    ({ createdAt, totalMinor }) =>
      createdAt <= at && createdAt > at - 30 * DAY_MS && totalMinor > 0,
  );
  // The list may already contain the request's own payment.
  if (month.filter(({ createdAt }) => createdAt < at).length < PER_30_DAYS_MAX) return [];
  return [
    { name: "charge_cap_exceeded", at, detail: `${request.key}: ${month.length} in 30 days` },
  ];
}

function chargedBlockedMethod(payment: ModelPayment, ledger: Ledger): Violation[] {
  const { methodId, createdAt, origin } = payment;
  if (!isOwn(payment) || (origin !== "charge" && origin !== "manual")) return [];
  const declined = ledger.payments.find(
    (one) =>
      one.methodId === methodId &&
      (isOwn(one) || one === ledger.payments[0]) &&
      one.ends[0]?.status === "failed" &&
      one.ends[0].at < createdAt &&
      classifyDecline(one.ends[0].declineCode, {}).handling === "never",
  );
  if (declined === undefined) return [];
  const hasWorkedSince = ledger.payments.some(
    (one) => one.methodId === methodId && (succeededAt(one) ?? 0) > (declined.ends[0]?.at ?? 0),
  );
  if (hasWorkedSince) return [];
  const detail = `${methodId}: ${declined.paymentId} was ${declined.ends[0]?.declineCode}`;
  return [{ name: "charged_blocked_method", at: createdAt, detail }];
}

function tooManyAttempts(ledger: Ledger): Violation[] {
  const { run, payments } = ledger;
  const gaps = Math.max(...run.policies.map(({ policy }) => policy.retry.gapsMs.length));
  const retries = run.commands.filter(({ command }) => command.action === "retry_now").length;
  const methods = new Set(payments.map(({ methodId }) => methodId)).size - 1;
  const hasSavedMethod = run.plan.faults.some(({ kind }) => kind === "merchant_uses_saved_method");
  const max =
    gaps + (run.plan.requestedCharge ? 1 : 0) + retries + methods + (hasSavedMethod ? 1 : 0);
  return debtIdsOf(ledger).flatMap((debtId) => {
    const made = ledger.charges.filter((one) => one.debtId === debtId && one.paymentId !== null);
    const keys = new Set(made.map(({ key, paymentId }) => key ?? paymentId));
    if (keys.size <= max) return [];
    return [{ name: "too_many_attempts", at: null, detail: `${debtId}: ${keys.size}` } as const];
  });
}

function chargedObserved({ run, charges }: Ledger): Violation[] {
  const { scheme } = run.plan;
  const wrong = charges.find(
    ({ what }) => scheme === "observe" || (scheme === "manage" && what === "charge"),
  );
  if (wrong === undefined) return [];
  return [{ name: "charged_observed_subscription", at: wrong.at, detail: describe(wrong) }];
}
