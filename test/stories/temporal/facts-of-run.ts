import type { ChargeInput } from "../../../activities/charge/charge.ts";
import type { NoticeInput } from "../../../activities/notices/send-notice.ts";
import type { NotifyOperatorInput } from "../../../activities/operator/notify-operator.ts";
import type { RecoveryResult } from "../../../domain/debt/result.ts";
import type { NoticeOutcome } from "../../../domain/state/event.ts";
import { parseAttemptKey } from "../../../domain/values/ids.ts";
import type { LedgerPayment } from "../../../sandbox/ledger.ts";
import { paymentsOf, type Scene } from "./story-run.ts";
import { sweepFacts } from "./sweep.ts";
import { type Fact, type PaymentMaker, relativeTo } from "../transcript/facts.ts";
import { type RecordedActivity, type RecordedRun, recordsOf } from "./activity-records.ts";

/** What happened outside: from Temporal's events, from the sandbox's ledger and log, and from the inbox. */
export async function factsOf(scene: Scene): Promise<Fact[]> {
  const { stage, clock, midnight, subscriptionId } = scene;
  const moment = await clock.untilQuiet();
  const runs = await recordsOf(stage.client, `recovery-${subscriptionId}`, clock.runIds);
  const activities = runs.flatMap((run) => run.activities);
  const debtNumber = numbering(await paymentsOf(scene));
  const facts = [
    ...(await paymentFacts(scene, debtNumber)),
    ...(await requestFacts(scene, activities, debtNumber)),
    ...mailFacts(scene, activities, debtNumber),
    ...activities
      .filter(({ name }) => name === "notifyOperator")
      .map(({ scheduledAt, input }): Fact => {
        const { alert } = input as NotifyOperatorInput;
        return { kind: "operator", at: scheduledAt, cause: alert.cause };
      }),
    ...(await sweepFacts(scene, () => 0)),
    ...runs.flatMap((run) => endFact(run, debtNumber)),
  ].map((fact) => relativeTo(midnight, fact));
  const { status } = await stage.sandbox.control.ledgerOf(subscriptionId);
  return [
    ...facts,
    ...scene.pages.map(({ at, page }): Fact => ({ kind: "page_refused", at, page })),
    ...scene.refusals.map(({ at, code }): Fact => ({ kind: "operator_refused", at, code })),
    ...(moment.isRunning ? [{ kind: "open", at: scene.at, status } as const] : []),
  ];
}

/** The sandbox's ledger. A page's payment is told from one in the portal by the request that made it. */
async function paymentFacts(scene: Scene, debtNumber: DebtNumber): Promise<Fact[]> {
  const { subscriptionId } = scene;
  const requests = await scene.stage.sandbox.control.requests({ subscriptionId });
  return (await paymentsOf(scene)).map((payment): Fact => {
    const { paymentId, totalMinor, currency, attempt } = payment;
    const key = parseAttemptKey(attempt);
    const request = requests.find((one) => one.paymentId === paymentId);
    return {
      kind: "payment",
      at: Date.parse(payment.createdAt),
      who: key?.number ?? makerOf(scene, payment, request !== undefined),
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

function makerOf(scene: Scene, payment: LedgerPayment, isAsked: boolean): PaymentMaker {
  switch (payment.origin) {
    case "manual_retry":
      return "manual";
    case "dues":
      if (isAsked) return "page";
      return scene.saved.has(payment.paymentId) ? "saved" : "portal";
    case "charge":
    case "merchant":
    case "checkout":
    case "one_time":
      if (payment.retryAttempt > 0) return "dodo";
      return scene.story.given.onDemand ? "merchant" : "renewal";
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

/** The sandbox's log of requests, and what Temporal asked of the charge activity that sent each. */
async function requestFacts(
  scene: Scene,
  activities: readonly RecordedActivity[],
  debtNumber: DebtNumber,
): Promise<Fact[]> {
  const { subscriptionId } = scene;
  const requests = await scene.stage.sandbox.control.requests({ subscriptionId });
  const payments = await paymentsOf(scene);
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
      return [{ kind: "no_payment", at, number, debt, amountMinor, currency, answer }];
    });
}

/** What the charge activity was given that sent a request at this time: there is never more than one. */
function chargeBefore(at: number, activities: readonly RecordedActivity[]): ChargeInput {
  const charge = activities.findLast(
    ({ name, scheduledAt }) => name === "charge" && scheduledAt <= at,
  );
  if (charge === undefined) throw new Error("a charge that no activity sent");
  return charge.input as ChargeInput;
}

/** Temporal's events say when a notice was sent; the inbox must have that very mail. */
function mailFacts(
  { stage, email }: Scene,
  activities: readonly RecordedActivity[],
  debtNumber: DebtNumber,
): Fact[] {
  const sent = activities.flatMap(({ name, input, result, completedAt }): Fact[] => {
    const outcome = result as NoticeOutcome | null;
    if (name !== "sendNotice" || completedAt === null || outcome?.kind !== "sent") return [];
    const { messageId } = outcome;
    const arrived = stage.inbox.mails.filter((mail) => mail.messageId === messageId);
    if (arrived.length !== 1) throw new Error(`${arrived.length} mails came as ${messageId}`);
    const { notice, key, declineCode: reason, debtId } = input as NoticeInput;
    const debt = debtNumber(debtId);
    return [{ kind: "mail", at: completedAt, notice, debt, key, reason }];
  });
  const came = stage.inbox.mails.filter(({ to }) => to.includes(email)).length;
  if (came !== sent.length) throw new Error(`${came} mails came, ${sent.length} were sent`);
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
