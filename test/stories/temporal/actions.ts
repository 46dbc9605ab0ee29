import { WorkflowUpdateFailedError } from "@temporalio/client";
import { ApplicationFailure } from "@temporalio/common";
import { parseAttemptKey } from "../../../domain/values/ids.ts";
import { DAY_MS } from "../../../domain/values/time.ts";
import { en } from "../../../platform/customer/texts/en.ts";
import type { SandboxClient } from "../../../sandbox/client.ts";
import type { LedgerPayment } from "../../../sandbox/ledger.ts";
import type { Outcome } from "../../../sandbox/outcome.ts";
import { UPDATES } from "../../../workflows/contract.ts";
import { controlAt, paymentsOf, type Scene } from "./story-run.ts";
import { sweepComesBy } from "./sweep.ts";
import type { PageKind } from "../transcript/facts.ts";
import type { Amount } from "../language/sentence.ts";
import type { Answer, End, OperatorAction, What } from "../language/recovery-events.ts";
import { type Happening, policyOf } from "../language/story-file.ts";

function outcomeOf(end: End): Outcome {
  switch (end.kind) {
    case "succeeds":
      return "succeed";
    case "declined":
      return { decline: end.code };
    case "stays":
      return { stay: end.status } as Outcome;
  }
}

const CHARGE = { method: "POST", route: "/subscriptions/:id/charge" } as const;

/** What the charges of Reprise will come to. */
export async function expectAnswers(
  control: SandboxClient,
  subscriptionId: string,
  answers: readonly Answer[],
): Promise<void> {
  const outcomes: Outcome[] = [];
  // Only requests that no fault struck count for the next fault.
  let skip = 0;
  for (const answer of answers) {
    const route = { ...CHARGE, subscriptionId, skip };
    switch (answer.kind) {
      case "refused": {
        const { code, httpStatus: status } = answer;
        await control.addFault({ kind: "refuse", code, status, ...route });
        break;
      }
      case "lost":
        await control.addFault({ kind: answer.made ? "drop_after" : "drop_before", ...route });
        if (answer.made) outcomes.push("succeed");
        break;
      case "error": {
        const kind = answer.made ? "error_after" : "error_before";
        await control.addFault({ kind, status: answer.httpStatus, ...route });
        if (answer.made) outcomes.push("succeed");
        break;
      }
      case "succeeds":
      case "declined":
      case "stays":
        outcomes.push(outcomeOf(answer));
        skip += 1;
    }
  }
  await control.script(subscriptionId, outcomes, "succeed");
}

/** Does in the sandbox, at the gateway or in Temporal what the world does. */
export async function happen(scene: Scene, { what }: Happening): Promise<void> {
  const { subscriptionId: id } = scene;
  const control = controlAt(scene);
  // Brings the subscription to this time, whatever is asked for next.
  await control.updateSubscription(id, {});
  switch (what.do) {
    case "charge": {
      const { amountMinor, currency } = what.amount;
      const metadata = { ...scene.story.given.metadata, ...what.metadata };
      const outcome = outcomeOf(what.end);
      await control.charge(id, { amountMinor, currency, metadata, outcome });
      return;
    }
    case "charge_for_two":
      return await chargeForTwo(scene, control, what.amount, what.end);
    case "dodo_retries":
      return await dodoRetries(scene, control, what.end);
    case "lost_recovery_charges": {
      const [first] = await paymentsOf(scene);
      const metadata = { recovery_attempt: `${first?.paymentId}.${what.number}` };
      await control.charge(id, { metadata, outcome: outcomeOf(what.end) });
      return;
    }
    case "attempt_ends":
      return await settle(control, await attemptOf(scene, what.number), what.end);
    case "merchant_charge_ends": {
      const payment = (await paymentsOf(scene)).findLast(({ origin }) => origin === "merchant");
      if (payment === undefined) throw new Error("the merchant has charged nothing yet");
      return await settle(control, payment, what.end);
    }
    case "money_back": {
      const { paymentId } = await attemptOf(scene, what.number);
      if (what.how === "refunded") await control.refund(paymentId);
      else await control.dispute(paymentId);
      return;
    }
    case "press_button":
      return await pressButton(scene);
    case "pay_on_page":
      await control.payAsCustomer(id, { card: cardOf(what.end) });
      return;
    case "change_card":
      await control.changePaymentMethod(id, { card: cardOf(what.end) });
      return;
    case "use_saved_card":
      return await useSavedCard(scene, control, what.end);
    case "cancel":
      return await cancel(scene, control, what.when);
    case "status": {
      const pausedAt = what.paused ? scene.midnight + scene.at : null;
      const status = what.status as "on_hold";
      await control.updateSubscription(id, { status, pausedAt });
      await control.sendEvent({ type: `subscription.${status}`, subscriptionId: id });
      return;
    }
    case "metadata":
      await control.updateSubscription(id, {
        metadata: { ...scene.story.given.metadata, [what.name]: what.value },
      });
      return;
    case "webhooks":
      return await webhooks(scene, control, what.how);
    case "lost_webhook": {
      const deliveries = await control.deliveries({ subscriptionId: id });
      const lost = deliveries.find(({ type, state }) => state === "lost" && type === what.type);
      if (lost === undefined) throw new Error(`no ${what.type} was lost`);
      await control.resendDelivery(lost.deliveryId);
      return;
    }
    case "tax":
      await control.updateSubscription(id, { taxRate: what.rate });
      return;
    case "event":
      await control.sendEvent({ type: what.type, subscriptionId: id });
      return;
    case "operator":
      return await operate(scene, what.action);
    case "policy":
      scene.policies.set(id, policyOf(what.yaml));
      return;
    case "sweep":
      return await sweepComesBy(scene);
    case "time_passes":
      await control.updateSubscription(id, { nextBillingAt: scene.midnight + scene.at });
      await control.updateSubscription(id, {});
      return;
    case "stop":
      return;
  }
}

/** Cards do on the page what the story says. */
function cardOf(end: End): "good" | "three_ds_abandoned" | { readonly declines: string } {
  switch (end.kind) {
    case "succeeds":
      return "good";
    case "declined":
      return { declines: end.code ?? "UNKNOWN_ERROR" };
    case "stays":
      if (end.status !== "requires_customer_action") {
        throw new Error(`no card of the sandbox leaves a payment in ${end.status}`);
      }
      return "three_ds_abandoned";
  }
}

const numberOf = ({ attempt }: LedgerPayment): number | null =>
  parseAttemptKey(attempt)?.number ?? null;

async function attemptOf(scene: Scene, number: number): Promise<LedgerPayment> {
  const found = (await paymentsOf(scene)).findLast((payment) => numberOf(payment) === number);
  if (found === undefined) throw new Error(`there is no attempt ${number} yet`);
  return found;
}

async function settle(
  control: SandboxClient,
  { paymentId, ends }: LedgerPayment,
  end: End,
): Promise<void> {
  await control.settlePayment(paymentId, { outcome: outcomeOf(end), force: ends.length > 0 });
}

async function useSavedCard(scene: Scene, control: SandboxClient, end: End): Promise<void> {
  const { customerId } = await control.ledgerOf(scene.subscriptionId);
  const { methodId } = await control.addPaymentMethod(customerId, { card: cardOf(end) });
  const { paymentId } = await control.useSavedMethod(scene.subscriptionId, { methodId });
  if (paymentId !== null) scene.saved.add(paymentId);
}

/** The other subscription has opted out: nobody tells its story. */
async function chargeForTwo(
  scene: Scene,
  control: SandboxClient,
  { amountMinor: totalMinor, currency }: Amount,
  end: End,
): Promise<void> {
  const { customerId } = await control.ledgerOf(scene.subscriptionId);
  const metadata = { reprise: "off" };
  const other = await control.createSubscription({ customerId, onDemand: true, metadata });
  scene.policies.set(other.subscriptionId, scene.story.policy);
  const subscriptionIds = [scene.subscriptionId, other.subscriptionId];
  await control.createPayment({ subscriptionIds, totalMinor, currency, outcome: outcomeOf(end) });
}

/** A renewal's retry: of the same invoice, and counted. */
async function dodoRetries(scene: Scene, control: SandboxClient, end: End): Promise<void> {
  const payments = await paymentsOf(scene);
  const retryAttempt = Math.max(0, ...payments.map((one) => one.retryAttempt)) + 1;
  const invoiceOf = payments[0]?.paymentId;
  const invoice = invoiceOf === undefined ? {} : { invoiceOf };
  await control.charge(scene.subscriptionId, { outcome: outcomeOf(end), retryAttempt, ...invoice });
}

async function webhooks(
  { subscriptionId }: Scene,
  control: SandboxClient,
  how: (What & { do: "webhooks" })["how"],
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
  { midnight, subscriptionId }: Scene,
  control: SandboxClient,
  when: (What & { do: "cancel" })["when"],
): Promise<void> {
  // The date that counts is when the story says it comes.
  await control.updateSubscription(subscriptionId, { nextBillingAt: midnight + 300 * DAY_MS });
  if (when !== "never") return void (await control.cancelAsCustomer(subscriptionId, { when }));
  await control.updateSubscription(subscriptionId, { cancelAtNextBillingDate: false });
  await control.sendEvent({ type: "subscription.plan_changed", subscriptionId });
}

/** By its heading. To a story, paid and ended are reasons why nothing is owed. */
const PAGES: Readonly<Record<string, PageKind>> = {
  [en["page.nothing_owed.title"]]: "nothing_owed",
  [en["page.paid.title"]]: "nothing_owed",
  [en["page.cancelled.title"]]: "nothing_owed",
  [en["page.processing.title"]]: "being_processed",
  [en["page.unavailable.title"]]: "unavailable",
};

/** On our own page, which the last mail links to. */
async function pressButton(scene: Scene): Promise<void> {
  const mail = scene.stage.inbox.mails.findLast(
    ({ to, text }) => to.includes(scene.email) && text.includes("/pay/"),
  );
  const link = /http\S+\/pay\/\S+/.exec(mail?.text ?? "")?.[0];
  if (link === undefined) throw new Error("no mail with a link has come yet");
  const answer = await fetch(link, { method: "POST", redirect: "manual" });
  if (answer.status === 303) return;
  const heading = /<h1>(.*?)<\/h1>/.exec(await answer.text())?.[1] ?? "";
  const page = PAGES[heading];
  if (page === undefined) throw new Error(`an unknown page, HTTP ${answer.status}`);
  scene.pages.push({ at: scene.at, page });
}

async function operate(
  { stage, subscriptionId, refusals, at }: Scene,
  action: OperatorAction,
): Promise<void> {
  const handle = stage.handle(subscriptionId);
  if (action === "cancels") {
    await handle.cancel();
    return;
  }
  const names = {
    pauses: UPDATES.pause,
    resumes: UPDATES.resume,
    resumes_as_another_debt: UPDATES.resume,
    charges: UPDATES.retryNow,
    charges_confirmed: UPDATES.retryNow,
    marks_paid: UPDATES.markPaid,
    writes_off: UPDATES.writeOff,
  } as const;
  const confirmedAbsent = action === "charges_confirmed";
  const newDebt = action === "resumes_as_another_debt";
  const args: [object] = [{ by: "anna", confirmedAbsent, newDebt }];
  try {
    await handle.executeUpdate<unknown, [object]>(names[action], { args });
  } catch (error) {
    const cause = error instanceof WorkflowUpdateFailedError ? error.cause : error;
    if (!(cause instanceof ApplicationFailure)) throw error;
    refusals.push({ at, code: cause.type ?? "" });
  }
}
