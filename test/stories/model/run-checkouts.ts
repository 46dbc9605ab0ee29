import { createFailureTimes } from "../../../activities/sweep/failure-times.ts";
import type { SweepClient } from "../../../activities/sweep/sweep-page.ts";
import type { ModelPayment } from "../../../dev/model/ledger.ts";
import type { Timeline } from "../../../dev/model/timeline.ts";
import { readWebhook, translateWebhook } from "../../../dodo/webhook-events.ts";
import { MINUTE_MS, SECOND_MS } from "../../../domain/values/time.ts";
import { LAST_DAY_MS, SAFE_MS } from "../language/calendar.ts";
import type { CheckoutEvent } from "../language/checkout-events.ts";
import type { Story } from "../language/story-file.ts";
import type { Fact } from "../transcript/facts.ts";
import { listsOf } from "./dodo-lists.ts";
import { ModelCheckouts } from "./model-checkouts.ts";
import { ModelShop } from "./model-shop.ts";
import { runSweep, sweepFacts, type SweptAccount } from "./sweep.ts";

/** One story of a customer's payments without a subscription, in virtual time. */
type CheckoutRun = SweptAccount & {
  readonly shop: ModelShop;
  readonly checkouts: ModelCheckouts;
  webhooksAreLost: boolean;
};

/**
 * Runs a story of payments without a subscription in virtual time.
 * @param timeline at the story's midnight
 * @returns facts with absolute times
 */
export async function runCheckoutsInModel(timeline: Timeline, story: Story): Promise<Fact[]> {
  const midnight = timeline.now();
  const run = prepare(timeline, story);
  const { checkouts } = run;
  for (const { at, event } of story.checkoutEvents) {
    await timeline.run(midnight + at + SAFE_MS);
    await perform(run, event);
    if (checkouts.errors.length > 0) throw checkouts.errors[0];
  }
  // Webhooks of the last event arrive after it.
  await timeline.run(timeline.now() + MINUTE_MS);
  await timeline.run(midnight + LAST_DAY_MS, () => checkouts.areOver);
  if (checkouts.errors.length > 0) throw checkouts.errors[0];
  return factsOf(run);
}

function prepare(timeline: Timeline, { given, policy }: Story): CheckoutRun {
  const shop = new ModelShop(timeline, given.price, given.metadata);
  const payments = (): readonly Readonly<Record<string, unknown>>[] =>
    shop.payments.map((payment) => shop.body(payment));
  const lists = listsOf({ payments, subscriptions: () => [] });
  const checkouts = new ModelCheckouts(timeline, lists, policy, given.mode);
  const failureTimes = createFailureTimes(lists, timeline.now);
  const account = { dodo: lists, recoveries: sweepClientOf(checkouts), failureTimes };
  const swept = { timeline, policy: () => policy, account, sweeps: [] };
  const run: CheckoutRun = { ...swept, shop, checkouts, webhooksAreLost: false };
  shop.onEnd = (payment) => sendWebhook(run, payment);
  return run;
}

function sweepClientOf(checkouts: ModelCheckouts): SweepClient {
  const never = (id: string): Promise<never> =>
    Promise.reject(new Error(`no story of a one-time payment has ${id}`));
  return {
    readNewestRun: never,
    open: never,
    signalIfOpen: never,
    startCheckout: async (id) => await Promise.resolve(checkouts.follow(id)),
  };
}

/** The webhook arrives a second later. */
function sendWebhook(run: CheckoutRun, payment: ModelPayment): void {
  const { timeline, shop, checkouts } = run;
  if (run.webhooksAreLost) return;
  timeline.at(timeline.now() + SECOND_MS, () => {
    const type = `payment.${payment.status}`;
    const data = { payload_type: "Payment", ...shop.body(payment) };
    const body = Buffer.from(JSON.stringify({ type, data }));
    const translation = translateWebhook(
      readWebhook(body),
      `msg_${payment.paymentId}`,
      timeline.now(),
    );
    if (translation.kind === "checkout") checkouts.follow(translation.paymentId);
  });
}

async function perform(run: CheckoutRun, event: CheckoutEvent): Promise<void> {
  const { shop } = run;
  switch (event.do) {
    case "order":
      return shop.order(event.outcome);
    case "pay_first_order":
      return shop.end(orderAt(shop, 0), "succeeded");
    case "cancel_last_order":
      return shop.end(orderAt(shop, -1), "cancelled");
    case "lose_webhooks":
      run.webhooksAreLost = true;
      return;
    case "sweep":
      return await runSweep(run);
  }
}

function orderAt({ payments }: ModelShop, index: number): ModelPayment {
  const payment = payments.at(index);
  if (payment === undefined) throw new Error("there is no payment yet");
  return payment;
}

function factsOf(run: CheckoutRun): Fact[] {
  const { shop, checkouts } = run;
  const orderNumber = (id: string): number =>
    shop.payments.findIndex(({ paymentId }) => paymentId === id) + 1;
  return [
    ...shop.payments.map(({ createdAt: at, totalMinor, currency, ends }, index): Fact => ({
      kind: "payment",
      at,
      maker: "customer",
      debt: index + 1,
      totalMinor,
      currency,
      isUnanswered: false,
      ends: ends.map(({ at: endedAt, status, declineCode: code }) => ({
        at: endedAt,
        status,
        code,
      })),
    })),
    ...sweepFacts(run, orderNumber),
    ...checkouts.sent.map(({ paymentId, ...sent }): Fact => ({
      kind: "checkout_mail",
      order: orderNumber(paymentId),
      ...sent,
    })),
    ...checkouts.ended.map(({ paymentId, ...ended }): Fact => ({
      kind: "checkout_end",
      order: orderNumber(paymentId),
      ...ended,
    })),
  ];
}
