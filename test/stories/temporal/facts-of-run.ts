import type { ChargeInput } from "../../../activities/charge/charge-input.ts";
import type { NoticeInput } from "../../../activities/notices/send-notice.ts";
import type { EnqueueInput } from "../../../activities/webhooks/delivery.ts";
import type { NotifyOperatorInput } from "../../../activities/operator/notify-operator.ts";
import type { RecoveryResult } from "../../../domain/debt/result.ts";
import type { NoticeOutcome } from "../../../domain/state/event.ts";
import { parseAttemptKey } from "../../../domain/values/ids.ts";
import type { LedgerPayment } from "../../../sandbox/control/ledger.ts";
import { adviceFactsOf, type Fact, type PaymentMaker, relativeTo } from "../transcript/facts.ts";
import { type RecordedActivity, type RecordedRun, recordsOf } from "./activity-records.ts";
import { importFacts } from "./import.ts";
import { sweepFacts } from "./sweep.ts";
import { paymentsOf, type TemporalRun } from "./temporal-run.ts";

/** What happened outside of Reprise: from Temporal's events, the sandbox's ledger and requests, and the inbox. */
export async function factsOf(run: TemporalRun): Promise<Fact[]> {
  const { system, clock, midnight, subscriptionId } = run;
  const moment = await clock.untilQuiet();
  const workflowRuns = await recordsOf(system.client, `recovery-${subscriptionId}`, clock.runIds);
  const activities = workflowRuns.flatMap((one) => one.activities);
  const debtNumber = numbering(await paymentsOf(run));
  const facts = [
    ...(await paymentFacts(run, debtNumber)),
    ...(await requestFacts(run, activities, debtNumber)),
    ...mailFacts(run, activities, debtNumber),
    ...activities
      .filter(({ name }) => name === "notifyOperator")
      .map(({ scheduledAt, input }): Fact => {
        const { alert } = input as NotifyOperatorInput;
        return { kind: "operator_notified", at: scheduledAt, cause: alert.cause };
      }),
    ...activities
      .filter(({ name }) => name === "enqueuePublications")
      .flatMap(({ input }) => adviceFactsOf((input as EnqueueInput).publications)),
    ...(await sweepFacts(run, () => 0)),
    ...importFacts(run),
    ...workflowRuns.flatMap((one) => endFact(one, debtNumber)),
  ].map((fact) => relativeTo(midnight, fact));
  const { status } = await system.sandbox.control.ledgerOf(subscriptionId);
  return [
    ...facts,
    ...run.pages.map(({ at, page }): Fact => ({ kind: "page_shown", at, page })),
    ...run.refusals.map(({ at, code }): Fact => ({ kind: "command_refused", at, code })),
    ...(moment.isRunning ? [{ kind: "open", at: run.at, status } as const] : []),
  ];
}

/** From the sandbox's ledger. A payment page's payment has a request of Reprise, one in the portal has none. */
async function paymentFacts(run: TemporalRun, debtNumber: DebtNumber): Promise<Fact[]> {
  const { subscriptionId } = run;
  const requests = await run.system.sandbox.control.requests({ subscriptionId });
  return (await paymentsOf(run)).map((payment): Fact => {
    const { paymentId, totalMinor, currency, attempt } = payment;
    const key = parseAttemptKey(attempt);
    const request = requests.find((one) => one.paymentId === paymentId);
    return {
      kind: "payment",
      at: Date.parse(payment.createdAt),
      maker: key?.number ?? makerOf(run, payment, request !== undefined),
      debt: debtNumber(key?.debtId ?? paymentId),
      totalMinor,
      currency,
      isUnanswered: request !== undefined && request.status !== 200,
      ends: payment.ends.map(({ at, status, errorCode }) => ({
        at,
        status: status ?? "",
        code: errorCode,
      })),
    };
  });
}

function makerOf(run: TemporalRun, payment: LedgerPayment, isRequested: boolean): PaymentMaker {
  switch (payment.origin) {
    case "manual_retry":
      return "manual";
    case "dues":
      if (isRequested) return "page";
      return run.savedCardPayments.has(payment.paymentId) ? "saved" : "portal";
    case "charge":
    case "merchant":
    case "checkout":
    case "one_time":
      if (payment.retryAttempt > 0) return "dodo";
      return run.story.given.onDemand ? "merchant" : "renewal";
  }
}

type DebtNumber = (debtId: string | null) => number;

function numbering(payments: readonly LedgerPayment[]): DebtNumber {
  const charges = payments.filter(
    ({ origin, retryAttempt }) =>
      (origin === "merchant" || origin === "one_time") && retryAttempt === 0,
  );
  return (debtId) => charges.findIndex(({ paymentId }) => paymentId === debtId) + 1;
}

/** From the sandbox's requests and the input of the charge activity that sent each. */
async function requestFacts(
  run: TemporalRun,
  activities: readonly RecordedActivity[],
  debtNumber: DebtNumber,
): Promise<Fact[]> {
  const { subscriptionId } = run;
  const requests = await run.system.sandbox.control.requests({ subscriptionId });
  const payments = await paymentsOf(run);
  return requests
    .filter(({ mutating }) => mutating)
    .flatMap(({ route, sandboxNow, paymentId, refusal, method, status }): Fact[] => {
      const at = sandboxNow ?? 0;
      if (method === "PATCH") return [{ kind: "cancel", at }];
      if (route?.endsWith("/charge") !== true) return [];
      const { number, amountMinor, currency, key } = chargeBefore(at, activities);
      const made = payments.find((payment) => payment.paymentId === paymentId);
      if (made !== undefined) {
        if (made.attempt !== key) throw new Error(`${made.attempt} was charged instead of ${key}`);
        return [];
      }
      const debt = debtNumber(parseAttemptKey(key)?.debtId ?? null);
      const answer = status === null ? null : { httpStatus: status, code: refusal ?? "" };
      if (amountMinor === null) throw new Error(`${key} was charged without an amount`);
      return [{ kind: "no_payment", at, number, debt, amountMinor, currency, answer }];
    });
}

/** Input of the charge activity that sent a request at this time. Only one charge is in flight at a time. */
function chargeBefore(at: number, activities: readonly RecordedActivity[]): ChargeInput {
  const charge = activities.findLast(
    ({ name, scheduledAt }) => name === "charge" && scheduledAt <= at,
  );
  if (charge === undefined) throw new Error("no activity sent this charge");
  return charge.input as ChargeInput;
}

/** Temporal's events have the time of each notice, and the inbox must contain its mail. */
function mailFacts(
  { system, email }: TemporalRun,
  activities: readonly RecordedActivity[],
  debtNumber: DebtNumber,
): Fact[] {
  const sent = activities.flatMap(({ name, input, result, completedAt }): Fact[] => {
    const outcome = result as NoticeOutcome | null;
    if (name !== "sendNotice" || completedAt === null || outcome?.kind !== "sent") return [];
    const { messageId } = outcome;
    const arrived = system.inbox.mails.filter((mail) => mail.messageId === messageId);
    if (arrived.length !== 1) throw new Error(`${arrived.length} mails have the id ${messageId}`);
    const { notice, key, declineCode: reason, debtId } = input as NoticeInput;
    const debt = debtNumber(debtId);
    return [{ kind: "mail", at: completedAt, notice, debt, key, reason }];
  });
  const arrivedCount = system.inbox.mails.filter(({ to }) => to.includes(email)).length;
  if (arrivedCount !== sent.length) {
    throw new Error(`${arrivedCount} mails arrived, ${sent.length} were sent`);
  }
  return sent;
}

function endFact({ end: ended }: RecordedRun, debtNumber: DebtNumber): Fact[] {
  if (ended === null) return [];
  const debts = (ended.result as RecoveryResult).debts.map(({ debtId, ...one }) => ({
    ...one,
    debt: debtNumber(debtId),
  }));
  return [{ kind: "end", at: ended.at, debts }];
}
