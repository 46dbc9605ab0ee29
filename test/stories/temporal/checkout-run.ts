import { createSandboxClient, type SandboxClient } from "../../../sandbox/client.ts";
import type { LedgerPayment } from "../../../sandbox/ledger.ts";
import type { Outcome } from "../../../sandbox/outcome.ts";
import { LAST_DAY_MS, SAFE_MS } from "../language/calendar.ts";
import { checkoutFactsOf } from "./checkout-facts-of-run.ts";
import type { CheckoutScene } from "./checkout-story-run.ts";
import type { CheckoutWhat, OrderEnd } from "../language/checkout-events.ts";
import type { StoryStage } from "./story-run.ts";
import { sweepComesBy } from "./sweep.ts";
import type { Fact } from "../transcript/facts.ts";
import { StoryClock } from "./story-clock.ts";
import type { Story } from "../language/story-file.ts";

/** Plays a story of one-time payments on a stage of its own. @returns facts of absolute time */
export async function executeCheckouts(
  { stage, times }: StoryStage,
  story: Story,
  midnight: number,
): Promise<Fact[]> {
  const email = `${story.name}@customer.example`;
  const { customerId } = await stage.sandbox.control.createCustomer({
    email,
    name: "Ada Lovelace",
  });
  const scene: CheckoutScene = {
    stage,
    story,
    midnight,
    email,
    customerId,
    clocks: new Map(),
    sweeps: [],
    at: 0,
  };
  times.set(story.name, () => midnight + scene.at);
  for (const { at, what } of story.checkoutHappenings) {
    await untilAt(scene, at + SAFE_MS);
    await happen(scene, what);
    await untilQuiet(scene);
  }
  await untilAt(scene, LAST_DAY_MS);
  return await checkoutFactsOf(scene);
}

/** Each checkout's time passes by itself: they meet in nothing but Dodo's books, which only the story writes. */
async function untilAt(scene: CheckoutScene, at: number): Promise<void> {
  scene.at = at;
  for (const clock of scene.clocks.values()) await clock.until(scene.midnight + at);
}

async function untilQuiet({ clocks }: CheckoutScene): Promise<void> {
  for (const clock of clocks.values()) await clock.untilQuiet();
}

async function happen(scene: CheckoutScene, what: CheckoutWhat): Promise<void> {
  const { midnight, at, stage } = scene;
  const control = createSandboxClient(stage.sandbox.url, { now: () => midnight + at });
  switch (what.do) {
    case "order":
      return await order(scene, control, what.end);
    case "pay_first_order":
      return await settle(scene, control, 0, "succeed");
    case "cancel_last_order":
      return await settle(scene, control, -1, { cancelled: true });
    case "lose_webhooks":
      await control.addWebhookFault({ kind: "lost" });
      return;
    case "sweep":
      return await sweepComesBy(scene);
  }
}

async function order(scene: CheckoutScene, control: SandboxClient, end: OrderEnd): Promise<void> {
  const { stage, story, customerId, clocks } = scene;
  const { price, metadata } = story.given;
  const { paymentId } = await control.createPayment({
    customerId,
    totalMinor: price.amountMinor,
    currency: price.currency,
    metadata,
    ...outcomeOf(end),
  });
  clocks.set(
    paymentId,
    new StoryClock(stage, `checkout-${paymentId}`, () => isQuiet(stage.sandbox.control)),
  );
}

function outcomeOf(end: OrderEnd): { readonly outcome?: Outcome } {
  switch (end.kind) {
    case "succeeds":
      return { outcome: "succeed" };
    case "declined":
      return { outcome: { decline: end.code } };
    case "left_on_the_page":
      return {};
    case "waits_for_the_bank":
      return { outcome: { requires_customer_action: true } };
  }
}

async function isQuiet(control: SandboxClient): Promise<boolean> {
  const { oneTime } = await control.ledger();
  const deliveries = await control.deliveries();
  const isTelling = deliveries.some(({ state }) => state === "waiting");
  return !isTelling && !oneTime.some(({ settling }) => settling);
}

async function settle(
  { stage }: CheckoutScene,
  control: SandboxClient,
  index: number,
  outcome: Outcome,
): Promise<void> {
  const payments: readonly LedgerPayment[] = (await stage.sandbox.control.ledger()).oneTime;
  const payment = payments.at(index);
  if (payment === undefined) throw new Error("nothing has been ordered yet");
  await control.settlePayment(payment.paymentId, { outcome, force: true });
}
