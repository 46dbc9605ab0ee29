/** What the console's buttons do, and what they answer. */
import { z } from "zod";
import { chargeAsMerchant } from "../control/payment-actions.ts";
import { advanceClock } from "../model/clock.ts";
import type { SandboxContext } from "../model/context.ts";
import { cancelAsCustomer, payAsCustomer } from "../model/customer-actions.ts";
import { ApiError, notFound } from "../model/errors.ts";
import { applyResult } from "../model/payment-results.ts";
import { isOpen, type Payment, type Subscription } from "../model/state/entities.ts";
import type { ConsoleExtras, ConsoleSubscription } from "./console-extras.ts";
import { money } from "./layout.ts";
import { chooseNextAttempt } from "./next-attempt.ts";

export const subscriptionForm = z.discriminatedUnion("action", [
  z.object({ action: z.literal("charge") }),
  z.object({ action: z.literal("fail"), code: z.string() }),
  z.object({ action: z.literal("next"), choice: z.string() }),
  z.object({ action: z.literal("pay") }),
  z.object({ action: z.literal("cancel") }),
  z.object({ action: z.literal("extra"), index: z.coerce.number().int() }),
]);

export const paymentForm = z.object({ action: z.enum(["settle", "fail"]) });

type Form = z.infer<typeof subscriptionForm>;

/**
 * Performs a press and waits for its effects.
 * @returns what happened, a sentence a line; also for a press that had no effect
 */
export async function press(
  context: SandboxContext,
  subscription: Subscription,
  form: Form,
  extras: ConsoleExtras,
): Promise<readonly string[]> {
  const { subscriptionId } = subscription;
  const described = consoleSubscription(context, subscription);
  if (form.action === "extra") {
    const extra = extras.actions[form.index];
    if (extra === undefined) throw notFound("Action");
    return await extra.perform(described);
  }
  try {
    advanceClock(context, subscription, extras.now(subscriptionId));
    const say = perform(context, subscription, form);
    await untilSettled(context, subscriptionId);
    return [say(), ...(await extras.afterPress(described))];
  } catch (error) {
    if (error instanceof ApiError) return [`Dodo refuses: ${error.message}.`];
    throw error;
  }
}

/** @returns the answer, to be asked for once the payment has settled */
function perform(
  context: SandboxContext,
  subscription: Subscription,
  form: Exclude<Form, { action: "extra" }>,
): () => string {
  switch (form.action) {
    case "charge":
    case "fail": {
      const input = form.action === "charge" ? {} : { outcome: { decline: form.code } };
      const payment = chargeAsMerchant(context, subscription, input, null);
      return () => `You charged ${describePayment(payment)}.`;
    }
    case "next": {
      const label = chooseNextAttempt(context, subscription, form.choice);
      if (label === null) throw notFound("Choice");
      return () => `The next attempt will ${label}.`;
    }
    case "pay": {
      const payment = payAsCustomer(context, subscription, "good");
      return () =>
        payment.totalMinor === 0
          ? "The customer changed the card. Nothing was due."
          : `The customer paid ${describePayment(payment)}.`;
    }
    case "cancel":
      cancelAsCustomer(context, subscription, "now");
      return () => `The customer cancelled. The subscription is ${subscription.status}.`;
  }
}

export function consoleSubscription(
  { store }: SandboxContext,
  { subscriptionId, customerId }: Subscription,
): ConsoleSubscription {
  return { subscriptionId, email: store.customers.get(customerId)?.email ?? "" };
}

function describePayment({ totalMinor, currency, status, errorCode }: Payment): string {
  const result = errorCode === null ? (status ?? "without a status") : `declined, ${errorCode}`;
  return `${money(totalMinor, currency)}: ${result}`;
}

/** @returns what happened to an open payment that a person ends by hand */
export async function endPayment(
  context: SandboxContext,
  payment: Payment,
  { action }: z.infer<typeof paymentForm>,
  extras: ConsoleExtras,
): Promise<readonly string[]> {
  if (!isOpen(payment)) return [`The payment has ended already: ${describePayment(payment)}.`];
  applyResult(
    context,
    payment,
    action === "settle" ? { kind: "succeeded" } : { kind: "failed", code: "GENERIC_DECLINE" },
  );
  const subscription = context.store.subscriptions.get(payment.subscriptionIds[0] ?? "");
  const more =
    subscription === undefined
      ? []
      : await extras.afterPress(consoleSubscription(context, subscription));
  return [`The payment has ended: ${describePayment(payment)}.`, ...more];
}

const SETTLE_POLL_MS = 10;
const SETTLE_POLLS_MAX = 200;

/** Waits for the results of charges, two seconds at most: a test may set a longer `settleMs`. */
async function untilSettled({ store, timers }: SandboxContext, id: string): Promise<void> {
  const isSettling = (): boolean =>
    (store.paymentsBySubscription.get(id) ?? []).some(({ settling }) => settling);
  for (let polls = 0; isSettling() && polls < SETTLE_POLLS_MAX; polls += 1) {
    if (!(await timers.sleep(SETTLE_POLL_MS))) return;
  }
}
