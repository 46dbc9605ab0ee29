import type { SweepClient } from "../../../activities/sweep/sweep-page.ts";
import type { ModelPayment } from "../../../dev/model/ledger.ts";
import type { Timeline } from "../../../dev/model/timeline.ts";
import { translateWebhook } from "../../../dodo/webhook-events.ts";
import { MINUTE_MS, SECOND_MS } from "../../../domain/values/time.ts";
import { LAST_DAY_MS, SAFE_MS } from "../language/calendar.ts";
import type { CheckoutWhat } from "../language/checkout-events.ts";
import type { Fact } from "../transcript/facts.ts";
import { ModelCheckouts } from "./model-checkouts.ts";
import { ModelShop } from "./model-shop.ts";
import { listsOf } from "./dodo-lists.ts";
import { sweepComesBy, sweepFacts, type Swept } from "./sweep.ts";
import type { Story } from "../language/story-file.ts";

/** One story of a customer's payments without a subscription, in virtual time. */
type Scene = Swept & {
  readonly shop: ModelShop;
  readonly checkouts: ModelCheckouts;
  webhooksAreLost: boolean;
};

/** @param timeline stands at the story's midnight @returns facts of absolute time */
export async function planCheckouts(timeline: Timeline, story: Story): Promise<Fact[]> {
  const midnight = timeline.now();
  const scene = prepare(timeline, story);
  const { checkouts } = scene;
  for (const { at, what } of story.checkoutHappenings) {
    await timeline.run(midnight + at + SAFE_MS);
    await happen(scene, what);
    if (checkouts.errors.length > 0) throw checkouts.errors[0];
  }
  // What happened last takes a moment to be told.
  await timeline.run(timeline.now() + MINUTE_MS);
  await timeline.run(midnight + LAST_DAY_MS, () => checkouts.areOver);
  if (checkouts.errors.length > 0) throw checkouts.errors[0];
  return factsOf(scene);
}

function prepare(timeline: Timeline, { given, policy }: Story): Scene {
  const shop = new ModelShop(timeline, given.price, given.metadata);
  const payments = (): readonly Readonly<Record<string, unknown>>[] =>
    shop.payments.map((payment) => shop.body(payment));
  const lists = listsOf({ payments, subscriptions: () => [] });
  const checkouts = new ModelCheckouts(timeline, lists, policy, given.mode);
  const account = { lists, desk: deskOf(checkouts) };
  const swept = { timeline, policy: () => policy, account, sweeps: [] };
  const scene: Scene = { ...swept, shop, checkouts, webhooksAreLost: false };
  shop.onEnd = (payment) => tell(scene, payment);
  return scene;
}

function deskOf(checkouts: ModelCheckouts): SweepClient {
  const never = (id: string): Promise<never> =>
    Promise.reject(new Error(`no story of a one-time payment has ${id}`));
  return {
    look: never,
    open: never,
    tell: never,
    followCheckout: async (id) => await Promise.resolve(checkouts.follow(id)),
  };
}

/** A webhook, a moment later. */
function tell(scene: Scene, payment: ModelPayment): void {
  const { timeline, shop, checkouts } = scene;
  if (scene.webhooksAreLost) return;
  timeline.at(timeline.now() + SECOND_MS, () => {
    const type = `payment.${payment.status}`;
    const data = { payload_type: "Payment", ...shop.body(payment) };
    const body = Buffer.from(JSON.stringify({ type, data }));
    const translation = translateWebhook(body, `msg_${payment.paymentId}`, timeline.now());
    if (translation.kind === "checkout") checkouts.follow(translation.paymentId);
  });
}

async function happen(scene: Scene, what: CheckoutWhat): Promise<void> {
  const { shop } = scene;
  switch (what.do) {
    case "order":
      return shop.order(what.end);
    case "pay_first_order":
      return shop.end(orderAt(shop, 0), "succeeded");
    case "cancel_last_order":
      return shop.end(orderAt(shop, -1), "cancelled");
    case "lose_webhooks":
      scene.webhooksAreLost = true;
      return;
    case "sweep":
      return await sweepComesBy(scene);
  }
}

function orderAt({ payments }: ModelShop, index: number): ModelPayment {
  const payment = payments.at(index);
  if (payment === undefined) throw new Error("nothing has been ordered yet");
  return payment;
}

function factsOf(scene: Scene): Fact[] {
  const { shop, checkouts } = scene;
  const orderNumber = (id: string): number =>
    shop.payments.findIndex(({ paymentId }) => paymentId === id) + 1;
  return [
    ...shop.payments.map(({ createdAt: at, totalMinor, currency, ends }, index): Fact => ({
      kind: "payment",
      at,
      who: "customer",
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
    ...sweepFacts(scene, orderNumber),
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
