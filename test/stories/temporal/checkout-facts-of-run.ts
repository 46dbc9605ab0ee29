import type { CheckoutNoticeInput } from "../../../activities/checkout/send-checkout-notice.ts";
import type { CheckoutNoticeOutcome } from "../../../domain/checkout/checkout.ts";
import type { CheckoutResult } from "../../../workflows/checkout/checkout-recovery.ts";
import type { Fact } from "../transcript/facts.ts";
import { type RecordedRun, recordsOf } from "./activity-records.ts";
import { sweepFacts } from "./sweep.ts";
import type { TemporalCheckoutRun } from "./temporal-checkout-run.ts";

/** What happened outside of Reprise: from Temporal's events, the sandbox's ledger and requests, and the inbox. */
export async function checkoutFactsOf(run: TemporalCheckoutRun): Promise<Fact[]> {
  const { system, clocks } = run;
  const { control } = system.sandbox;
  const changes = (await control.requests()).filter(({ mutating }) => mutating);
  if (changes.length > 0) throw new Error(`unexpected request: ${changes[0]?.route ?? "none"}`);
  const orders = [...clocks.keys()];
  const orderNumber = (id: string): number => orders.indexOf(id) + 1;
  const workflowRuns: RecordedRun[] = [];
  for (const [paymentId, { runIds }] of clocks) {
    workflowRuns.push(...(await recordsOf(system.client, `checkout-${paymentId}`, runIds)));
  }
  return [
    ...(await paymentFacts(run, orderNumber)),
    ...(await sweepFacts(run, orderNumber)),
    ...mailFacts(run, workflowRuns, orderNumber),
    ...workflowRuns.flatMap(({ end }): Fact[] => {
      if (end === null) return [];
      const { paymentId, outcome, rule } = end.result as CheckoutResult;
      return [{ kind: "checkout_end", at: end.at, order: orderNumber(paymentId), outcome, rule }];
    }),
  ];
}

type OrderNumber = (paymentId: string) => number;

async function paymentFacts(
  { system }: TemporalCheckoutRun,
  orderNumber: OrderNumber,
): Promise<Fact[]> {
  const { oneTime } = await system.sandbox.control.ledger();
  return oneTime.map(({ paymentId, createdAt, totalMinor, currency, ends }): Fact => ({
    kind: "payment",
    at: Date.parse(createdAt),
    maker: "customer",
    debt: orderNumber(paymentId),
    totalMinor,
    currency,
    isUnanswered: false,
    ends: ends.map(({ at, status, errorCode: code }) => ({ at, status: status ?? "", code })),
  }));
}

/** Temporal's events have the time of each notice, and the inbox must contain its mail. */
function mailFacts(
  { system, email }: TemporalCheckoutRun,
  runs: readonly RecordedRun[],
  orderNumber: OrderNumber,
): Fact[] {
  const mails = system.inbox.mails.filter(({ to }) => to.includes(email));
  const facts = runs
    .flatMap(({ activities }) => activities)
    .flatMap(({ name, input, result, completedAt }): Fact[] => {
      const outcome = result as CheckoutNoticeOutcome | null;
      if (name !== "sendCheckoutNotice" || completedAt === null) return [];
      if (outcome?.kind !== "sent") return [];
      const { messageId } = outcome;
      const arrived = mails.filter((mail) => mail.messageId === messageId);
      if (arrived.length !== 1) throw new Error(`${arrived.length} mails have the id ${messageId}`);
      const { paymentId, notice, number, declineCode: reason } = input as CheckoutNoticeInput;
      const page = `${system.sandbox.url}/pay/${paymentId}`;
      if (arrived[0]?.text.includes(page) !== true) throw new Error(`no link to ${page}`);
      const order = orderNumber(paymentId);
      return [{ kind: "checkout_mail", at: completedAt, notice, order, number, reason }];
    });
  if (mails.length !== facts.length) {
    throw new Error(`${mails.length} mails arrived, ${facts.length} were sent`);
  }
  return facts;
}
