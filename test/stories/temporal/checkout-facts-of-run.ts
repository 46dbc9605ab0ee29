import type { CheckoutNoticeInput } from "../../../activities/checkout/checkout.ts";
import type { CheckoutNoticeOutcome } from "../../../domain/checkout/checkout.ts";
import type { CheckoutResult } from "../../../workflows/checkout/checkout-recovery.ts";
import type { CheckoutScene } from "./checkout-story-run.ts";
import { sweepFacts } from "./sweep.ts";
import type { Fact } from "../transcript/facts.ts";
import { type RecordedRun, recordsOf } from "./activity-records.ts";

/** What happened outside: from Temporal's events, the sandbox's ledger and log, and the inbox. */
export async function checkoutFactsOf(scene: CheckoutScene): Promise<Fact[]> {
  const { stage, clocks } = scene;
  const { control } = stage.sandbox;
  const asked = (await control.requests()).filter(({ mutating }) => mutating);
  if (asked.length > 0) throw new Error(`Reprise asked Dodo for ${asked[0]?.route ?? "a change"}`);
  const orders = [...clocks.keys()];
  const orderNumber = (id: string): number => orders.indexOf(id) + 1;
  const runs: RecordedRun[] = [];
  for (const [paymentId, { runIds }] of clocks) {
    runs.push(...(await recordsOf(stage.client, `checkout-${paymentId}`, runIds)));
  }
  return [
    ...(await paymentFacts(scene, orderNumber)),
    ...(await sweepFacts(scene, orderNumber)),
    ...mailFacts(scene, runs, orderNumber),
    ...runs.flatMap(({ end }): Fact[] => {
      if (end === null) return [];
      const { paymentId, outcome, rule } = end.result as CheckoutResult;
      return [{ kind: "checkout_end", at: end.at, order: orderNumber(paymentId), outcome, rule }];
    }),
  ];
}

type OrderNumber = (paymentId: string) => number;

async function paymentFacts({ stage }: CheckoutScene, orderNumber: OrderNumber): Promise<Fact[]> {
  const { oneTime } = await stage.sandbox.control.ledger();
  return oneTime.map(({ paymentId, createdAt, totalMinor, currency, ends }): Fact => ({
    kind: "payment",
    at: Date.parse(createdAt),
    who: "customer",
    debt: orderNumber(paymentId),
    totalMinor,
    currency,
    isUnanswered: false,
    ends: ends.map(({ at, status, errorCode: code }) => ({ at, status: status ?? "", code })),
  }));
}

/** Temporal's events say when a notice was sent; the inbox must have that very mail. */
function mailFacts(
  { stage, email }: CheckoutScene,
  runs: readonly RecordedRun[],
  orderNumber: OrderNumber,
): Fact[] {
  const mails = stage.inbox.mails.filter(({ to }) => to.includes(email));
  const facts = runs
    .flatMap(({ activities }) => activities)
    .flatMap(({ name, input, result, completedAt }): Fact[] => {
      const outcome = result as CheckoutNoticeOutcome | null;
      if (name !== "sendCheckoutNotice" || completedAt === null) return [];
      if (outcome?.kind !== "sent") return [];
      const { messageId } = outcome;
      const arrived = mails.filter((mail) => mail.messageId === messageId);
      if (arrived.length !== 1) throw new Error(`${arrived.length} mails came as ${messageId}`);
      const { paymentId, notice, number, declineCode: reason } = input as CheckoutNoticeInput;
      const page = `${stage.sandbox.url}/pay/${paymentId}`;
      if (arrived[0]?.text.includes(page) !== true) throw new Error(`no link to ${page}`);
      const order = orderNumber(paymentId);
      return [{ kind: "checkout_mail", at: completedAt, notice, order, number, reason }];
    });
  if (mails.length !== facts.length) {
    throw new Error(`${mails.length} mails came, ${facts.length} were sent`);
  }
  return facts;
}
