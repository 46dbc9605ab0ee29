import { WorkflowUpdateFailedError } from "@temporalio/client";
import { ApplicationFailure } from "@temporalio/common";
import { parseAttemptKey } from "../../../domain/values/ids.ts";
import { DAY_MS } from "../../../domain/values/time.ts";
import { en } from "../../../platform/customer/texts/en.ts";
import type { SandboxClient } from "../../../sandbox/control/client.ts";
import type { LedgerPayment } from "../../../sandbox/control/ledger.ts";
import type { Outcome } from "../../../sandbox/model/state/outcome.ts";
import { UPDATES } from "../../../workflows/contract.ts";
import type { ChargeResult } from "../language/charge-results.ts";
import type { PaymentOutcome } from "../language/outcome.ts";
import type { OperatorAction, PaymentEvent, RecoveryEvent } from "../language/recovery-events.ts";
import type { Amount } from "../language/sentence.ts";
import { policyOf } from "../language/story-file.ts";
import type { PageKind } from "../transcript/facts.ts";
import { runImport } from "./import.ts";
import { runSweep } from "./sweep.ts";
import { controlAt, paymentsOf, type TemporalRun } from "./temporal-run.ts";

function sandboxOutcome(outcome: PaymentOutcome): Outcome {
  switch (outcome.kind) {
    case "succeeded":
      return "succeed";
    case "declined":
      return { decline: outcome.code };
    case "open":
      return { stay: outcome.status } as Outcome;
  }
}

const CHARGE = { method: "POST", route: "/subscriptions/:id/charge" } as const;

/** Sets the results of Reprise's next charge requests. */
export async function prepareChargeResults(
  control: SandboxClient,
  subscriptionId: string,
  results: readonly ChargeResult[],
): Promise<void> {
  const outcomes: Outcome[] = [];
  // The sandbox skips only requests without a fault.
  let skip = 0;
  for (const result of results) {
    const route = { ...CHARGE, subscriptionId, skip };
    switch (result.kind) {
      case "refused": {
        const { code, httpStatus: status } = result;
        await control.addFault({ kind: "refuse", code, status, ...route });
        break;
      }
      case "no_answer": {
        const kind = result.isPaymentMade ? "drop_after" : "drop_before";
        await control.addFault({ kind, ...route });
        if (result.isPaymentMade) outcomes.push("succeed");
        break;
      }
      case "error": {
        const kind = result.isPaymentMade ? "error_after" : "error_before";
        await control.addFault({ kind, status: result.httpStatus, ...route });
        if (result.isPaymentMade) outcomes.push("succeed");
        break;
      }
      case "succeeded":
      case "declined":
      case "open":
        outcomes.push(sandboxOutcome(result));
        skip += 1;
    }
  }
  await control.script(subscriptionId, outcomes, "succeed");
}

/** Applies a story's event to the sandbox, the gateway or Temporal. */
export async function perform(run: TemporalRun, event: RecoveryEvent): Promise<void> {
  const { subscriptionId: id } = run;
  const control = controlAt(run);
  // Advances the sandbox's subscription to the story's time.
  await control.updateSubscription(id, {});
  switch (event.do) {
    case "charge":
    case "charge_for_two":
    case "dodo_retries":
    case "unknown_attempt":
    case "attempt_ends":
    case "merchant_charge_ends":
    case "money_back":
    case "follow_mail_link":
    case "pay_on_page":
    case "change_card":
    case "use_saved_card":
    case "buy_again":
    case "renew_second_seat":
      return await performPayment(run, control, event);
    case "cancel":
      return await cancel(run, control, event.when);
    case "status": {
      const pausedAt = event.paused ? run.midnight + run.at : null;
      const status = event.status as "on_hold";
      await control.updateSubscription(id, { status, pausedAt });
      await control.sendEvent({ type: `subscription.${status}`, subscriptionId: id });
      return;
    }
    case "metadata":
      await control.updateSubscription(id, {
        metadata: { ...run.story.given.metadata, [event.name]: event.value },
      });
      return;
    case "webhooks":
      return await webhooks(run, control, event.how);
    case "lost_webhook": {
      const deliveries = await control.deliveries({ subscriptionId: id });
      const lost = deliveries.find(({ type, state }) => state === "lost" && type === event.type);
      if (lost === undefined) throw new Error(`no ${event.type} was lost`);
      await control.resendDelivery(lost.deliveryId);
      return;
    }
    case "tax":
      await control.updateSubscription(id, { taxRate: event.rate });
      return;
    case "webhook":
      await control.sendEvent({ type: event.type, subscriptionId: id });
      return;
    case "operator":
      return await operate(run, event.action);
    case "policy":
      run.policies.set(id, policyOf(event.yaml));
      return;
    case "sweep":
      return await runSweep(run);
    case "import":
      return await runImport(run, event.retry);
    case "next_billing_date":
      await control.updateSubscription(id, { nextBillingAt: run.midnight + run.at });
      await control.updateSubscription(id, {});
      return;
    case "stop":
      return;
  }
}

async function performPayment(
  run: TemporalRun,
  control: SandboxClient,
  event: PaymentEvent,
): Promise<void> {
  const { subscriptionId: id } = run;
  switch (event.do) {
    case "charge": {
      const { amountMinor, currency } = event.amount;
      const metadata = { ...run.story.given.metadata, ...event.metadata };
      const outcome = sandboxOutcome(event.outcome);
      await control.charge(id, { amountMinor, currency, metadata, outcome });
      return;
    }
    case "charge_for_two":
      return await chargeForTwo(run, control, event.amount, event.outcome);
    case "dodo_retries":
      return await dodoRetries(run, control, event.outcome);
    case "unknown_attempt": {
      const [first] = await paymentsOf(run);
      const metadata = { recovery_attempt: `${first?.paymentId}.${event.number}` };
      await control.charge(id, { metadata, outcome: sandboxOutcome(event.outcome) });
      return;
    }
    case "attempt_ends":
      return await settle(control, await attemptOf(run, event.number), event.outcome);
    case "merchant_charge_ends": {
      const payment = (await paymentsOf(run)).findLast(({ origin }) => origin === "merchant");
      if (payment === undefined) throw new Error("there is no charge by the merchant yet");
      return await settle(control, payment, event.outcome);
    }
    case "money_back": {
      const { paymentId } = await attemptOf(run, event.number);
      if (event.how === "refunded") await control.refund(paymentId);
      else await control.dispute(paymentId);
      return;
    }
    case "follow_mail_link":
      return await followMailLink(run);
    case "pay_on_page":
      await control.payAsCustomer(id, { card: cardOf(event.outcome) });
      return;
    case "change_card":
      await control.changePaymentMethod(id, { card: cardOf(event.outcome) });
      return;
    case "use_saved_card":
      return await useSavedCard(run, control, event.outcome);
    case "buy_again":
      await control.buyAgain(id);
      return;
    case "renew_second_seat":
      return await renewSecondSeat(run, control);
  }
}

/** A card of the sandbox with this outcome. */
function cardOf(
  outcome: PaymentOutcome,
): "good" | "three_ds_abandoned" | { readonly declines: string } {
  switch (outcome.kind) {
    case "succeeded":
      return "good";
    case "declined":
      return { declines: outcome.code ?? "UNKNOWN_ERROR" };
    case "open":
      if (outcome.status !== "requires_customer_action") {
        throw new Error(`no card of the sandbox leaves a payment in ${outcome.status}`);
      }
      return "three_ds_abandoned";
  }
}

const numberOf = ({ attempt }: LedgerPayment): number | null =>
  parseAttemptKey(attempt)?.number ?? null;

async function attemptOf(run: TemporalRun, number: number): Promise<LedgerPayment> {
  const found = (await paymentsOf(run)).findLast((payment) => numberOf(payment) === number);
  if (found === undefined) throw new Error(`there is no attempt ${number} yet`);
  return found;
}

async function settle(
  control: SandboxClient,
  { paymentId, ends }: LedgerPayment,
  outcome: PaymentOutcome,
): Promise<void> {
  const force = ends.length > 0;
  await control.settlePayment(paymentId, { outcome: sandboxOutcome(outcome), force });
}

async function useSavedCard(
  run: TemporalRun,
  control: SandboxClient,
  outcome: PaymentOutcome,
): Promise<void> {
  const { customerId } = await control.ledgerOf(run.subscriptionId);
  const { methodId } = await control.addPaymentMethod(customerId, { card: cardOf(outcome) });
  const { paymentId } = await control.useSavedMethod(run.subscriptionId, { methodId });
  if (paymentId !== null) run.savedCardPayments.add(paymentId);
}

/** The other subscription has opted out, so that it opens no recovery. */
async function chargeForTwo(
  run: TemporalRun,
  control: SandboxClient,
  { amountMinor: totalMinor, currency }: Amount,
  paymentOutcome: PaymentOutcome,
): Promise<void> {
  const { customerId } = await control.ledgerOf(run.subscriptionId);
  const metadata = { reprise: "off" };
  const other = await control.createSubscription({ customerId, onDemand: true, metadata });
  run.policies.set(other.subscriptionId, run.story.policy);
  const subscriptionIds = [run.subscriptionId, other.subscriptionId];
  const outcome = sandboxOutcome(paymentOutcome);
  await control.createPayment({ subscriptionIds, totalMinor, currency, outcome });
}

/** The seat was bought long before the story. */
const SEAT_AGE_MS = 100 * DAY_MS;

async function renewSecondSeat(run: TemporalRun, control: SandboxClient): Promise<void> {
  const { customerId } = await control.ledgerOf(run.subscriptionId);
  const createdAt = run.midnight + run.at - SEAT_AGE_MS;
  const seat = await control.createSubscription({ customerId, createdAt });
  await control.charge(seat.subscriptionId, { outcome: "succeed" });
}

/** A retry of a renewal has the renewal's invoice and a count. */
async function dodoRetries(
  run: TemporalRun,
  control: SandboxClient,
  outcome: PaymentOutcome,
): Promise<void> {
  const payments = await paymentsOf(run);
  const retryAttempt = Math.max(0, ...payments.map((one) => one.retryAttempt)) + 1;
  const invoiceOf = payments[0]?.paymentId;
  const invoice = invoiceOf === undefined ? {} : { invoiceOf };
  await control.charge(run.subscriptionId, {
    outcome: sandboxOutcome(outcome),
    retryAttempt,
    ...invoice,
  });
}

async function webhooks(
  { subscriptionId }: TemporalRun,
  control: SandboxClient,
  how: (RecoveryEvent & { do: "webhooks" })["how"],
): Promise<void> {
  switch (how) {
    case "lose":
      await control.addWebhookFault({ kind: "lost", subscriptionId });
      return;
    case "deliver":
      await control.clearWebhookFaults({ subscriptionId });
      return;
    case "deliver_lost":
      await control.replayDeliveries({ subscriptionId, state: "lost" });
      return;
    case "replay":
      await control.replayDeliveries({ subscriptionId });
      return;
  }
}

async function cancel(
  { midnight, subscriptionId }: TemporalRun,
  control: SandboxClient,
  when: (RecoveryEvent & { do: "cancel" })["when"],
): Promise<void> {
  // Far away: the story's own event brings the next billing date.
  await control.updateSubscription(subscriptionId, { nextBillingAt: midnight + 300 * DAY_MS });
  if (when !== "never") return void (await control.cancelAsCustomer(subscriptionId, { when }));
  await control.updateSubscription(subscriptionId, { cancelAtNextBillingDate: false });
  await control.sendEvent({ type: "subscription.plan_changed", subscriptionId });
}

/** Pages by their headings. Stories do not distinguish why nothing is owed. */
const PAGES: Readonly<Record<string, PageKind>> = {
  [en["page.nothing_owed.title"]]: "nothing_owed",
  [en["page.paid.title"]]: "nothing_owed",
  [en["page.cancelled.title"]]: "nothing_owed",
  [en["page.processing.title"]]: "being_processed",
  [en["authentication.heading"]]: "confirmation",
  [en["page.unavailable.title"]]: "unavailable",
};

/** Follows the link in the last mail and presses the button on Reprise's page. */
async function followMailLink(run: TemporalRun): Promise<void> {
  const mail = run.system.inbox.mails.findLast(
    ({ to, text }) => to.includes(run.email) && text.includes("/pay/"),
  );
  const link = /http\S+\/pay\/\S+/.exec(mail?.text ?? "")?.[0];
  if (link === undefined) throw new Error("no mail with a link has arrived yet");
  const answer = await fetch(link, { method: "POST", redirect: "manual" });
  if (answer.status === 303) return;
  const heading = /<h1>(.*?)<\/h1>/.exec(await answer.text())?.[1] ?? "";
  const page = PAGES[heading];
  if (page === undefined) throw new Error(`an unknown page, HTTP ${answer.status}`);
  run.pages.push({ at: run.at, page });
}

async function operate(
  { system, subscriptionId, refusals, at }: TemporalRun,
  action: OperatorAction,
): Promise<void> {
  const handle = system.handle(subscriptionId);
  if (action === "cancels") {
    await handle.cancel();
    return;
  }
  if (action === "terminates") {
    await handle.terminate("by the operator");
    return;
  }
  const names = {
    pauses: UPDATES.pause,
    resumes: UPDATES.resume,
    resumes_as_another_debt: UPDATES.resume,
    charges: UPDATES.retryNow,
    charges_confirmed: UPDATES.retryNow,
    charges_past_dead: UPDATES.retryNow,
    marks_paid: UPDATES.markPaid,
    writes_off: UPDATES.writeOff,
  } as const;
  const confirmedAbsent = action === "charges_confirmed";
  const confirmedDead = action === "charges_past_dead";
  const newDebt = action === "resumes_as_another_debt";
  const args: [object] = [{ by: "anna", confirmedAbsent, confirmedDead, newDebt }];
  try {
    await handle.executeUpdate<unknown, [object]>(names[action], { args });
  } catch (error) {
    const cause = error instanceof WorkflowUpdateFailedError ? error.cause : error;
    if (!(cause instanceof ApplicationFailure)) throw error;
    refusals.push({ at, code: cause.type ?? "" });
  }
}
