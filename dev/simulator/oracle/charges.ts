import { classifyDecline } from "../../../domain/declines/decline.ts";
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS } from "../../../domain/values/time.ts";
import { isOwn, type ModelPayment } from "../../model/ledger.ts";
import {
  type ChargeRequest,
  debtIdsOf,
  debtOf,
  type Finding,
  isLateSuccess,
  type Ledger,
  paidAt,
  succeededAt,
} from "./ledger.ts";

/** What holds of every request that charges. */
export function findInCharges(ledger: Ledger): Finding[] {
  return [
    ...doubles(ledger),
    ...ledger.charges.flatMap((request, index) => [
      ...paidBefore(request, ledger),
      ...openBefore(request, ledger),
      ...pageBefore(request, ledger),
      ...endedBefore(request, ledger),
      ...unknownBefore(request, index, ledger),
      ...otherAmount(request, ledger),
      ...tooSoon(request, index, ledger),
      ...overTheCap(request, ledger),
    ]),
    ...ledger.payments.flatMap((payment) => barredCard(payment, ledger)),
    ...tooMany(ledger),
    ...touched(ledger),
  ];
}

const describe = ({ key, what }: ChargeRequest): string => key ?? what;

function doubles(ledger: Ledger): Finding[] {
  return debtIdsOf(ledger).flatMap((debtId) => {
    const paid = ledger.payments.filter(
      (one) => debtOf(one, ledger) === debtId && succeededAt(one) !== null && !isLateSuccess(one),
    );
    if (paid.length < 2) return [];
    const detail = paid.map(({ paymentId }) => paymentId).join(", ");
    return [{ name: "double_charge", at: paid[1]?.createdAt ?? null, detail } as const];
  });
}

function paidBefore({ at, debtId, ...request }: ChargeRequest, ledger: Ledger): Finding[] {
  if (debtId === null) return [];
  const paid = paidAt(debtId, ledger);
  if (paid === null || paid + ledger.blindMs >= at) return [];
  const detail = `${request.key ?? request.what}: paid ${at - paid} ms before`;
  return [{ name: "charged_paid_debt", at, detail }];
}

/** Dodo may refuse it, or not: we are not to ask. Pages that wait for the customer have a law of their own. */
function openBefore({ at, debtId, ...request }: ChargeRequest, ledger: Ledger): Finding[] {
  // What is open since before the debt is another's: one charge in flight for each debt.
  const since = ledger.payments.find(({ paymentId }) => paymentId === debtId)?.createdAt ?? 0;
  const open = ledger.payments.find(
    (one) =>
      one.createdAt >= since &&
      one.totalMinor > 0 &&
      one.createdAt + ledger.blindMs < at &&
      isInFlight(one, at),
  );
  if (open === undefined) return [];
  return [{ name: "charged_while_open", at, detail: `${request.key}: ${open.paymentId} is open` }];
}

function isInFlight({ isPage, ends: [end] }: ModelPayment, at: Instant): boolean {
  return !isPage && (end === undefined || end.at > at);
}

function pageBefore({ at, ...request }: ChargeRequest, { life, payments }: Ledger): Finding[] {
  const pages = life.dodo.mutations.filter(
    ({ what, answer, paymentId }) =>
      what === "payment_link" && answer === "given" && paymentId !== null,
  );
  const page = pages.find((one) => {
    const payment = payments.find(({ paymentId }) => paymentId === one.paymentId);
    const isUnused = payment !== undefined && (payment.ends[0]?.at ?? at) >= at;
    return isUnused && one.at < at && at < one.at + DAY_MS;
  });
  if (page === undefined) return [];
  return [{ name: "charged_beside_page", at, detail: `${request.key}: ${page.paymentId}` }];
}

function endedBefore({ at, debtId, ...request }: ChargeRequest, { ended }: Ledger): Finding[] {
  const end = ended.find((one) => one.debtId === debtId && one.endedAt < at);
  if (debtId === null || end === undefined) return [];
  return [{ name: "charged_after_end", at, detail: `${request.key}: ${end.outcome} before` }];
}

/** Without an answer only evidence, or a day of absence, lets another request go. */
function unknownBefore(request: ChargeRequest, index: number, ledger: Ledger): Finding[] {
  const unknown = ledger.charges
    .slice(0, index)
    .find((one) => isUnknown(one) && !isAccountedFor(one, request, ledger));
  if (unknown === undefined) return [];
  const gap = request.at - unknown.at;
  const isSame = unknown.key === request.key && unknown.what === request.what;
  const name = !isSame ? "fence_broken" : gap < MINUTE_MS ? "resent" : "absence_believed";
  const detail = `${describe(request)} ${gap} ms after ${describe(unknown)}`;
  return [{ name, at: request.at, detail }];
}

function isUnknown({ answer }: ChargeRequest): boolean {
  if (answer === "given") return false;
  return answer === "lost" || answer.httpStatus >= 500;
}

function isAccountedFor(unknown: ChargeRequest, { at }: ChargeRequest, ledger: Ledger): boolean {
  const { life, payments } = ledger;
  const made = payments.find(({ paymentId }) => paymentId === unknown.paymentId);
  if (made !== undefined) return (made.ends[0]?.at ?? at) < at;
  const { settleMs } = life.policies[0]?.policy.retry ?? { settleMs: DAY_MS };
  // Clocks that step count the hours differently.
  if (at - unknown.at >= settleMs - Math.abs(life.skewMs) - 4 * HOUR_MS) return true;
  // A retry without a key is accounted for by whatever payment came since.
  if (unknown.what === "manual retry") return payments.some((one) => one.createdAt >= unknown.at);
  return life.commands.some(
    (one) =>
      one.at >= unknown.at &&
      one.at <= at &&
      one.command.action === "retry_now" &&
      one.command.confirmedAbsent,
  );
}

/** Net of what Dodo adds on top: else tax is charged twice. */
function otherAmount({ at, key, asked, debtId }: ChargeRequest, ledger: Ledger): Finding[] {
  if (asked === null) return [];
  const { taxInclusive, priceMinor, currency } = ledger.life.plan.subscription;
  const first = ledger.payments.find(({ paymentId }) => paymentId === debtId);
  const net =
    first === undefined ? priceMinor : first.totalMinor - (taxInclusive ? 0 : first.taxMinor);
  if (asked.amountMinor === net && asked.currency === currency) return [];
  const detail = `${key}: ${asked.amountMinor} ${asked.currency} instead of ${net} ${currency}`;
  return [{ name: "wrong_amount", at, detail }];
}

/** A transient code waits a day less the hour that keeps the time of day; all others wait longer. */
const GAP_MIN_MS = 23 * HOUR_MS;

function tooSoon(request: ChargeRequest, index: number, ledger: Ledger): Finding[] {
  const before = ledger.charges
    .slice(0, index)
    .findLast((one) => one.debtId === request.debtId && one.key !== request.key);
  if (before === undefined || request.at - before.at >= GAP_MIN_MS) return [];
  // Answered: an attempt that Dodo refused was none.
  if (before.paymentId === null || isAskedFor(before.at, request.at, ledger)) return [];
  const detail = `${describe(request)} ${request.at - before.at} ms after ${describe(before)}`;
  return [{ name: "too_soon", at: request.at, detail }];
}

/** By an operator's word, or because there is a new card. */
function isAskedFor(from: Instant, to: Instant, { life, payments }: Ledger): boolean {
  const isBetween = (at: Instant): boolean => at >= from - DAY_MS && at <= to;
  return (
    life.commands.some(({ at, command }) => command.action === "retry_now" && isBetween(at)) ||
    payments.some(
      ({ isMethodUpdate, createdAt, ends }) =>
        isMethodUpdate && [createdAt, ...ends.map((end) => end.at)].some(isBetween),
    ) ||
    life.plan.happenings.some(({ kind }) => kind === "saved_method")
  );
}

/** @source domain/schedule/retry-schedule.ts, ATTEMPTS_PER_30_DAYS_MAX */
const MONTH_MAX = 8;

function overTheCap({ at, ...request }: ChargeRequest, { life, payments }: Ledger): Finding[] {
  if (life.commands.some(({ command }) => command.action === "retry_now")) return [];
  const month = payments.filter(
    ({ createdAt, totalMinor }) =>
      createdAt <= at && createdAt > at - 30 * DAY_MS && totalMinor > 0,
  );
  // The request's own payment may be among them or not yet.
  if (month.filter(({ createdAt }) => createdAt < at).length < MONTH_MAX) return [];
  return [{ name: "over_the_cap", at, detail: `${request.key}: ${month.length} in thirty days` }];
}

function barredCard(payment: ModelPayment, ledger: Ledger): Finding[] {
  const { methodId, createdAt, origin } = payment;
  if (!isOwn(payment) || (origin !== "charge" && origin !== "manual")) return [];
  const no = ledger.payments.find(
    (one) =>
      one.methodId === methodId &&
      (isOwn(one) || one === ledger.payments[0]) &&
      one.ends[0]?.status === "failed" &&
      one.ends[0].at < createdAt &&
      classifyDecline(one.ends[0].declineCode, {}).handling === "never",
  );
  if (no === undefined) return [];
  const worked = ledger.payments.some(
    (one) => one.methodId === methodId && (succeededAt(one) ?? 0) > (no.ends[0]?.at ?? 0),
  );
  if (worked) return [];
  const detail = `${methodId}: ${no.paymentId} was ${no.ends[0]?.declineCode}`;
  return [{ name: "charged_barred_card", at: createdAt, detail }];
}

function tooMany(ledger: Ledger): Finding[] {
  const { life, payments } = ledger;
  const gaps = Math.max(...life.policies.map(({ policy }) => policy.retry.gapsMs.length));
  const asked = life.commands.filter(({ command }) => command.action === "retry_now").length;
  const methods = new Set(payments.map(({ methodId }) => methodId)).size - 1;
  const isSaved = life.plan.happenings.some(({ kind }) => kind === "saved_method");
  const max = gaps + (life.plan.asked ? 1 : 0) + asked + methods + (isSaved ? 1 : 0);
  return debtIdsOf(ledger).flatMap((debtId) => {
    const made = ledger.charges.filter((one) => one.debtId === debtId && one.paymentId !== null);
    const keys = new Set(made.map(({ key, paymentId }) => key ?? paymentId));
    if (keys.size <= max) return [];
    return [{ name: "too_many_attempts", at: null, detail: `${debtId}: ${keys.size}` } as const];
  });
}

function touched({ life, charges }: Ledger): Finding[] {
  const { scheme } = life.plan;
  const wrong = charges.find(
    ({ what }) => scheme === "observe" || (scheme === "manage" && what === "charge"),
  );
  if (wrong === undefined) return [];
  return [{ name: "touched_observed", at: wrong.at, detail: describe(wrong) }];
}
