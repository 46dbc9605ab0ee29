import { createSandboxClient, type SandboxClient } from "../../../sandbox/control/client.ts";
import type { LedgerPayment } from "../../../sandbox/control/ledger.ts";
import type { Outcome } from "../../../sandbox/model/state/outcome.ts";
import { WorkflowClock } from "../../support/temporal/workflow-clock.ts";
import { LAG_MAX_MS, LAST_DAY_MS, SAFE_MS } from "../language/calendar.ts";
import type { CheckoutEvent, OrderOutcome } from "../language/checkout-events.ts";
import type { Story } from "../language/story-file.ts";
import type { Fact } from "../transcript/facts.ts";
import { checkoutFactsOf } from "./checkout-facts-of-run.ts";
import { runSweep } from "./sweep.ts";
import type { TemporalCheckoutRun } from "./temporal-checkout-run.ts";
import type { StorySystem } from "./temporal-run.ts";

/**
 * Runs a story of payments without a subscription, on a system of its own.
 * @returns facts with absolute times
 */
export async function runCheckoutsOnTemporal(
  { system, times }: StorySystem,
  story: Story,
  midnight: number,
): Promise<Fact[]> {
  const email = `${story.name}@customer.example`;
  const { customerId } = await system.sandbox.control.createCustomer({
    email,
    name: "Ada Lovelace",
  });
  const run: TemporalCheckoutRun = {
    system,
    story,
    midnight,
    email,
    customerId,
    clocks: new Map(),
    sweeps: [],
    at: 0,
  };
  times.set(story.name, () => midnight + run.at);
  for (const { at, event } of story.checkoutEvents) {
    await advanceTo(run, at + SAFE_MS);
    await perform(run, event);
    await untilQuiet(run);
  }
  await advanceTo(run, LAST_DAY_MS);
  return await checkoutFactsOf(run);
}

/** Each workflow has its own time. They share only Dodo's records, which only the story changes. */
async function advanceTo(run: TemporalCheckoutRun, at: number): Promise<void> {
  run.at = at;
  for (const clock of run.clocks.values()) await clock.until(run.midnight + at);
}

async function untilQuiet({ clocks }: TemporalCheckoutRun): Promise<void> {
  for (const clock of clocks.values()) await clock.untilQuiet();
}

async function perform(run: TemporalCheckoutRun, event: CheckoutEvent): Promise<void> {
  const { midnight, at, system } = run;
  const control = createSandboxClient(system.sandbox.url, { now: () => midnight + at });
  switch (event.do) {
    case "order":
      return await order(run, control, event.outcome);
    case "pay_first_order":
      return await settle(run, control, 0, "succeed");
    case "cancel_last_order":
      return await settle(run, control, -1, { cancelled: true });
    case "lose_webhooks":
      await control.addWebhookFault({ kind: "lost" });
      return;
    case "sweep":
      return await runSweep(run);
  }
}

async function order(
  run: TemporalCheckoutRun,
  control: SandboxClient,
  outcome: OrderOutcome,
): Promise<void> {
  const { system, story, customerId, clocks } = run;
  const { price, metadata } = story.given;
  const { paymentId } = await control.createPayment({
    customerId,
    totalMinor: price.amountMinor,
    currency: price.currency,
    metadata,
    ...sandboxOutcome(outcome),
  });
  clocks.set(
    paymentId,
    new WorkflowClock({
      connection: system.environment.nativeConnection,
      workflowId: `checkout-${paymentId}`,
      isSandboxQuiet: () => isQuiet(system.sandbox.control),
      lagMaxMs: LAG_MAX_MS,
    }),
  );
}

function sandboxOutcome(outcome: OrderOutcome): { readonly outcome?: Outcome } {
  switch (outcome.kind) {
    case "succeeded":
      return { outcome: "succeed" };
    case "declined":
      return { outcome: { decline: outcome.code } };
    case "left_on_the_page":
      return {};
    case "waits_for_the_bank":
      return { outcome: { requires_customer_action: true } };
  }
}

async function isQuiet(control: SandboxClient): Promise<boolean> {
  const { oneTime } = await control.ledger();
  const deliveries = await control.deliveries();
  const isDelivering = deliveries.some(({ state }) => state === "waiting");
  return !isDelivering && !oneTime.some(({ settling }) => settling);
}

async function settle(
  { system }: TemporalCheckoutRun,
  control: SandboxClient,
  index: number,
  outcome: Outcome,
): Promise<void> {
  const payments: readonly LedgerPayment[] = (await system.sandbox.control.ledger()).oneTime;
  const payment = payments.at(index);
  if (payment === undefined) throw new Error("there is no payment yet");
  await control.settlePayment(payment.paymentId, { outcome, force: true });
}
